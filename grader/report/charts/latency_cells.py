"""The latencies of a large class as shaded cells, for a student's page with its own point on them.

A point for each classmate would make the pages of a class grow with the square of its size.
"""

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import altair

from grader.report.charts.drawing import ABOVE, ACCENT, MANY, MUTED, PAPER, Spec, finished, plain

MOST_POINTS = MANY  # classmates that are drawn one by one
COLUMNS, LINES = 20, 10  # 200 cells at most
WIDTH, HEIGHT = 420, 240  # pixels
OWN = "own"  # the label of the student's point
INSIDE = 0.98  # of the class; a few very slow networks would push all others into one cell
NICE = (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10)  # sizes of a cell, times a power of ten
FAINTEST, DARKEST = 0.14, 0.62  # opacity; the student's point must stand out on the darkest cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """The MFLOPs of a network and its latency in ms."""

    mflops: float
    milliseconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """A grid of cells from 0 to `most`, in which `counts` has the networks by column and line.

    The bounds are round numbers and cover nearly all of the class, so that they seldom change with
    one more network. A network outside of them is in the cell at the edge.
    """

    most: Point
    counts: Counter[tuple[int, int]]

    @classmethod
    def of(cls, points: Sequence[Point]) -> Self:
        """Return the cells of a class that has at least one point."""
        most = Point(
            mflops=_reach([each.mflops for each in points], COLUMNS),
            milliseconds=_reach([each.milliseconds for each in points], LINES),
        )
        empty = cls(most=most, counts=Counter())
        return cls(most=most, counts=Counter(empty.cell(each) for each in points))

    def cell(self, point: Point) -> tuple[int, int]:
        """Return the column, from the left, and the line, from below, of the point's cell."""
        across, up = self._shares(point)
        return min(int(across * COLUMNS), COLUMNS - 1), min(int(up * LINES), LINES - 1)

    def position(self, point: Point) -> tuple[float, float]:
        """Return the point's place on the chart in pixels, from the left and from above."""
        across, up = self._shares(point)
        return WIDTH * across, HEIGHT * (1 - up)

    def spec(self) -> Spec:
        """Return the chart in Vega-Lite, with the point `OWN` at 0; `position` says where to."""
        width, height = self.most.mflops / COLUMNS, self.most.milliseconds / LINES
        darkest = _level(max(self.counts.values(), default=1))
        values = [
            {
                "x": column * width,
                "x2": (column + 1) * width,
                "y": line * height,
                "y2": (line + 1) * height,
                "opacity": FAINTEST + (DARKEST - FAINTEST) * _level(count) / max(1, darkest),
            }
            for (column, line), count in sorted(self.counts.items())
        ]
        x = altair.X(
            "x:Q",
            title="MFLOPs",
            scale=altair.Scale(domain=[0, self.most.mflops], nice=False),
            axis=altair.Axis(tickCount=8),
        )
        y = altair.Y(
            "y:Q",
            title="Latency in ms, p50 on one thread",
            scale=altair.Scale(domain=[0, self.most.milliseconds], nice=False),
            axis=altair.Axis(**ABOVE),
        )
        cells = altair.Chart(plain(values)).mark_rect(color=MUTED, aria=False)
        own = altair.Chart(plain([{"x": 0, "y": 0, "label": OWN}])).mark_point(
            size=90, filled=True, fill=ACCENT, stroke=PAPER, strokeWidth=2, opacity=1
        )
        chart = altair.layer(
            cells.encode(
                x=x, x2="x2:Q", y=y, y2="y2:Q", opacity=altair.Opacity("opacity:Q", scale=None)
            ),
            own.encode(x=x, y=y, description="label:N"),
        )
        return finished(chart.properties(width=WIDTH, height=HEIGHT), "")

    def _shares(self, point: Point) -> tuple[float, float]:
        return (
            min(1.0, max(0.0, point.mflops / self.most.mflops)),
            min(1.0, max(0.0, point.milliseconds / self.most.milliseconds)),
        )


def _level(count: int) -> int:
    """Return the shade of a cell: one more each time that the count doubles."""
    return count.bit_length()


def _reach(values: Sequence[float], cells: int) -> float:
    """Return the end of an axis of so many cells of a round size, which has `INSIDE` of `values`.

    1.0 if these are all 0.
    """
    largest = sorted(values)[math.ceil(INSIDE * len(values)) - 1]
    if largest <= 0:
        return 1.0
    step = largest / cells
    power = 10.0 ** math.floor(math.log10(step))
    nice = NICE[min(bisect_left(NICE, round(step / power, 9)), len(NICE) - 1)]
    return nice * power * cells
