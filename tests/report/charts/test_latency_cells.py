import re
from random import Random

import altair
import pytest

from grader.report.charts.drawing import svg
from grader.report.charts.latency_cells import COLUMNS, HEIGHT, LINES, OWN, WIDTH, Cells, Point


def class_of(count: int) -> list[Point]:
    """Invented networks of 20 to 119.9 MFLOPs and 1 to 8.99 ms."""
    random = Random(1)  # noqa: S311 - an invented class
    return [
        Point(mflops=random.uniform(20, 119.9), milliseconds=random.uniform(1, 8.99))
        for _ in range(count)
    ]


def test_every_network_is_in_one_of_at_most_200_cells() -> None:
    """The cells of a class, and the chart of them, have each network once."""
    cells = Cells.of(class_of(5_000))
    assert cells.counts.total() == 5_000
    assert COLUMNS * LINES == 200 >= len(cells.counts)
    assert cells.most == Point(mflops=120, milliseconds=10)
    assert cells.cell(Point(mflops=6.1, milliseconds=2.5)) == (1, 2)
    spec = cells.spec()
    altair.LayerChart.from_dict(spec, validate=True)
    assert len(spec["layer"][0]["data"]["values"]) == len(cells.counts)


def test_one_far_network_does_not_move_the_others() -> None:
    """It is in the cell at the edge."""
    class_ = class_of(200)
    far = Point(mflops=50.0, milliseconds=900.0)
    cells, before = Cells.of([*class_, far]), Cells.of(class_)
    assert cells.most == before.most
    assert cells.cell(far)[1] == LINES - 1
    assert cells.position(far) == pytest.approx((WIDTH * 50 / 120, 0))


def test_one_more_network_mostly_leaves_the_chart_as_it_is() -> None:
    """A cell is a shade darker only when its count has doubled."""
    class_ = class_of(2_001)
    drawn = {str(Cells.of(class_[:count]).spec()) for count in range(1_901, 2_001)}
    assert len(drawn) < 50


def test_a_class_at_0_has_cells() -> None:
    """Measurements of 0 have no logarithm."""
    nothing = Point(mflops=0.0, milliseconds=0.0)
    cells = Cells.of([nothing, nothing])
    assert cells.counts == {(0, 0): 2}
    assert cells.position(nothing) == (0, HEIGHT)


def test_a_position_is_that_of_the_axes() -> None:
    """Vega draws a point with these figures at the same place."""
    cells = Cells.of(class_of(200))
    point = Point(mflops=43.0, milliseconds=3.3)
    spec = cells.spec()
    spec["layer"][1]["data"]["values"] = [
        {"x": point.mflops, "y": point.milliseconds, "label": OWN}
    ]
    found = re.search(rf'aria-label="{OWN}" transform="translate\(([\d.]+),([\d.]+)\)', svg(spec))
    assert found
    assert tuple(map(float, found.groups())) == pytest.approx(cells.position(point))
