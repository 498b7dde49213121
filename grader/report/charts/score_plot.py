"""The plot of a class: MFLOPs against accuracy, with lines of equal score."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import altair

from grader import text
from grader.evidence.accuracy import Rate
from grader.labs.landmark import Landmark
from grader.labs.network_lab import NetworkLab, ScoreSpec
from grader.report.charts.drawing import (
    ABOVE,
    ACCENT,
    INK,
    LINE,
    MUTED,
    PAPER,
    Spec,
    finished,
    points_of,
)
from grader.report.class_row import ClassRow, formula_heading, value
from grader.report.facts import SAMPLE, interval
from grader.scoring.grade import JUDGES
from grader.types import Report

SHARES = (0.4, 0.6, 0.8, 1.0, 1.2)  # fractions of the formula's points, one line for each
HEIGHT = 380  # pixels; the page determines the width
HEADROOM = 0.06  # accuracy above the goal that is drawn: the unpruned network has 0.963

INSIDE, BELOW, RIGHT = "inside", "below", "right"
SHAPES = {INSIDE: "circle", BELOW: "triangle-down", RIGHT: "triangle-right"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The drawn area: MFLOPs from 0 to `mflops`, accuracy (fraction) from `lowest` to `highest`."""

    mflops: float
    lowest: float
    highest: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Corner:
    """A corner of a line of equal score."""

    mflops: float
    accuracy: float


def spec(rows: Sequence[ClassRow], lab: NetworkLab) -> Spec | None:
    """Return the Vega-Lite specification; None if no hand-in has both MFLOPs and an accuracy."""
    found = measured(rows, lab)
    if not found:
        return None
    within = frame(lab.score)
    lines = [(level, equal_score(lab.score, level, within)) for level in levels(lab.score)]
    chart = altair.layer(
        _lines(lines, within),
        _levels(lines, within),
        *(_landmark(each, within) for each in lab.landmarks),
        _intervals(found, within),
        _points(found, within),
    )
    described = f"MFLOPs against accuracy of {len(found)} submissions"
    return finished(chart.properties(width="container", height=HEIGHT), described)


def measured(rows: Sequence[ClassRow], lab: NetworkLab) -> list[tuple[ClassRow, Rate]]:
    """Return the hand-ins with MFLOPs and the accuracy by which the lab scores, with the latter."""
    found = [(row, judged(row.report, lab)) for row in rows]
    return [(row, each) for row, each in found if each is not None and row.mflops is not None]


def judged(report: Report, lab: NetworkLab) -> Rate | None:
    """Return the accuracy by which the lab scores; None if it was not measured."""
    tried = [report.measurement(id) for id in JUDGES[lab.accuracy.judge]]
    return next((Rate.read(each) for each in tried if value(each) is not None), None)


def levels(score: ScoreSpec) -> tuple[float, ...]:
    """Return the points for which a line is drawn; none if the formula gives no points."""
    if score.points <= 0:
        return ()
    return tuple(share * score.points for share in SHARES)


def frame(score: ScoreSpec) -> Frame:
    """Return the area in which the formula gives points: below `lowest` even 0 MFLOPs score 0."""
    most = score.mflops_ceiling / (score.mflops_ceiling - score.mflops_goal)
    reach = most / score.accuracy_factor if score.accuracy_factor > 0 else score.accuracy_goal
    return Frame(
        mflops=score.mflops_ceiling,
        lowest=max(0.0, math.floor(100 * (score.accuracy_goal - reach)) / 100),
        highest=min(1.0, score.accuracy_goal + HEADROOM),
    )


def equal_score(score: ScoreSpec, points: float, within: Frame) -> tuple[Corner, ...]:
    """Return the line on which the formula gives `points`, from the top of the frame to 0 MFLOPs.

    Solved for the MFLOPs, the formula is ceiling - (ceiling - goal)(points/most + factor * a),
    where a is the accuracy goal minus the accuracy, at least 0. So the line is vertical down to the
    goal, then slanted to the left. Empty if the line is outside the frame.
    """
    span = score.mflops_ceiling - score.mflops_goal
    straight = score.mflops_ceiling - span * points / score.points
    if not 0 < straight <= within.mflops:
        return ()
    down = (
        Corner(mflops=straight, accuracy=within.highest),
        Corner(mflops=straight, accuracy=score.accuracy_goal),
    )
    if score.accuracy_factor <= 0:
        return (down[0], Corner(mflops=straight, accuracy=within.lowest))
    short = straight / span / score.accuracy_factor
    return (*down, Corner(mflops=0.0, accuracy=score.accuracy_goal - short))


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


def _levels(lines: Lines, within: Frame) -> altair.Chart:
    tops = [
        {"points": f"{points:g}", "mflops": line[0].mflops, "accuracy": line[0].accuracy}
        for points, line in lines
        if line
    ]
    mark = altair.Chart(altair.Data(values=tops)).mark_text(
        color=MUTED, baseline="bottom", dy=-4, fontSize=12
    )
    return mark.encode(x=_x("mflops", within), y=_y("accuracy", within), text="points:N")


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
    assert row.mflops is not None
    sample = f" ({SAMPLE}: {interval(found)})" if found.sample else ""
    return {
        **_position(row.mflops, found.value, within),
        "fill": ACCENT if row.word == "passed" else PAPER,
        "Student": text.inert(row.student),
        "MFLOPs": text.mflops(row.mflops),
        "Accuracy": text.percent(found.value) + sample,
        "points": "-" if row.formula_points is None else text.points(row.formula_points),
        "Status": row.word,
    }


def _landmark(known: Landmark, within: Frame) -> altair.LayerChart:
    """Return a reference network's point with its name beside it."""
    at = _position(known.mflops, known.accuracy, within)
    left = known.mflops > within.mflops / 2
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
    offset = {"align": "right", "dx": -12} if left else {"align": "left", "dx": -4, "dy": 16}
    name = chart.mark_text(**offset, color=INK, fontSize=12)
    point = chart.mark_point(size=110, shape=shape, stroke=INK, fill=INK, opacity=1)
    return altair.layer(
        name.encode(text="Network:N"),
        point.encode(tooltip=[altair.Tooltip(f"{each}:N") for each in shown]),
    )


def _position(mflops: float, accuracy: float, within: Frame) -> dict[str, str | float]:
    """Return a network's position; one outside the frame is moved to its edge and marked so."""
    beside = RIGHT if mflops > within.mflops else INSIDE
    return {
        "x": min(mflops, within.mflops),
        "y": min(max(accuracy, within.lowest), within.highest),
        "where": BELOW if accuracy < within.lowest else beside,
    }


def _x(name: str, within: Frame) -> altair.X:
    scale = altair.Scale(domain=[0, within.mflops], nice=False)
    return altair.X(f"{name}:Q", title="MFLOPs", scale=scale)


def _y(name: str, within: Frame) -> altair.Y:
    scale = altair.Scale(domain=[within.lowest, within.highest], nice=False, zero=False)
    axis = altair.Axis(format=".0%", tickCount=6, **ABOVE)
    return altair.Y(f"{name}:Q", title="Accuracy", scale=scale, axis=axis)
