"""One way to read the name of a Canvas file, and the way that was chosen."""

from collections.abc import Sequence
from dataclasses import dataclass

from grader.text import shown


@dataclass(frozen=True, slots=True, kw_only=True)
class FileName:
    """One way to read the name of a file: its student, and its name as handed in.

    `attachment` is the number of the file, None for a text that was typed into Canvas. `place` is
    the beginning of the name, with the user's number. `hidden` is True if Canvas hid the name.
    """

    place: str
    name: str
    user: str
    late: bool
    attachment: int | None
    file: str
    hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The reading that was chosen, and why a person must look at it; None if no other fits."""

    reading: FileName
    review: str | None = None


def doubt(member: str, fit: Sequence[FileName]) -> str:
    """Return the reason why a person must look whose file `member` is, with the users that fit."""
    users = " or ".join(dict.fromkeys(each.user for each in fit))
    return f"The file {shown(member)} can be of the Canvas user {users}: check whose it is."
