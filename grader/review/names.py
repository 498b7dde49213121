"""What students are called on the page: their ids, or pseudonyms that last for the session."""

import re
from dataclasses import dataclass

from grader.report.pseudonyms import keyed, pseudonym

_SHORTEST_HIDDEN = 3  # an id of "a" is no secret, and hiding it would garble every word


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Names made with the session's `secret`: the same all session long, other ones in the next."""

    anonymous: bool
    secret: bytes

    def key(self, student: str) -> str:
        """What stands for a student in addresses, in either mode: an id is any text at all."""
        return keyed(student, self.secret)[:16]

    def shown(self, student: str) -> str:
        """What a student is called on the page."""
        return pseudonym(student, self.secret) if self.anonymous else student

    def hide(self, student: str, text: str) -> str:
        """`text` with the student's id replaced wherever it occurs, where ids are hidden."""
        if not self.anonymous or len(student) < _SHORTEST_HIDDEN:
            return text
        return re.sub(re.escape(student), self.shown(student), text, flags=re.IGNORECASE)
