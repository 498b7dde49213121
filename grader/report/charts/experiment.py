"""The three plots of an experiment: accuracy, disk space and latency against sparsity."""

from collections.abc import Iterator, Mapping, Sequence

import altair

from grader.experiments.parts import WAYS
from grader.experiments.record import SeedResult, Way
from grader.experiments.summary import PruningSummary, pruning_summary
from grader.report.charts.drawing import ABOVE, Spec, finished, plain

WIDTH, HEIGHT = 560, 300  # pixels
COLOURS = ("#0b5d8a", "#c2410c", "#5b6470")  # told apart in print and by the colour-blind
DASHES = ([1, 0], [6, 3], [2, 2])
NAMES: Mapping[Way, str] = {
    "with-rewinding": "with rewinding",
    "without-rewinding": "without rewinding",
    "without-retraining": "without retraining",
}
SAVED = ("sparse COO", "dense", "original + mask")
# Nearly all iterations lie between 90 and 100 % sparsity: on a logarithmic axis of the weights that
# remain they are equally far apart.
TICKS = (100, 50, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01)


def plots(results: Sequence[SeedResult]) -> dict[str, Spec]:
    """Return the plots by name, in Vega-Lite; none if no seed has pruned yet."""
    pruned = pruning_summary(results)
    if not any(pruned.values()):
        return {}
    return {"accuracy": _accuracy(pruned), "disk": _disk(pruned), "latency": _latency(pruned)}


Pruned = Mapping[Way, Sequence[PruningSummary]]


def _accuracy(pruned: Pruned) -> Spec:
    rows = [
        _point(each, NAMES[way], each.accuracy.mean)
        | {"low": each.accuracy.low, "high": each.accuracy.high}
        for way, each in _each(pruned)
    ]
    return _plot(rows, tuple(NAMES.values()), "Accuracy", ".0%")


def _disk(pruned: Pruned) -> Spec:
    """The size depends on the sparsity and the way to save, not on the way of pruning."""
    longest = max(pruned.values(), key=len)
    rows = [
        _point(each, name, size / 1e6) | {"low": size / 1e6, "high": size / 1e6}
        for each in longest
        for name, size in zip(
            SAVED, (each.first.sparse, each.first.dense, each.first.masked), strict=True
        )
    ]
    return _plot(rows, SAVED, "Disk space (MB)", "~g")


def _latency(pruned: Pruned) -> Spec:
    batch = max(
        (latency.batch for _, each in _each(pruned) for latency in each.latencies), default=1
    )
    rows = []
    for way, each in _each(pruned):
        for found in each.latencies:
            if found.batch == batch:
                low, high = found.mean - found.deviation, found.mean + found.deviation
                point = _point(each, NAMES[way], 1000 * found.mean)
                rows.append(point | {"low": 1000 * max(0.0, low), "high": 1000 * high})
    return _plot(rows, tuple(NAMES.values()), f"Latency of {batch} images (ms)", "~g")


def _each(pruned: Pruned) -> Iterator[tuple[Way, PruningSummary]]:
    for way in WAYS:
        for each in pruned[way]:
            yield way, each


def _point(found: PruningSummary, line: str, value: float) -> dict[str, object]:
    return {"remaining": 100 * (1 - found.first.sparsity), "line": line, "value": value}


def _plot(
    rows: Sequence[Mapping[str, object]], lines: Sequence[str], title: str, form: str
) -> Spec:
    scale = altair.Scale(domain=list(lines), range=list(COLOURS))
    dashes = altair.Scale(domain=list(lines), range=list(DASHES))
    x = altair.X(
        "remaining:Q",
        title="Sparsity (%)",
        scale=altair.Scale(type="log", reverse=True, nice=False, padding=8),
        axis=altair.Axis(
            values=list(TICKS), labelExpr="format(100 - datum.value, '~r')", labelOverlap=True
        ),
    )
    y_axis = altair.Axis(format=form, tickCount=6, grid=True, gridOpacity=0.25, **ABOVE)
    y = altair.Y("value:Q", title=title, scale=altair.Scale(zero=True), axis=y_axis)
    chart = altair.Chart(plain(rows))
    legend = altair.Legend(
        orient="bottom", symbolType="stroke", symbolSize=400, symbolStrokeWidth=2, symbolOpacity=1
    )
    colour = altair.Color("line:N", scale=scale, legend=legend)
    drawn = altair.layer(
        chart.mark_area(opacity=0.15).encode(
            x=x, y=altair.Y("low:Q", title=title), y2="high:Q", color=colour
        ),
        chart.mark_line(strokeWidth=2).encode(
            x=x,
            y=y,
            color=colour,
            strokeDash=altair.StrokeDash("line:N", scale=dashes, legend=legend),
        ),
        chart.mark_point(size=28, filled=True, opacity=1).encode(x=x, y=y, color=colour),
    )
    return finished(drawn.properties(width=WIDTH, height=HEIGHT), f"{title} against sparsity")
