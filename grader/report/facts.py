"""A measurement's evidence as short lines, for the terminal and for the pages."""

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
from grader.report.write_up_facts import answer_facts, table_facts, write_up_facts
from grader.types import Measurement, Status

SAMPLE = "sample, not the grade"
SAMPLE_MARK = "≈"
# The sign of a latency that was measured while the machine had other work, and its meaning.
BUSY_MARK = "†"
BUSY = "the machine had other work during this timing; nothing is compared with it"
NAMES_SHOWN = 5

ONE_ENTRY = "1 entry, {size} unpacked"
SEVERAL_ENTRIES = "{count:,} entries, {size} unpacked"
ONE_IMAGE = "it reports 1 image as processed"
SEVERAL_IMAGES = "it reports {count:,} images as processed"
ONE_CODE_CELL = ", {run} of 1 code cell was run"
SEVERAL_CODE_CELLS = ", {run} of {count} code cells were run"


def facts(measurement: Measurement) -> tuple[str, ...]:
    """Return the lines for one measurement, the most important first; none for an unknown id.

    The lines may contain text from the hand-in: the caller must make them inert.
    """
    prefixed = (lines for prefix, lines in OF_PARTS.items() if measurement.id.startswith(prefix))
    lines = FACTS.get(measurement.id) or next(prefixed, None)
    return () if lines is None else tuple(lines(measurement))


def interval(found: Rate | None) -> str:
    """Return the 95 % interval of an accuracy as text."""
    if found is None or found.low is None or found.high is None:
        return "unknown"
    return f"{text.percent(found.low)} to {text.percent(found.high)}"


def _archive(measurement: Measurement) -> Iterator[str]:
    evidence = ArchiveEvidence.read(measurement)
    if evidence.entries is not None and evidence.unpacked_bytes is not None:
        unpacked = text.size(evidence.unpacked_bytes)
        yield text.counted(evidence.entries, ONE_ENTRY, SEVERAL_ENTRIES, size=unpacked)
    if evidence.inside:
        yield f"a zip in the hand-in was opened: {evidence.inside}"
    if evidence.links:
        yield f"links not followed: {text.several(evidence.links, NAMES_SHOWN)}"
    if evidence.ignored:
        yield f"ignored: {text.several(evidence.ignored, NAMES_SHOWN)}"


def _layout(measurement: Measurement) -> Iterator[str]:
    evidence = LayoutEvidence.read(measurement)
    if evidence.layout is not None:
        yield f"form: {evidence.layout}"


def _lineage(measurement: Measurement) -> Iterator[str]:
    evidence = LineageEvidence.read(measurement)
    if evidence.container is not None:
        yield evidence.container + _isolation(evidence.isolation)
    if evidence.answers is not None:
        difference = evidence.largest_difference
        by = "" if difference is None else f"; difference {difference:.2g} of the largest logit"
        yield f"outputs of the submitted and the rebuilt network: {evidence.answers}{by}"
    if evidence.removed_blocks:
        yield f"blocks removed: {text.several(evidence.removed_blocks, NAMES_SHOWN)}"
    yield from evidence.notes or ()
    if evidence.other_networks:
        yield f"network measured: {evidence.checkpoint_key!r}"
    for other in evidence.other_networks or ():
        size = None if other.mflops is None else f"{text.mflops(other.mflops)} MFLOPs"
        size = f"{size}, the same weights" if other.same_weights else size
        yield f"also in the checkpoint: {other.key!r}, {size or other.problem}"


def _isolation(isolation: str | None) -> str:
    return "" if isolation is None else f", isolation: {isolation}"


def _mflops(measurement: Measurement) -> Iterator[str]:
    evidence = MflopsEvidence.read(measurement)
    if measurement.value is not None:
        unpruned = evidence.unpruned_mflops
        share = f", {text.percent(measurement.value / unpruned)} of unpruned" if unpruned else ""
        yield f"{text.mflops(measurement.value)} MFLOPs{share}"
    if evidence.parameters is not None:
        size = evidence.checkpoint_bytes
        stored = "" if size is None else f", checkpoint {text.size(size)}"
        yield f"{evidence.parameters:,} parameters{stored}"
    if evidence.sparsity is not None:
        yield f"sparsity {text.percent(evidence.sparsity)} of the unpruned network's weights"


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
    evidence = CheckpointEvidence.read(measurement)
    if evidence.correct_9984 is not None and evidence.total_9984:
        share = text.percent(evidence.correct_9984 / evidence.total_9984)
        yield f"on the notebook's images: {share}, {evidence.correct_9984} of {evidence.total_9984}"
    if evidence.all_because is not None:
        yield f"PyTorch classified all images: {evidence.all_because}"


def _program(measurement: Measurement) -> Iterator[str]:
    yield from _accuracy(measurement)
    evidence = ProgramEvidence.read(measurement)
    if evidence.agreement is not None:
        same = text.percent(evidence.agreement)
        yield f"same prediction as the checkpoint on {same} of the images"
    if evidence.converted_from is not None:
        original = evidence.converted_from
        yield f"brought from the form of 2024 to today's; SHA-256 of the original {original}"


