"""roster.json: the people of a class, and those without a hand-in."""

from collections.abc import Sequence
from pathlib import Path

from grader.lms import roster
from grader.lms.roster import Roster, parse_roster
from grader.results.folder import ROSTER, write_file
from grader.types import Submission


def write_attendance(
    hand_ins: Sequence[Submission], people: Roster | None, out: Path
) -> tuple[str, ...]:
    """Write the roster with its missing hand-ins, and return its messages.

    Without a roster the file is deleted.
    """
    if people is None:
        (out / ROSTER).unlink(missing_ok=True)
        return ()
    found = roster.attendance(people, [(each.id, each.handed_in) for each in hand_ins])
    write_file(out / ROSTER, roster.render(found, people))
    return roster.said(found)


def kept_roster(out: Path) -> Roster | None:
    """Return the roster that an earlier grading kept in `out`; None if there is none."""
    try:
        return parse_roster((out / ROSTER).read_text(encoding="utf-8"))
    except (OSError, ValueError, LookupError, TypeError):
        return None
