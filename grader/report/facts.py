"""What a measurement found, as short lines; the terminal and the page show the same ones."""

from collections.abc import Callable, Iterator

from grader import text
from grader.evidence import ids
from grader.report.evidence import (
    Rate,
    Timing,
    number,
    rate,
    strings,
    tables,
    timings,
    whole_number,
)
from grader.types import Measurement, Status

SAMPLE = "sample, not the grade"
NAMES_SHOWN = 5


def facts(measurement: Measurement) -> tuple[str, ...]:
    """The lines for one measurement, the most telling first; none for an id without any to tell.

    They may hold text from the hand-in: whoever shows them makes it inert.
    """
    question = measurement.id.startswith(ids.QUESTION)
    tell = _question if question else FACTS.get(measurement.id)
    return () if tell is None else tuple(tell(measurement))


def interval(found: Rate | None) -> str:
    """The 95 % interval of an accuracy, in words."""
    if found is None or found.low is None or found.high is None:
        return "not known"
    return f"{text.percent(found.low)} to {text.percent(found.high)}"


def _archive(measurement: Measurement) -> Iterator[str]:
    entries = whole_number(measurement.evidence, "entries")
    unpacked = whole_number(measurement.evidence, "unpacked_bytes")
    if entries is not None and unpacked is not None:
        yield f"{entries:,} entries, {text.size(unpacked)} unpacked"
    ignored = strings(measurement.evidence, "ignored")
    if ignored:
        yield f"ignored: {text.several(ignored, NAMES_SHOWN)}"


def _layout(measurement: Measurement) -> Iterator[str]:
    form = measurement.evidence.get("layout")
    if isinstance(form, str):
        yield f"the {form} form"
    missing = strings(measurement.evidence, "missing")
    if missing:
        yield f"missing: {text.several(missing, NAMES_SHOWN)}"


def _lineage(measurement: Measurement) -> Iterator[str]:
    container = measurement.evidence.get("container")
    isolation = measurement.evidence.get("isolation")
    if isinstance(container, str):
        yield container + (f", isolation: {isolation}" if isinstance(isolation, str) else "")
    answers = measurement.evidence.get("answers")
    difference = number(measurement.evidence, "largest_difference")
    if isinstance(answers, str):
        by = "" if difference is None else f", by {difference:.2g} of the largest logit at most"
        yield f"its own answers and the rebuilt network's: {answers}{by}"
    removed = strings(measurement.evidence, "removed_blocks")
    if removed:
        yield f"blocks removed: {text.several(removed, NAMES_SHOWN)}"


def _mflops(measurement: Measurement) -> Iterator[str]:
    if measurement.value is not None:
        unpruned = number(measurement.evidence, "unpruned_mflops")
        share = f", {text.percent(measurement.value / unpruned)} of unpruned" if unpruned else ""
        yield f"{text.mflops(measurement.value)} MFLOPs{share}"
    parameters = whole_number(measurement.evidence, "parameters")
    size = whole_number(measurement.evidence, "checkpoint_bytes")
    if parameters is not None:
        stored = "" if size is None else f", checkpoint {text.size(size)}"
        yield f"{parameters:,} parameters{stored}"
    sparsity = number(measurement.evidence, "sparsity")
    if sparsity is not None:
        yield f"sparsity {text.percent(sparsity)} of the unpruned network's weights"


def _accuracy(measurement: Measurement) -> Iterator[str]:
    found, evidence = rate(measurement), measurement.evidence
    if found is not None:
        yield text.percent(found.value) + _of(found)
        if found.sample:
            yield f"{SAMPLE}: 95 % interval {interval(found)}"
    correct, total = whole_number(evidence, "correct_9984"), whole_number(evidence, "total_9984")
    if correct is not None and total:
        share = text.percent(correct / total)
        yield f"as the notebook counts: {share}, {correct} of {total}"
    agreement = number(evidence, "agreement")
    if agreement is not None:
        yield f"same answer as the checkpoint on {text.percent(agreement)}"


def _of(found: Rate) -> str:
    if found.correct is None or found.total is None:
        return ""
    return f", {found.correct} of {found.total} images"


def _runner(measurement: Measurement) -> Iterator[str]:
    evidence = measurement.evidence
    yield from _where(measurement)
    printed = evidence.get("printed")
    if isinstance(printed, str):
        yield f"it printed {printed}" + "".join(_beside(measurement))
    looked_at, rate_ = whole_number(evidence, "looked_at"), number(evidence, "images_per_second")
    if looked_at is not None:
        yield f"it says that it looked at {looked_at:,} images" + (
            "" if rate_ is None else f", {rate_:.0f} a second"
        )
    ended = evidence.get("ended")
    if isinstance(ended, str) and measurement.status is not Status.PASSED:
        yield f"it {ended}"
    yield from _warmth(measurement)


