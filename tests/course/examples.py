"""The totals of a small class, with every state that a lab can have."""

from dataclasses import replace
from pathlib import Path

from grader.course.totals import Given, Totals, totals
from grader.lms.extension_sheet import read_roster_extensions
from grader.lms.extensions import Extensions
from grader.lms.roster import read_roster
from tests.course.courses import COURSE, course_in, handed_in, lab_of, scored

ROSTER = "B1,Jane Doe,,,\nB2,李小龍,,,ill\nB3,Ole Ås,,,\nB4,=1+1,,,\nB5,Li,,,\n"
LATE = "2024-04-06T12:00:00+08:00"


def example_totals(folder: Path, labs: int = 2) -> Totals:
    """Late and pending, excused, absent, unknown, an estimate; the best lab counts."""
    more = "".join(
        f'[[labs]]\nid = "lab{number}"\nlab = "prune-mobilenet-2025"\n'
        for number in range(3, labs + 1)
    )
    text = f"totals = {{ best = 1 }}\n{COURSE}{more}"
    course = course_in(folder, text, ROSTER)
    one, two = lab_of(course, "lab1"), lab_of(course, "lab2")
    unknown = handed_in(one, "B4")
    estimate = scored(one, handed_in(one, "B5"), 0.0)
    reports = {
        "lab1": [
            handed_in(one, "B1", LATE),
            handed_in(one, "B2"),
            replace(unknown, grade=replace(unknown.grade, total=None)),
            replace(estimate, grade=replace(estimate.grade, estimate=True)),
        ],
        "lab2": [scored(two, handed_in(two, "B1"), 5.0), scored(two, handed_in(two, "B9"), 0.0)],
    }
    assert course.roster is not None
    lines = read_roster_extensions(course.roster, course.zone)
    given = Given(
        reports=reports, roster=read_roster(course.roster), extensions=Extensions.of(lines)
    )
    return totals(course, given)