def _runner(measurement: Measurement) -> Iterator[str]:
    evidence = PrintedEvidence.read(measurement)
    emulated = EmulationEvidence.read(measurement).emulated
    if emulated is not None:
        yield f"under emulation ({emulated}), {evidence.total or 'a few'} images: {SAMPLE}"
    yield from _where(measurement)
    if evidence.printed is not None:
        yield f"it printed {evidence.printed}" + "".join(_beside(evidence))
    if evidence.looked_at is not None:
        rate = evidence.images_per_second
        speed = "" if rate is None else f", {rate:.0f} per second"
        yield text.counted(evidence.looked_at, ONE_IMAGE, SEVERAL_IMAGES) + speed
    ended = RunEvidence.read(measurement).ended
    if ended is not None and measurement.status is not Status.PASSED:
        yield f"it {ended}"
    yield from _device_state(measurement)


def _where(measurement: Measurement) -> Iterator[str]:
    """The device, if the measurement was not made on this machine."""
    device = DeviceEvidence.read(measurement).device
    if device is not None:
        yield f"on {device}" + _isolation(DeviceRunEvidence.read(measurement).isolation)


def _beside(evidence: PrintedEvidence) -> Iterator[str]:
    for ours, whose in (
        (evidence.ours_checkpoint, "the .pth in PyTorch"),
        (evidence.ours_program, "the .pte in ExecuTorch"),
    ):
        if ours is not None:
            yield f"; {whose} has {text.percent(ours)}"


def _notebook(measurement: Measurement) -> Iterator[str]:
    evidence = NotebookEvidence.read(measurement)
    code, run = evidence.code_cells, evidence.executed
    if measurement.value is not None and code is not None and run is not None:
        cells = round(measurement.value)
        yield text.counted(cells, "1 cell", "{count:,} cells") + (
            text.counted(code, ONE_CODE_CELL, SEVERAL_CODE_CELLS, run=run) if code else ", no code"
        )
    if evidence.in_order is False:
        yield "not run in order from top to bottom"
    if evidence.errors:
        yield f"code cells with an error in the output: {evidence.errors}"
    if evidence.cut:
        yield f"cells and outputs that were shortened because of their length: {evidence.cut}"


def _question(measurement: Measurement) -> Iterator[str]:
    evidence, properties = AnswerEvidence.read(measurement), PropertiesEvidence.read(measurement)
    if evidence.state is not None and (evidence.cell is not None or measurement.reason is None):
        yield evidence.state + ("" if evidence.cell is None else f", cell {evidence.cell}")
    if properties.held:
        yield f"correct: {', '.join(properties.held)}"
        yield from (f"{each.property}: {each.why}" for each in properties.broken)
    lowest = SensitivityEvidence.read(measurement).most_sensitive
    if lowest is not None:
        yield f"lowest mean accuracy in the notebook's scan: {lowest}"
    sparsities = SparsityDictEvidence.read(measurement)
    accuracy, cell = sparsities.printed_accuracy, sparsities.printed_in_cell
    if accuracy is not None:
        yield f"cell {cell} printed an accuracy of {text.percent(accuracy)}"
    if sparsities.size_ratio is not None:
        yield f"size of the sparse network: {text.percent(sparsities.size_ratio)} of the dense one"


def _latency(measurement: Measurement) -> Iterator[str]:
    yield from _where(measurement)
    evidence = LatencyEvidence.read(measurement)
    here = measurement.id == ids.LATENCY
    for timing in evidence.timings:
        yield f"{_threads(timing.threads, here)}: {_times(timing)}"
    if evidence.machine is not None:
        yield f"timed on {evidence.machine}"
    if evidence.passes is not None:
        yield "timed twice because the machine had other work; the steadier times are shown"
    if evidence.busy:
        yield f"{BUSY_MARK} {BUSY}"
    yield from _device_state(measurement)


def _threads(count: int, here: bool) -> str:
    """Return the number of threads, and for several on the grading machine that these are all."""
    if count == 1:
        return "1 thread"
    return f"{count} threads" + (", all processors of the grading machine" if here else "")


def busy_mark(timing: Timing) -> str:
    """Return the sign to put before a number of this timing; empty if there is nothing to say."""
    return BUSY_MARK if timing.busy else ""


def _device_state(measurement: Measurement) -> Iterator[str]:
    health = HealthEvidence.read(measurement).health
    degrees = [each.temperature_c for each in health if each.temperature_c is not None]
    if degrees:
        yield f"{degrees[0]:.0f} C before, {degrees[-1]:.0f} C after"
    if any(each.throttled is True for each in health):
        yield "the device was throttled"


def _times(timing: Timing) -> str:
    times = [("p50", timing.p50), ("p90", timing.p90), ("p99", timing.p99)]
    mark = busy_mark(timing)
    parts = [f"{name} {mark}{value:.2f} ms" for name, value in times if value is not None]
    if timing.speedup is not None:
        parts.append(f"{mark}{timing.speedup:.2f}x as fast as unpruned")
    return ", ".join(parts)


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
    ids.WRITE_UP: write_up_facts,
}
# By the beginning of the id.
OF_PARTS: dict[str, Callable[[Measurement], Iterator[str]]] = {
    ids.QUESTION: _question,
    ids.ANSWER: answer_facts,
    ids.TABLE: table_facts,
}
