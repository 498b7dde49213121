"""Grades one hand-in, from its bytes to its report."""

import contextlib
import importlib
import os
import platform
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import ModuleType

from grader import __version__
from grader.errors import GraderError, HarnessError
from grader.evaluators.conditions import (
    Conditions,
    NetworkConditions,
    Watch,
    WriteUpConditions,
)
from grader.evaluators.received import received
from grader.evidence import ids
from grader.evidence.latency import LatencyEvidence
from grader.evidence.run_check import run_check, skipped
from grader.files import replace_file
from grader.inference.packages import installed
from grader.intake import receive
from grader.intake.write_up import receive_write_up
from grader.labs.network_lab import NetworkLab
from grader.sandbox.bubblewrap import is_visible_inside
from grader.sandbox.start import Isolation
from grader.scoring.grade import NO_MARKS, grade
from grader.types import (
    Event,
    Finding,
    Mark,
    Measured,
    Measurement,
    Provenance,
    Report,
    Setup,
    Status,
    Submission,
)

# The first version of the grader whose measurements are the same as this one's. A version that
# measures something else raises it, and then every class is measured again.
MEASUREMENTS_VERSION = "0.1.0"

_EVALUATORS: Mapping[type[Conditions], str] = {
    NetworkConditions: "grader.evaluators.run_all",
    WriteUpConditions: "grader.evaluators.write_up",
}

Lower = Callable[[Submission, NetworkConditions, Path, Watch], bytes]  # as `run_all.program_of`


def measure_one(
    source: Path, conditions: Conditions, watch: Watch, student: str | None = None
) -> Measured:
    """Measure everything except the latency; other work may run at the same time.

    `student` is the student's id; by default that of the file's or the folder's name.

    Raises `GraderError` if the test set is missing or changed, or if a file is in a folder that
    another hand-in's program could read. A bad hand-in raises nothing.
    """
    setup = setup_now(conditions)
    _check_visibility(source, conditions)
    with scratch(conditions) as work:
        if isinstance(conditions, NetworkConditions):
            with received(source, work, conditions, student) as hand_in:
                ran = _evaluators(conditions).run_all(hand_in, conditions, watch)
            submission = hand_in.submission
            if ran.program is not None:
                with contextlib.suppress(OSError):  # `time_one` lowers it again if it is not saved
                    replace_file(conditions.program_path(submission), ran.program)
            return Measured(submission=submission, measurements=ran.measurements, setup=setup)
        assert isinstance(conditions, WriteUpConditions)
        submission, intake = receive_write_up(source, work, conditions.lab, student)
        read_write_up = _evaluators(conditions).read_write_up
        measurements = read_write_up(submission, intake, conditions, watch)
        return Measured(submission=submission, measurements=measurements, setup=setup)


def time_one(measured: Measured, conditions: Conditions, watch: Watch) -> Measured:
    """Return `measured` with the latency added. It uses all processors: run nothing beside it.

    The evidence names this machine if the rest was measured on another one. If
    `needs_second_timing(measured)`, the steadier of the two timings is the latency.
    """
    assert isinstance(conditions, NetworkConditions)  # of other kinds nothing is timed

    def timed() -> Finding:
        watch(Event(student=measured.submission.id, step="latency", done=0, of=1))
        run = _evaluators(conditions)
        program = exported_program(measured.submission, conditions, watch, run.program_of)
        found: Finding = run.measure_latency(program, conditions.lab, os.cpu_count() or 1)
        here = setup_now(conditions).machine
        if here == measured.setup.machine:
            return found
        return replace(found, evidence={**found.evidence, "machine": here})

    if measured.passed(ids.EXECUTORCH):
        latency = run_check(ids.LATENCY, timed)
    else:
        latency = skipped(ids.LATENCY, ids.EXECUTORCH, measured.measurements)
    watch(Event(student=measured.submission.id, step="latency", done=1, of=1))
    rest = tuple(each for each in measured.measurements if each.id != ids.LATENCY)
    return replace(measured, measurements=(*rest, _steadier(_latency_of(measured), latency)))


def _evaluators(conditions: Conditions) -> ModuleType:
    """Import what measures hand-ins of this kind: for networks torch too, which takes 2 s.

    A class that is measured already needs neither.
    """
    return importlib.import_module(_EVALUATORS[type(conditions)])


