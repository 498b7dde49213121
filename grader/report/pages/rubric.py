"""The levels of a lab's rubrics: how often each was given, and its words on a student's page."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grader import text
from grader.labs.item import Item
from grader.report.class_row import ClassRow
from grader.types import Grade


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """The hand-ins with one level of a rubric; `share` is a percentage of the longest bar."""

    points: str
    words: str
    count: int
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Histogram:
    """The levels of one rubric item; `pending` hand-ins have no points for it yet."""

    id: str
    title: str
    bars: tuple[Bar, ...]
    pending: int


def histograms(rows: Sequence[ClassRow], items: Iterable[Item]) -> tuple[Histogram, ...]:
    """Return the histogram of each rubric, in the lab's order."""
    return tuple(_histogram(rows, item) for item in items if item.kind == "rubric")


def level_words(grade: Grade, items: Iterable[Item]) -> dict[str, str]:
    """Return the words of the levels that the points stand for, by item.

    Without the items whose points are no level, and those without points.
    """
    earned = {each.id: each.earned for each in grade.items}
    return {
        item.id: level.words
        for item in items
        for level in item.levels
        if level.points == earned.get(item.id)
    }


def _histogram(rows: Sequence[ClassRow], item: Item) -> Histogram:
    """Return how many hand-ins have each level, the most points first.

    Points that are no level, for example half of one, have a bar of their own.
    """
    graded = [each for row in rows for each in row.report.grade.items if each.id == item.id]
    given = Counter(each.earned for each in graded if each.earned is not None)
    words = {level.points: level.words for level in item.levels}
    most = max(given.values(), default=0)
    return Histogram(
        id=item.id,
        title=item.title,
        bars=tuple(
            Bar(
                points=text.whole(points),
                words=words.get(points, "between two levels"),
                count=given[points],
                share=100 * given[points] / most if most else 0.0,
            )
            for points in sorted({*words, *given}, reverse=True)
        ),
        pending=len(rows) - sum(given.values()),
    )
