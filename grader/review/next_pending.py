"""The next answer that nobody has marked, in the order of the page that the TA is on."""

from collections.abc import Sequence
from dataclasses import dataclass

from grader.marks.rules import Part, graded_part
from grader.types import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An answer: a student's id, and the id of a part."""

    student: str
    part: str


def next_pending(
    reports: Sequence[Report], parts: Sequence[Part], after: Place | None, *, by_question: bool
) -> Place | None:
    """Return the first pending answer after `after`, from the beginning again at the end.

    `reports` and `parts` are in the order of the pages. `by_question` goes through all students
    before the next question, else through all questions before the next student. None if nothing
    is pending, `after` itself if it is the only one.
    """
    everything = (
        [Place(student=each.submission.id, part=part.id) for part in parts for each in reports]
        if by_question
        else [Place(student=each.submission.id, part=part.id) for each in reports for part in parts]
    )
    pending = {
        Place(student=each.submission.id, part=part.id)
        for each in reports
        for part in parts
        if graded_part(each.grade, part).earned is None
    }
    start = everything.index(after) + 1 if after in everything else 0
    in_order = (*everything[start:], *everything[:start])
    return next((each for each in in_order if each in pending), None)
