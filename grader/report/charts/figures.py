"""The charts of the class and of one network, except the plot of the score: see `score_plot`."""

import math
from collections import Counter
from collections.abc import Sequence

import altair

from grader import text
from grader.evidence import ids
from grader.evidence.mflops import MflopsEvidence
from grader.report.charts.drawing import (
    ABOVE,
    ACCENT,
    BAD,
    INK,
    MUTED,
    OURS,
    PAPER,
    Spec,
    finished,
    plain,
    points_of,
)
from grader.report.class_row import ClassRow
from grader.types import Status

STEP = 5  # width of a bar of the distribution, in points
SHORT = 240  # pixels
TICKS = 6  # approximate number of ticks on an axis of counts
COLOURS = {Status.FAILED: BAD, Status.ERROR: OURS}


def distribution(rows: Sequence[ClassRow]) -> Spec | None:
    """Return the distribution of the points so far; None if no hand-in has points."""
    totals = [row.report.grade.total for row in rows]
    counted = Counter(STEP * int(total // STEP) for total in totals if total is not None)
    if not counted:
        return None
    values = [
        {
            "from": low,
            "to": low + STEP,
            "Points": f"{low} to {low + STEP}",
            "Hand-ins": many,
        }
        for low, many in sorted(counted.items())
    ]
    bars = altair.Chart(plain(values)).mark_bar(color=ACCENT, binSpacing=2)
    pending = any(row.report.grade.pending for row in rows)
    chart = bars.encode(
        x=altair.X(
            "from:Q",
            bin="binned",
            title="Points so far" if pending else "Points",
            axis=altair.Axis(tickMinStep=STEP),
        ),
        x2="to:Q",
        y=altair.Y("Hand-ins:Q", axis=_counted(max(counted.values()), **ABOVE)),
        tooltip=["Points:N", "Hand-ins:Q"],
    )
    described = f"Distribution of the points of {sum(counted.values())} hand-ins"
    return finished(chart.properties(width="container", height=SHORT), described)


def latencies(rows: Sequence[ClassRow]) -> Spec | None:
    """Return latency against MFLOPs, with the unpruned network; None if nothing can be compared."""
    values = _timed(rows)
    if not values:
        return None
    points = altair.Chart(plain(values)).mark_point(
        stroke=ACCENT, fill=PAPER, **points_of(len(values))
    )
    tooltip = ["Student:N", "MFLOPs:N", "p50:N"]
    layers = [points.encode(**_axes(), tooltip=tooltip)]
    unpruned = _unpruned(rows)
    if unpruned:
        at = altair.Chart(plain([unpruned])).encode(**_axes())
        layers = [
            at.mark_text(align="right", dx=-12, color=INK, fontSize=12).encode(text="Network:N"),
            at.mark_point(size=110, shape="diamond", stroke=INK, fill=INK, opacity=1).encode(
                tooltip=["Network:N", "MFLOPs:N", "p50:N"]
            ),
            *layers,
        ]
    described = f"Latency against MFLOPs of {len(values)} hand-ins"
    return finished(altair.layer(*layers).properties(width="container", height=SHORT), described)


def anonymous_latencies(rows: Sequence[ClassRow]) -> Spec | None:
    """Return the same chart without names, for a student's page; each point has a `label`."""
    values = [
        {"x": each["x"], "y": each["y"], "label": label(number)}
        for number, each in enumerate(_timed(rows))
    ]
    if not values:
        return None
    points = altair.Chart(plain(values)).mark_point(
        size=60, stroke=MUTED, strokeWidth=1.5, fill=PAPER, opacity=1
    )
    chart = points.encode(**_axes(), description="label:N")
    return finished(chart.properties(width=420, height=SHORT), "")


def point_labels(rows: Sequence[ClassRow]) -> dict[str, str]:
    """Return the label of each student's point in `anonymous_latencies`, by student."""
    found = [row.student for row in rows if _is_timed(row)]
    return {student: label(number) for number, student in enumerate(found)}


def label(number: int) -> str:
    """Return the label of a point, which does not identify the student."""
    return f"point {number}"


def faults(rows: Sequence[ClassRow]) -> Spec | None:
    """Return how often each check ended in FAILED or ERROR; None if no check did."""
    found = Counter(
        (each.id, each.status)
        for row in rows
        for each in row.report.measurements
        if each.status in COLOURS
    )
    if not found:
        return None
    values = [
        {"Check": id, "Status": status.value, "Hand-ins": many}
        for (id, status), many in found.items()
    ]
    scale = altair.Scale(domain=[status.value for status in COLOURS], range=list(COLOURS.values()))
    bars = altair.Chart(plain(values)).mark_bar(height={"band": 0.6})
    chart = bars.encode(
        x=altair.X("Hand-ins:Q", axis=_counted(max(found.values()))),
        y=altair.Y("Check:N", sort="-x", title=None, axis=altair.Axis(labelLimit=160)),
        color=altair.Color("Status:N", scale=scale),
        tooltip=["Check:N", "Status:N", "Hand-ins:Q"],
    )
    checks = {each["Check"] for each in values}
    described = f"How often each of {len(checks)} checks did not pass"
    return finished(chart.properties(width="container", height=28 * len(checks)), described)


def _counted(most: int, **more: object) -> altair.Axis:
    """Return an axis with whole numbers only, because it counts hand-ins."""
    marks = list(range(0, most + 1, math.ceil(most / TICKS)))
    return altair.Axis(values=marks, format="d", **more)


def _is_timed(row: ClassRow) -> bool:
    return row.mflops is not None and row.comparable_latency is not None


def _timed(rows: Sequence[ClassRow]) -> list[dict[str, str | float]]:
    return [
        {
            "x": row.mflops,
            "y": row.comparable_latency.p50,
            "Student": text.inert(row.student),
            "MFLOPs": text.mflops(row.mflops),
            "p50": f"{row.comparable_latency.p50:.2f} ms",
        }
        for row in rows
        if row.mflops is not None and row.comparable_latency is not None  # as `_is_timed` has it
    ]


def _unpruned(rows: Sequence[ClassRow]) -> dict[str, str | float] | None:
    """Return the unpruned network's point, from the first hand-in beside which it was timed."""
    for row in rows:
        mflops = MflopsEvidence.read(row.report.measurement(ids.MFLOPS)).unpruned_mflops
        timing = row.comparable_latency
        if timing and timing.unpruned_p50 is not None and mflops is not None:
            p50 = timing.unpruned_p50
            return {
                "x": mflops,
                "y": p50,
                "Network": "unpruned",
                "MFLOPs": text.mflops(mflops),
                "p50": f"{p50:.2f} ms",
            }
    return None


def _axes() -> dict[str, altair.X | altair.Y]:
    milliseconds = altair.Axis(**ABOVE)
    return {
        "x": altair.X("x:Q", title="MFLOPs", axis=altair.Axis(tickCount=8)),
        "y": altair.Y("y:Q", title="Latency in ms, p50 on one thread", axis=milliseconds),
    }
