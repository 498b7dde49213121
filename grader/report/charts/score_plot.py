"""The plot of a class: MFLOPs against accuracy, with lines of equal score."""

from collections.abc import Sequence

import altair

from grader import text
from grader.evidence.accuracy import Rate
from grader.labs.landmark import Landmark
from grader.labs.network_lab import NetworkLab
from grader.report.charts.drawing import ABOVE as TITLE_ABOVE
from grader.report.charts.drawing import (
    ACCENT,
    INK,
    LINE,
    MUTED,
    PAPER,
    Spec,
    finished,
    points_of,
)
from grader.report.charts.equal_score import equal_score, levels
from grader.report.charts.plot_frame import (
    ABOVE,
    BELOW,
    INSIDE,
    LEFT,
    RIGHT,
    Corner,
    Frame,
    frame,
)
from grader.report.class_row import ClassRow, formula_heading
from grader.report.facts import SAMPLE, interval
from grader.report.next_points import judged
from grader.types import Status

HEIGHT = 380  # pixels; the page determines the width
WHOLE_PERCENT = 0.06  # accuracy drawn: of less, the six ticks have a digit behind the point
SHAPES = {
    INSIDE: "circle",
    BELOW: "triangle-down",
    ABOVE: "triangle-up",
    RIGHT: "triangle-right",
    LEFT: "triangle-left",
}


def spec(rows: Sequence[ClassRow], lab: NetworkLab) -> Spec | None:
    """Return the Vega-Lite specification; None if no hand-in has both MFLOPs and an accuracy."""
    found = measured(rows, lab)
    if not found:
        return None
    within = frame_of(found, lab)
    lines = [(level, equal_score(lab.score, level, within)) for level in levels(lab.score, within)]
    chart = altair.layer(
        _lines(lines, within),
        _levels(lines, within),
        *(_landmark(each, within) for each in lab.landmarks),
        _intervals(found, within),
        _points(found, within),
    )
    described = f"MFLOPs against accuracy of {len(found)} hand-ins"
    return finished(chart.properties(width="container", height=HEIGHT), described)


def measured(rows: Sequence[ClassRow], lab: NetworkLab) -> list[tuple[ClassRow, Rate]]:
    """Return the hand-ins with MFLOPs and the accuracy by which the lab scores, with the latter."""
    found = [(row, judged(row.report, lab)) for row in rows]
    return [(row, each) for row, each in found if each is not None and row.mflops is not None]


def frame_of(found: Sequence[tuple[ClassRow, Rate]], lab: NetworkLab) -> Frame:
    """Return the frame of what `measured` returned, at least one hand-in."""
    return frame([_place(row, each) for row, each in found], list(map(_landmark_at, lab.landmarks)))


def drawn_levels(rows: Sequence[ClassRow], lab: NetworkLab) -> tuple[float, ...]:
    """Return the points of the lines that the plot has; none without a plot."""
    found = measured(rows, lab)
    return levels(lab.score, frame_of(found, lab)) if found else ()


def _place(row: ClassRow, found: Rate) -> Corner:
    assert row.mflops is not None
    return Corner(mflops=row.mflops, accuracy=found.value)


Lines = list[tuple[float, tuple[Corner, ...]]]


def _lines(lines: Lines, within: Frame) -> altair.Chart:
    corners = [
        {"points": points, "order": order, "mflops": at.mflops, "accuracy": at.accuracy}
        for points, line in lines
        for order, at in enumerate(line)
    ]
    mark = altair.Chart(altair.Data(values=corners)).mark_line(
        color=LINE, strokeWidth=1.25, clip=True
    )
    return mark.encode(
        x=_x("mflops", within), y=_y("accuracy", within), detail="points:N", order="order:Q"
    )


def _levels(lines: Lines, within: Frame) -> altair.LayerChart:
    """Return the points of each line, above the frame or, where the line enters, at its right."""
    tops = [
        {"label": f"{points:g}", "mflops": line[0].mflops, "accuracy": line[0].accuracy}
        for points, line in lines
    ]
    if tops:  # the line of the most points is the first from the left
        tops[-1]["label"] = f"{lines[-1][0]:g} points"
    above = [each for each in tops if each["accuracy"] == within.highest]
    beside = [each for each in tops if each["accuracy"] != within.highest]
    return altair.layer(
        *(
            altair.Chart(altair.Data(values=values))
            .mark_text(color=MUTED, fontSize=12, baseline="bottom", dy=-4, **offset)
            .encode(x=_x("mflops", within), y=_y("accuracy", within), text="label:N")
            for values, offset in ((above, {}), (beside, {"align": "right", "dx": -4}))
        )
    )