def _where(measurement: Measurement) -> Iterator[str]:
    """On what, where that is not this machine itself."""
    emulated, total = measurement.evidence.get("emulated"), measurement.evidence.get("total")
    if isinstance(emulated, str):
        yield f"under emulation ({emulated}), {total or 'a few'} images: {SAMPLE}"
    device = measurement.evidence.get("device")
    if isinstance(device, str):
        isolation = measurement.evidence.get("isolation")
        yield f"on {device}" + (f", isolation: {isolation}" if isinstance(isolation, str) else "")


def _beside(measurement: Measurement) -> Iterator[str]:
    for key, whose in (
        ("ours_checkpoint", "PyTorch's accuracy of the .pth"),
        ("ours_program", "ExecuTorch's of the .pte"),
    ):
        ours = number(measurement.evidence, key)
        if ours is not None:
            yield f"; {whose} is {text.percent(ours)}"


def _notebook(measurement: Measurement) -> Iterator[str]:
    evidence = measurement.evidence
    code, run = whole_number(evidence, "code_cells"), whole_number(evidence, "executed")
    errors, cut = whole_number(evidence, "errors"), whole_number(evidence, "cut")
    if measurement.value is not None and code is not None and run is not None:
        yield f"{measurement.value:,.0f} cells, {run} of {code} code cells were run"
    if evidence.get("in_order") is False:
        yield "not run from top to bottom"
    if errors:
        yield f"errors left in the output of {errors}"
    if cut:
        yield f"{cut} cells and outputs are too long to be shown whole"


def _question(measurement: Measurement) -> Iterator[str]:
    evidence = measurement.evidence
    state, cell = evidence.get("state"), whole_number(evidence, "cell")
    if isinstance(state, str):
        yield state + ("" if cell is None else f", cell {cell}")
    held = strings(evidence, "held")
    if held:
        yield f"right: {', '.join(held)}"
    broken = evidence.get("broken")
    for each in broken if isinstance(broken, list) and held else ():
        if isinstance(each, dict):
            yield f"{each.get('property')}: {each.get('why')}"
    lowest = evidence.get("most_sensitive")
    if isinstance(lowest, str):
        yield f"the lowest mean accuracy in the notebook's scan is that of {lowest}"
    accuracy, printed_in = number(evidence, "printed_accuracy"), evidence.get("printed_in_cell")
    if accuracy is not None:
        yield f"cell {printed_in} printed an accuracy of {text.percent(accuracy)}"
    ratio = number(evidence, "size_ratio")
    if ratio is not None:
        yield f"sparse over dense size: {text.percent(ratio)}"


def _latency(measurement: Measurement) -> Iterator[str]:
    yield from _where(measurement)
    for timing in timings(measurement):
        yield f"{timing.threads} thread{'s' if timing.threads > 1 else ''}: {_times(timing)}"
    yield from _warmth(measurement)


def _warmth(measurement: Measurement) -> Iterator[str]:
    health = list(tables(measurement.evidence, "health"))
    warmth = [degrees for each in health if (degrees := number(each, "temperature_c")) is not None]
    if warmth:
        yield f"{warmth[0]:.0f} C before, {warmth[-1]:.0f} C after"
    if any(each.get("throttled") is True for each in health):
        yield "the device slowed itself down meanwhile"


def _times(timing: Timing) -> str:
    times = [("p50", timing.p50), ("p90", timing.p90), ("p99", timing.p99)]
    told = [f"{name} {value:.2f} ms" for name, value in times if value is not None]
    if timing.speedup is not None:
        told.append(f"{timing.speedup:.2f}x as fast as unpruned")
    return ", ".join(told)


FACTS: dict[str, Callable[[Measurement], Iterator[str]]] = {
    ids.ARCHIVE: _archive,
    ids.LAYOUT: _layout,
    ids.LINEAGE: _lineage,
    ids.MFLOPS: _mflops,
    ids.ACCURACY: _accuracy,
    ids.EXECUTORCH: _accuracy,
    ids.PROGRAM: _accuracy,
    ids.RUNNER: _runner,
    ids.NOTEBOOK: _notebook,
    ids.LATENCY: _latency,
    ids.DEVICE_LATENCY: _latency,
}