def needs_second_timing(measured: Measured) -> bool:
    """True if the machine was busy during the timing, and the hand-in was not timed again yet."""
    return LatencyEvidence.read(_latency_of(measured)).needs_second_pass


def timed_on(measured: Measured) -> str:
    """Return the machine that timed the hand-in: the one that measured the rest, or a later one."""
    return LatencyEvidence.read(_latency_of(measured)).machine or measured.setup.machine


def _latency_of(measured: Measured) -> Measurement | None:
    return next((each for each in measured.measurements if each.id == ids.LATENCY), None)


def _steadier(first: Measurement | None, second: Measurement) -> Measurement:
    """Return the second measurement of the latency, with the better times if the first was busy."""
    times = LatencyEvidence.read(first)
    if first is None or not times.needs_second_pass:
        return second
    if not second.passed:
        return first  # its times are marked, which says more than an error
    kept = times.with_second_pass(LatencyEvidence.read(second))
    return replace(second, value=kept.timings[0].p50, evidence=kept.json())


def report_of(
    measured: Measured,
    conditions: Conditions,
    graded_at: str,
    marks: Mapping[str, Mark] = NO_MARKS,
) -> Report:
    """Return the report of `measured`, scored by the lab of `conditions` at `graded_at` (ISO time).

    `marks` are the marks that people gave this hand-in, by item.
    """
    return Report(
        submission=measured.submission,
        measurements=measured.measurements,
        grade=grade(conditions.lab, measured.measurements, marks, measured.submission.handed_in),
        provenance=Provenance(
            **asdict(measured.setup),
            lab=conditions.lab.name,
            lab_sha256=conditions.lab.sha256,
            graded_at=graded_at,
        ),
    )


def setup_now(conditions: Conditions) -> Setup:
    """Return the grader, data, machine and packages that a measurement made now depends on."""
    key = conditions.checkpoint_key if isinstance(conditions, NetworkConditions) else None
    return Setup(
        grader=__version__,
        data_sha256=conditions.data.sha256 if conditions.data else "",
        data_images=conditions.data.images if conditions.data else 0,
        isolation=conditions.isolation.value,
        machine=f"{platform.system()} {platform.machine()}, {platform.node()}",
        packages=dict(_installed(conditions.lab.packages)),
        measured_at=datetime.now(UTC).isoformat(timespec="seconds"),
        checkpoint_key=key,
        measurements_version=MEASUREMENTS_VERSION,
    )


_installed = cache(installed)  # it reads files, and is called many times for each hand-in


def _check_visibility(source: Path, conditions: Conditions) -> None:
    """Raise `GraderError` if programs in the sandbox could read a file that they must not read.

    They can read the system's folders; a common cause is a checkout in /usr/src.
    """
    if conditions.isolation is not Isolation.BUBBLEWRAP:
        return
    data = [conditions.data.path] if conditions.data else []
    for path in filter(is_visible_inside, (source, *data, conditions.work)):
        raise GraderError(
            f"Every handed-in program could read {path}.",
            help="Move hand-ins, test set and results out of the system's and Python's folders.",
        )


@contextlib.contextmanager
def scratch(conditions: Conditions) -> Iterator[Path]:
    """Yield a folder for one hand-in; it is deleted afterwards."""
    conditions.work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=conditions.work, prefix="hand-in-") as folder:
        yield Path(folder)


def exported_program(
    submission: Submission, conditions: NetworkConditions, watch: Watch, lower: Lower
) -> bytes:
    """Return the program that `measure_one` saved, or export it again with `lower`.

    Raises `HarnessError` if the hand-in has changed since it was measured.
    """
    kept = conditions.program_path(submission)
    if kept.exists():
        return kept.read_bytes()
    with scratch(conditions) as work:
        again = unpacked_again(submission, work, conditions.lab)
        return lower(again, conditions, work, watch)


def unpacked_again(submission: Submission, work: Path, lab: NetworkLab) -> Submission:
    """Unpack the hand-in again, into `work`. Raises `HarnessError` if it has changed since."""
    again, intake = receive(submission.source, work, lab)
    ours = next((each.reason for each in intake if each.status is Status.ERROR), None)
    if ours:
        raise HarnessError(f"{submission.source.name} could not be unpacked again: {ours}")
    if again.sha256 != submission.sha256:
        raise HarnessError(f"{submission.source.name} changed while it was being graded.")
    return again
