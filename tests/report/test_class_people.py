from dataclasses import replace

from grader.report.class_people import names_of_the_lms
from grader.types import Arrival, Member, Report
from tests.report.examples import passed


def from_lms(student: str, arrival: Arrival | None) -> Report:
    """A hand-in that arrived so."""
    base = passed(student, 44.0, 9300, 0.4)
    return replace(base, submission=replace(base.submission, handed_in=arrival))


def test_the_lms_names_students_and_groups() -> None:
    """A group has all of its members' names; who has no name is not in the result."""
    group = (Member(id="B1", name="Ada Lin"), Member(id="B2", name="Ben Wu"), Member(id="B3"))
    found = names_of_the_lms(
        [
            from_lms("B1", Arrival(name="Team 1", members=group)),
            from_lms("B4", Arrival(name="Noa Levi")),
            from_lms("B5", Arrival()),
            from_lms("B6", None),
        ]
    )
    assert found == {"B1": "Ada Lin, Ben Wu", "B4": "Noa Levi"}
