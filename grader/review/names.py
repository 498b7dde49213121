"""The students' names on the page: their ids, or pseudonyms for the session."""

import re
from dataclasses import dataclass

from grader.report.pseudonyms import keyed, pseudonym

_SHORTEST_HIDDEN = 3  # replacing an id such as "a" would garble every text


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Names made with the session's `secret`: constant in a session, different in the next."""

    anonymous: bool
    secret: bytes

    def key(self, student: str) -> str:
        """The key of a student in URLs, in both modes: an id may be any text."""
        return keyed(student, self.secret)[:16]

    def shown(self, student: str) -> str:
        """The name of a student on the page."""
        return pseudonym(student, self.secret) if self.anonymous else student

    def hide(self, student: str, text: str) -> str:
        """Replace the student's id in `text`, if ids are hidden."""
        if not self.anonymous or len(student) < _SHORTEST_HIDDEN:
            return text
        return re.sub(re.escape(student), self.shown(student), text, flags=re.IGNORECASE)
