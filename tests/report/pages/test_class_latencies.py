from collections.abc import Iterator
from random import Random

import pytest

from grader.report.charts.drawing import svg
from grader.report.charts.latency_cells import COLUMNS, LINES, MOST_POINTS, Point
from grader.report.class_row import ClassRow, class_rows
from grader.report.pages.class_latencies import ClassLatencies
from grader.report.pages.feedback import class_context, feedback, page
from grader.types import Report
from tests.report.examples import LAB, busy, but, failed, passed
from tests.report.measured import NOT_MOBILENET, latency


def one(number: int, random: Random) -> Report:
    """A hand-in whose latency depends on little but chance."""
    made = passed(f"B{number:04}", random.uniform(20, 119), 9_300, 0.4)
    return but(made, latency(random.uniform(1, 9), 3.0))


def class_of(students: int) -> list[Report]:
    """An invented class."""
    random = Random(3)  # noqa: S311 - an invented class
    return [one(number, random) for number in range(students)]


def drawn(reports: list[Report]) -> tuple[tuple[ClassRow, ...], ClassLatencies]:
    """The rows of a class, and its latencies."""
    rows = class_rows(reports)
    return rows, ClassLatencies.of(rows, svg)


@pytest.mark.parametrize("more", [0, 1])
def test_above_150_classmates_the_class_is_drawn_as_cells(more: int) -> None:
    """With one point in front, the student's own; up to 150 each classmate is a point."""
    rows, found = drawn([busy("busy"), *class_of(MOST_POINTS + 1 + more)])
    chart = found.chart(rows[0])
    assert "aria-label" not in chart
    points = chart.count("<path transform=") + chart.count('<path class="mine" transform=')
    if more:
        assert found.cells is not None
        assert points == 1
        assert chart.count('fill="var(--muted)" opacity="0.') <= COLUMNS * LINES
        x, y = found.cells.position(of(rows[0]))
        assert f"translate({x:.1f},{y:.1f})" in chart
    else:
        assert found.cells is None
        assert chart.count('class="mine"') == 1
        assert points == MOST_POINTS + 1
    assert found.chart(rows[-1]) == found.faster_than(rows[-1]) == ""


def of(row: ClassRow) -> Point:
    """The row's point."""
    assert row.mflops is not None
    assert row.comparable_latency is not None
    return Point(mflops=row.mflops, milliseconds=row.comparable_latency.p50)


def test_the_share_of_slower_networks_is_rounded_down() -> None:
    """So that the sentence is true."""
    rows, found = drawn(class_of(200))
    for row in rows:
        assert row.comparable_latency is not None
        slower = sum(each > row.comparable_latency.p50 for each in found.p50s)
        assert found.faster_than(row) == f"{int(slower / 199 * 100)} % of the others"


def sizes(students: int) -> Iterator[int]:
    """The bytes of the pages of the first hand-ins, and of one that failed."""
    class_ = [failed("A", NOT_MOBILENET), *class_of(students - 1)]
    context = class_context(class_, LAB, svg)
    for report in class_[:3]:
        yield len(page(feedback(report, context, svg)).encode())


def test_a_page_does_not_grow_with_the_class() -> None:
    """At 2,000 students it has at most 1.3 times the bytes of one at 100."""
    for small, large in zip(sizes(100), sizes(2_000), strict=True):
        assert large <= 1.3 * small


def test_one_more_hand_in_changes_few_pages_of_a_large_class() -> None:
    """In a small class it is a new point on each page with a chart, and on no other page."""
    for students, most in ((2_000, 200), (30, 31)):
        class_ = [failed("A", NOT_MOBILENET), *class_of(students)]
        rows, found = drawn(class_)
        _, later = drawn([*class_, but(passed("C", 50.0, 9_300, 0.4), latency(4.0, 3.0))])
        changed = [row for row in rows if found.depends_on(row) != later.depends_on(row)]
        assert 0 < len(changed) <= most
        assert rows[0] not in changed
