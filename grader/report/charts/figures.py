"""The class and one network as charts, but for the plot of the score, which is `plot`'s."""

import math
from collections import Counter
from collections.abc import Sequence
from functools import cache

import altair

from grader import text
from grader.evidence import ids
from grader.evidence.lineage import BlockWidths
from grader.evidence.mflops import MflopsEvidence
from grader.report.charts.drawing import (
    ABOVE,
    ACCENT,
    BAD,
    INK,
    LINE,
    MUTED,
    OURS,
    PAPER,
    Spec,
    finished,
    plain,
)
from grader.report.row import Row
from grader.types import Status

STEP = 5  # points of one bar of the distribution
SHORT = 240  # pixels
TICKS = 6  # of an axis that counts, at most one more
COLOURS = {Status.FAILED: BAD, Status.ERROR: OURS}


def distribution(rows: Sequence[Row]) -> Spec | None:
    """How many hand-ins have how many points so far; None where nobody has any."""
    totals = [row.report.grade.total for row in rows]
    counted = Counter(STEP * int(total // STEP) for total in totals if total is not None)
    if not counted:
        return None
    values = [
        {
            "from": low,
            "to": low + STEP,
            "Points": f"{low} to {low + STEP}",
            "Submissions": many,
        }
        for low, many in sorted(counted.items())
    ]
    bars = altair.Chart(plain(values)).mark_bar(color=ACCENT, binSpacing=2)
    pending = any(row.report.grade.pending for row in rows)
    chart = bars.encode(
        x=altair.X(
            "from:Q",
            bin="binned",
            title="Points, as far as they are known" if pending else "Points",
            axis=altair.Axis(tickMinStep=STEP),
        ),
        x2="to:Q",
        y=altair.Y("Submissions:Q", axis=_counted(max(counted.values()), **ABOVE)),
        tooltip=["Points:N", "Submissions:Q"],
    )
    described = f"How many of {sum(counted.values())} submissions have how many points"
    return finished(chart.properties(width="container", height=SHORT), described)


def latencies(rows: Sequence[Row]) -> Spec | None:
    """Latency against MFLOPs, with the unpruned network's; None where nothing was timed."""
    values = _timed(rows)
    if not values:
        return None
    points = altair.Chart(plain(values)).mark_point(
        size=80, stroke=ACCENT, strokeWidth=1.75, fill=PAPER, opacity=1
    )
    told = ["Student:N", "MFLOPs:N", "p50:N"]
    layers = [points.encode(**_place(), tooltip=told)]
    unpruned = _unpruned(rows)
    if unpruned:
        at = altair.Chart(plain([unpruned])).encode(**_place())
        layers = [
            at.mark_text(align="right", dx=-12, color=INK, fontSize=12).encode(text="Network:N"),
            at.mark_point(size=110, shape="diamond", stroke=INK, fill=INK, opacity=1).encode(
                tooltip=["Network:N", "MFLOPs:N", "p50:N"]
            ),
            *layers,
        ]
    described = f"Latency against MFLOPs of {len(values)} submissions"
    return finished(altair.layer(*layers).properties(width="container", height=SHORT), described)


def beside(rows: Sequence[Row]) -> Spec | None:
    """The same for one student's page: nobody is named, each point is described as `label`."""
    values = [
        {"x": each["x"], "y": each["y"], "label": label(place)}
        for place, each in enumerate(_timed(rows))
    ]
    if not values:
        return None
    points = altair.Chart(plain(values)).mark_point(
        size=60, stroke=MUTED, strokeWidth=1.5, fill=PAPER, opacity=1
    )
    chart = points.encode(**_place(), description="label:N")
    return finished(chart.properties(width=420, height=SHORT), "")


def timed(rows: Sequence[Row]) -> dict[str, str]:
    """The label of each student's point in `beside`, by student."""
    found = [row.student for row in rows if _beside(row)]
    return {student: label(place) for place, student in enumerate(found)}


def label(place: int) -> str:
    """What a point is called that nobody may be known by."""
    return f"point {place}"


def faults(rows: Sequence[Row]) -> Spec | None:
    """How often each check did not pass though it was made; None where all that were made did."""
    found = Counter(
        (each.id, each.status)
        for row in rows
        for each in row.report.measurements
        if each.status in COLOURS
    )
    if not found:
        return None
    values = [
        {"Check": id, "Became": status.value, "Submissions": many}
        for (id, status), many in found.items()
    ]
    scale = altair.Scale(domain=[status.value for status in COLOURS], range=list(COLOURS.values()))
    bars = altair.Chart(plain(values)).mark_bar(height={"band": 0.6})
    chart = bars.encode(
        x=altair.X("Submissions:Q", axis=_counted(max(found.values()))),
        y=altair.Y("Check:N", sort="-x", title=None, axis=altair.Axis(labelLimit=160)),
        color=altair.Color("Became:N", scale=scale),
        tooltip=["Check:N", "Became:N", "Submissions:Q"],
    )
    checks = {each["Check"] for each in values}
    described = f"How often each of {len(checks)} checks did not pass"
    return finished(chart.properties(width="container", height=28 * len(checks)), described)


def widths(blocks: Sequence[BlockWidths]) -> Spec | None:
    """What is left of each block's channels: kept in front of original, hidden above output."""
    values = [
        {
            "block": _short(block.name),
            "part": part,
            "original": width.original,
            "kept": width.kept,
            "said": f"{width.original} → {width.kept}",
        }
        for block in blocks
        for part, width in (("hidden", block.hidden), ("output", block.output))
        if width is not None
    ]
    if not values:
        return None
    widest = max(width.original for block in blocks for width in block.both)
    empty = _empty_widths(tuple(_short(block.name) for block in blocks), widest)
    return {**empty, "data": {"values": values}}


@cache  # nearly all of a class have the same blocks, and Altair takes 50 ms to put a chart together
def _empty_widths(order: tuple[str, ...], widest: int) -> Spec:
    every = altair.Chart(plain([])).encode(
        y=altair.Y("block:N", sort=list(order), title=None),
        yOffset=altair.YOffset("part:N", sort=["hidden", "output"]),
    )
    scale = altair.Scale(domain=[0, widest * 1.25], nice=False)
    channels = {"title": "Channels, original and kept", "scale": scale}
    chart = altair.layer(
        every.mark_bar(color=LINE).encode(x=altair.X("original:Q", **channels)),
        every.mark_bar(color=ACCENT).encode(x=altair.X("kept:Q", **channels)),
        every.mark_text(align="left", dx=4, color=MUTED, fontSize=10).encode(
            x=altair.X("original:Q", **channels), text="said:N"
        ),
    )
    return finished(chart.properties(width=330, height=altair.Step(13)), "")


def _counted(most: int, **more: object) -> altair.Axis:
    """An axis of whole numbers: there is no half submission."""
    marks = list(range(0, most + 1, math.ceil(most / TICKS)))
    return altair.Axis(values=marks, format="d", **more)


def _short(block: str) -> str:
    return block.removeprefix("features.")


def _beside(row: Row) -> bool:
    return row.mflops is not None and row.latency is not None


def _timed(rows: Sequence[Row]) -> list[dict[str, str | float]]:
    return [
        {
            "x": row.mflops,
            "y": row.latency.p50,
            "Student": text.inert(row.student),
            "MFLOPs": text.mflops(row.mflops),
            "p50": f"{row.latency.p50:.2f} ms",
        }
        for row in rows
        if row.mflops is not None and row.latency is not None  # as `_beside` has it
    ]


def _unpruned(rows: Sequence[Row]) -> dict[str, str | float] | None:
    """The unpruned network as the first hand-in that was timed beside it has it."""
    for row in rows:
        mflops = MflopsEvidence.read(row.report.measurement(ids.MFLOPS)).unpruned_mflops
        if row.latency and row.latency.speedup and mflops is not None:
            p50 = row.latency.p50 * row.latency.speedup
            return {
                "x": mflops,
                "y": p50,
                "Network": "unpruned",
                "MFLOPs": text.mflops(mflops),
                "p50": f"{p50:.2f} ms",
            }
    return None


def _place() -> dict[str, altair.X | altair.Y]:
    milliseconds = altair.Axis(**ABOVE)
    return {
        "x": altair.X("x:Q", title="MFLOPs", axis=altair.Axis(tickCount=8)),
        "y": altair.Y("y:Q", title="Latency in ms, p50 on one thread", axis=milliseconds),
    }
