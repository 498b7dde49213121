"""What a measurement found, as short lines; the terminal and the page show the same ones."""

from collections.abc import Callable, Iterator

from grader import text
from grader.evidence import ids
from grader.evidence.accuracy import CheckpointEvidence, ProgramEvidence, Rate
from grader.evidence.device import DeviceEvidence, DeviceRunEvidence, HealthEvidence
from grader.evidence.intake import ArchiveEvidence, LayoutEvidence
from grader.evidence.latency import LatencyEvidence, Timing
from grader.evidence.lineage import LineageEvidence
from grader.evidence.mflops import MflopsEvidence
from grader.evidence.notebook import NotebookEvidence
from grader.evidence.question import (
    AnswerEvidence,
    PropertiesEvidence,
    SensitivityEvidence,
    SparsityDictEvidence,
)
from grader.evidence.runner import EmulationEvidence, PrintedEvidence, RunEvidence
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
    seen = ArchiveEvidence.read(measurement)
    if seen.entries is not None and seen.unpacked_bytes is not None:
        yield f"{seen.entries:,} entries, {text.size(seen.unpacked_bytes)} unpacked"
    if seen.ignored:
        yield f"ignored: {text.several(seen.ignored, NAMES_SHOWN)}"


def _layout(measurement: Measurement) -> Iterator[str]:
    seen = LayoutEvidence.read(measurement)
    if seen.layout is not None:
        yield f"the {seen.layout} form"
    if seen.missing:
        yield f"missing: {text.several(seen.missing, NAMES_SHOWN)}"


def _lineage(measurement: Measurement) -> Iterator[str]:
    seen = LineageEvidence.read(measurement)
    if seen.container is not None:
        yield seen.container + _isolation(seen.isolation)
    if seen.answers is not None:
        difference = seen.largest_difference
        by = "" if difference is None else f", by {difference:.2g} of the largest logit at most"
        yield f"its own answers and the rebuilt network's: {seen.answers}{by}"
    if seen.removed_blocks:
        yield f"blocks removed: {text.several(seen.removed_blocks, NAMES_SHOWN)}"


def _isolation(isolation: str | None) -> str:
    return "" if isolation is None else f", isolation: {isolation}"


def _mflops(measurement: Measurement) -> Iterator[str]:
    seen = MflopsEvidence.read(measurement)
    if measurement.value is not None:
        unpruned = seen.unpruned_mflops
        share = f", {text.percent(measurement.value / unpruned)} of unpruned" if unpruned else ""
        yield f"{text.mflops(measurement.value)} MFLOPs{share}"
    if seen.parameters is not None:
        size = seen.checkpoint_bytes
        stored = "" if size is None else f", checkpoint {text.size(size)}"
        yield f"{seen.parameters:,} parameters{stored}"
    if seen.sparsity is not None:
        yield f"sparsity {text.percent(seen.sparsity)} of the unpruned network's weights"


def _accuracy(measurement: Measurement) -> Iterator[str]:
    found = Rate.read(measurement)
    if found is not None:
        yield text.percent(found.value) + _of(found)
        if found.sample:
            yield f"{SAMPLE}: 95 % interval {interval(found)}"


def _of(found: Rate) -> str:
    if found.correct is None or found.total is None:
        return ""
    return f", {found.correct} of {found.total} images"


def _checkpoint(measurement: Measurement) -> Iterator[str]:
    yield from _accuracy(measurement)
    seen = CheckpointEvidence.read(measurement)
    if seen.correct_9984 is not None and seen.total_9984:
        share = text.percent(seen.correct_9984 / seen.total_9984)
        yield f"as the notebook counts: {share}, {seen.correct_9984} of {seen.total_9984}"


def _program(measurement: Measurement) -> Iterator[str]:
    yield from _accuracy(measurement)
    agreement = ProgramEvidence.read(measurement).agreement
    if agreement is not None:
        yield f"same answer as the checkpoint on {text.percent(agreement)}"