def _intervals(found: list[tuple[ClassRow, Rate]], within: Frame) -> altair.Chart:
    sampled = [
        {"mflops": row.mflops, "low": each.low, "high": each.high}
        for row, each in found
        if each.sample and each.low is not None and each.high is not None
    ]
    mark = altair.Chart(altair.Data(values=sampled)).mark_rule(
        color=ACCENT, strokeWidth=1.5, clip=True
    )
    return mark.encode(x=_x("mflops", within), y=_y("low", within), y2="high:Q")


def _points(found: list[tuple[ClassRow, Rate]], within: Frame) -> altair.Chart:
    shown = ["Student", "MFLOPs", "Accuracy"]
    points = altair.Tooltip("points:N", title=text.inert(formula_heading(row for row, _ in found)))
    scale = altair.Scale(domain=list(SHAPES), range=list(SHAPES.values()))
    values = [_point(row, each, within) for row, each in found]
    mark = altair.Chart(altair.Data(values=values)).mark_point(
        stroke=ACCENT, **points_of(len(values))
    )
    return mark.encode(
        x=_x("x", within),
        y=_y("y", within),
        fill=altair.Fill("fill:N", scale=None),
        shape=altair.Shape("where:N", scale=scale, legend=None),
        tooltip=[
            *(altair.Tooltip(f"{name}:N") for name in shown),
            points,
            altair.Tooltip("Status:N"),
        ],
    )


def _point(row: ClassRow, found: Rate, within: Frame) -> dict[str, str | float]:
    to_review = row.report.grade.needs_review
    sample = f" ({SAMPLE}: {interval(found)})" if found.sample else ""
    return {
        **_position(_place(row, found), within),
        "fill": ACCENT if row.status is Status.PASSED and not to_review else PAPER,
        "Student": text.inert(row.student),
        "MFLOPs": text.mflops(_place(row, found).mflops),
        "Accuracy": text.percent(found.value) + sample,
        "points": "-" if row.formula_points is None else text.points(row.formula_points),
        "Status": row.status.value + (", to review" if to_review else ""),
    }


def _landmark_at(known: Landmark) -> Corner:
    return Corner(mflops=known.mflops, accuracy=known.accuracy)


def _landmark(known: Landmark, within: Frame) -> altair.LayerChart:
    """Return a reference network's point with its name beside it."""
    at = _position(_landmark_at(known), within)
    left = known.mflops > (within.left + within.right) / 2
    shown = {
        "Network": known.name,
        "MFLOPs": text.mflops(known.mflops),
        "Accuracy": text.percent(known.accuracy),
    }
    shape = "diamond" if at["where"] == INSIDE else SHAPES[str(at["where"])]
    chart = altair.Chart(altair.Data(values=[at | shown])).encode(
        x=_x("x", within), y=_y("y", within)
    )
    # The class is above and to the right of the best networks, so the name goes elsewhere.
    beside = {"align": "left", "dx": -4, "dy": -16 if at["where"] == BELOW else 16}
    offset = {"align": "right", "dx": -12} if left else beside
    name = chart.mark_text(**offset, color=INK, fontSize=12)
    point = chart.mark_point(size=110, shape=shape, stroke=INK, fill=INK, opacity=1)
    return altair.layer(
        name.encode(text="Network:N"),
        point.encode(tooltip=[altair.Tooltip(f"{each}:N") for each in shown]),
    )


def _position(at: Corner, within: Frame) -> dict[str, str | float]:
    """Return a network's position; one outside the frame is moved to its edge and marked so."""
    shown = within.nearest(at)
    return {"x": shown.mflops, "y": shown.accuracy, "where": within.where(at)}


def _x(name: str, within: Frame) -> altair.X:
    scale = altair.Scale(domain=[within.left, within.right], nice=False, zero=False)
    return altair.X(f"{name}:Q", title="MFLOPs", scale=scale)


def _y(name: str, within: Frame) -> altair.Y:
    scale = altair.Scale(domain=[within.lowest, within.highest], nice=False, zero=False)
    digits = 0 if within.highest - within.lowest > WHOLE_PERCENT else 1
    axis = altair.Axis(format=f".{digits}%", tickCount=6, **TITLE_ABOVE)
    return altair.Y(f"{name}:Q", title="Accuracy", scale=scale, axis=axis)
