"""The latency of one network beside those of its class, on a student's page."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from markupsafe import Markup

from grader.report.charts import figures
from grader.report.charts.drawing import moved, singled_out
from grader.report.charts.latency_cells import MOST_POINTS, OWN, Cells, Point
from grader.report.class_row import ClassRow
from grader.report.pages.parts import Draw


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassLatencies:
    """The latencies of a class, without those of a busy machine.

    `drawn` is the chart as SVG; empty if the class has fewer than two hand-ins. `labels` has the
    label of each student's point in it, and `p50s` are in ms, in ascending order. A large class is
    drawn as `cells`, which are None in a small one.
    """

    drawn: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    p50s: tuple[float, ...] = ()
    cells: Cells | None = None

    @classmethod
    def of(cls, rows: Sequence[ClassRow], draw: Draw) -> Self:
        """Return the latencies of a class."""
        points = [each for each in map(_point, rows) if each is not None]
        cells = Cells.of(points) if len(points) - 1 > MOST_POINTS else None
        spec = cells.spec() if cells else figures.anonymous_latencies(rows)
        timings = (row.comparable_latency for row in rows)
        return cls(
            drawn=draw(spec) if spec and len(rows) > 1 else "",
            labels=figures.point_labels(rows),
            p50s=tuple(sorted(each.p50 for each in timings if each)),
            cells=cells,
        )

    def depends_on(self, row: ClassRow) -> tuple[str, ...]:
        """Return texts that change whenever `chart` or `faster_than` of the row changes.

        The row's own figures are not among them: they are in its report.
        """
        if row.student not in self.labels:
            return (self.faster_than(row),)
        label = "" if self.cells else self.labels[row.student]
        return self.drawn, label, self.faster_than(row)

    def chart(self, row: ClassRow) -> Markup:
        """Return the chart with the row's own network; empty if that is not in the chart."""
        own = _point(row)
        if own is None or row.student not in self.labels or not self.drawn:
            return Markup()
        if self.cells is not None:
            drawn = singled_out(moved(self.drawn, OWN, *self.cells.position(own)), None)
        else:
            drawn = singled_out(self.drawn, self.labels[row.student])
        return Markup(drawn)  # noqa: S704 - it contains only numbers

    def faster_than(self, row: ClassRow) -> str:
        """Return how many of the others are slower, as words; empty without a latency.

        Of a large class it is a share, because a count would change on every page with each further
        hand-in.
        """
        if row.comparable_latency is None:
            return ""
        slower = len(self.p50s) - bisect_right(self.p50s, row.comparable_latency.p50)
        others = max(0, len(self.p50s) - 1)
        if self.cells is not None:
            return f"{100 * slower // others} % of the others"
        return f"{slower} of the {others} others"


def _point(row: ClassRow) -> Point | None:
    timing = row.comparable_latency
    if row.mflops is None or timing is None:
        return None
    return Point(mflops=row.mflops, milliseconds=timing.p50)
