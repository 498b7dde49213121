"""The people of a class beside its hand-ins: their names, and those who handed in nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from grader.types import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """Somebody on the roster without a hand-in; `name` is empty if the roster has none.

    `is_excused` is True for one who need not hand in.
    """

    id: str
    name: str = ""
    is_excused: bool = False

    @property
    def word(self) -> str:
        """The word for it in tables."""
        return "excused" if self.is_excused else "absent"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassPeople:
    """The names of the students, by the id of the hand-in; of a group all names.

    `absent` are the people on the roster without a hand-in, None without a roster.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    absent: tuple[Absent, ...] | None = None


UNKNOWN = ClassPeople()


def names_of_the_lms(reports: Iterable[Report]) -> dict[str, str]:
    """Return the names that the LMS gave, by the id of the hand-in; without unknown ones."""
    named = ((each.submission.id, _names(each)) for each in reports)
    return {student: ", ".join(names) for student, names in named if names}


def _names(report: Report) -> tuple[str, ...]:
    arrival = report.submission.handed_in
    if arrival is None:
        return ()
    members = tuple(each.name for each in arrival.members if each.name)
    return members or ((arrival.name,) if arrival.name else ())
