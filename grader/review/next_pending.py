"""The next answer that nobody has marked, in the order of the page that the TA is on."""

from collections.abc import Iterator, Sequence
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
    """Return the first pending answer after `after`, on the same page if it has one.

    `reports` and `parts` are in the order of the pages. `by_question` takes all students of a
    question before the next question, else all questions of a student before the next student. None
    if nothing is pending, `after` itself if it is the only one.
    """
    students = [each.submission.id for each in reports]
    ids = [each.id for each in parts]
    pages = (
        [[Place(student=each, part=part) for each in students] for part in ids]
        if by_question
        else [[Place(student=each, part=part) for part in ids] for each in students]
    )
    pending = {
        Place(student=each.submission.id, part=part.id)
        for each in reports
        for part in parts
        if graded_part(each.grade, part).earned is None
    }
    return next((each for each in _in_turn(pages, after) if each in pending), None)


def _in_turn(pages: Sequence[Sequence[Place]], after: Place | None) -> Iterator[Place]:
    """Yield the rest of the page of `after` and its beginning, then the other pages in turn."""
    here = next((number for number, page in enumerate(pages) if after in page), None)
    if after is None or here is None:
        yield from (place for page in pages for place in page)
        return
    place = pages[here].index(after)
    yield from pages[here][place + 1 :]
    yield from pages[here][:place]
    for page in (*pages[here + 1 :], *pages[:here]):
        yield from page
    yield after