def _runner(measurement: Measurement) -> Iterator[str]:
    seen = PrintedEvidence.read(measurement)
    emulated = EmulationEvidence.read(measurement).emulated
    if emulated is not None:
        yield f"under emulation ({emulated}), {seen.total or 'a few'} images: {SAMPLE}"
    yield from _where(measurement)
    if seen.printed is not None:
        yield f"it printed {seen.printed}" + "".join(_beside(seen))
    if seen.looked_at is not None:
        rate = seen.images_per_second
        yield f"it says that it looked at {seen.looked_at:,} images" + (
            "" if rate is None else f", {rate:.0f} a second"
        )
    ended = RunEvidence.read(measurement).ended
    if ended is not None and measurement.status is not Status.PASSED:
        yield f"it {ended}"
    yield from _warmth(measurement)


def _where(measurement: Measurement) -> Iterator[str]:
    """On what, where that is not this machine itself."""
    device = DeviceEvidence.read(measurement).device
    if device is not None:
        yield f"on {device}" + _isolation(DeviceRunEvidence.read(measurement).isolation)


def _beside(seen: PrintedEvidence) -> Iterator[str]:
    for ours, whose in (
        (seen.ours_checkpoint, "PyTorch's accuracy of the .pth"),
        (seen.ours_program, "ExecuTorch's of the .pte"),
    ):
        if ours is not None:
            yield f"; {whose} is {text.percent(ours)}"


def _notebook(measurement: Measurement) -> Iterator[str]:
    seen = NotebookEvidence.read(measurement)
    code, run = seen.code_cells, seen.executed
    if measurement.value is not None and code is not None and run is not None:
        yield f"{measurement.value:,.0f} cells, {run} of {code} code cells were run"
    if seen.in_order is False:
        yield "not run from top to bottom"
    if seen.errors:
        yield f"errors left in the output of {seen.errors}"
    if seen.cut:
        yield f"{seen.cut} cells and outputs are too long to be shown whole"


def _question(measurement: Measurement) -> Iterator[str]:
    seen, properties = AnswerEvidence.read(measurement), PropertiesEvidence.read(measurement)
    if seen.state is not None:
        yield seen.state + ("" if seen.cell is None else f", cell {seen.cell}")
    if properties.held:
        yield f"right: {', '.join(properties.held)}"
        yield from (f"{each.property}: {each.why}" for each in properties.broken)
    lowest = SensitivityEvidence.read(measurement).most_sensitive
    if lowest is not None:
        yield f"the lowest mean accuracy in the notebook's scan is that of {lowest}"
    sparsities = SparsityDictEvidence.read(measurement)
    accuracy, cell = sparsities.printed_accuracy, sparsities.printed_in_cell
    if accuracy is not None:
        yield f"cell {cell} printed an accuracy of {text.percent(accuracy)}"
    if sparsities.size_ratio is not None:
        yield f"sparse over dense size: {text.percent(sparsities.size_ratio)}"


def _latency(measurement: Measurement) -> Iterator[str]:
    yield from _where(measurement)
    for timing in LatencyEvidence.read(measurement).timings:
        yield f"{timing.threads} thread{'s' if timing.threads > 1 else ''}: {_times(timing)}"
    yield from _warmth(measurement)


def _warmth(measurement: Measurement) -> Iterator[str]:
    health = HealthEvidence.read(measurement).health
    warmth = [each.temperature_c for each in health if each.temperature_c is not None]
    if warmth:
        yield f"{warmth[0]:.0f} C before, {warmth[-1]:.0f} C after"
    if any(each.throttled is True for each in health):
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
    ids.ACCURACY: _checkpoint,
    ids.EXECUTORCH: _program,
    ids.PROGRAM: _program,
    ids.RUNNER: _runner,
    ids.NOTEBOOK: _notebook,
    ids.LATENCY: _latency,
    ids.DEVICE_LATENCY: _latency,
}
