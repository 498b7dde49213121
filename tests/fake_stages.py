"""Stages that obey the hand-in, to test a batch without measuring.

A module of its own, because every worker imports it. A hand-in is a text file with one order per
line. Each stage records its calls in `conditions.work`, or, if a test starts the whole grader, in
the folder that the environment variable NOTES names.
"""

import errno
import hashlib
import os
import resource
import signal
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from grader.batch.measure import Plan, Stages, grade_batch
from grader.datasets.dataset import TestSet
from grader.errors import Fault, GraderError
from grader.evaluators.conditions import Conditions, NetworkConditions, Watch
from grader.evidence.ids import LATENCY
from grader.evidence.latency import LatencyEvidence, Timing
from grader.labs.kinds import network_lab
from grader.pipeline import needs_second_timing, setup_now
from grader.sandbox.start import Isolation
from grader.types import Event, Json, Measured, Measurement, Setup, Status, Submission

CALLS = "calls"
BEATS = "beats"
TROUBLE = "trouble"
SETUP = Setup(
    grader="0.1.0",
    data_sha256="0" * 64,
    data_images=10,
    isolation="process",
    machine="Linux x86_64, desk",
    packages={"torch": "2.13.0"},
    measured_at="2024-04-05T09:00:00+00:00",
)
NOTHING = Measured(
    submission=Submission(id="B1", source=Path(), sha256=""), measurements=(), setup=SETUP
)


def conditions(work: Path) -> NetworkConditions:
    """Conditions with a test set that does not exist."""
    work.mkdir(parents=True, exist_ok=True)
    data = TestSet(path=work / "none", sha256="0" * 64, images=10, is_sample=False)
    return NetworkConditions(
        lab=network_lab(), data=data, isolation=Isolation.PROCESS, threads=1, work=work
    )


def hand_in(folder: Path, student: str, *orders: str) -> Path:
    """Write the hand-in of `student`: the orders that the stages obey."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{student}.zip"
    path.write_text("\n".join([student, *orders]))
    return path


def measure(source: Path, conditions: Conditions, watch: Watch) -> Measured:
    """Obey the orders that begin with `measure`; return three measurements made from the bytes."""
    setup = setup_now(conditions)
    _note(conditions, f"measure {source.stem}")
    evidence: dict[str, Json] = {"bytes": list(source.read_bytes())}
    _obey("measure", source, conditions, evidence)
    watch(Event(student=source.stem, step="fake", done=1, of=2))
    sha256 = hashlib.sha256(source.read_bytes()).hexdigest()
    value = int(sha256[:8], 16) / 2**32 * 100
    return Measured(
        submission=Submission(id=source.stem, source=source, sha256=sha256),
        measurements=(
            Measurement(id="intake.archive", status=Status.PASSED),
            Measurement(id="mflops", status=Status.PASSED, value=value, evidence=evidence),
            _accuracy(correct=int(sha256[:2], 16)),
        ),
        setup=setup,
    )


def _accuracy(correct: int) -> Measurement:
    counted: dict[str, Json] = {"correct": correct, "total": 255, "sample": False}
    interval: dict[str, Json] = {"low": 0.0, "high": 1.0}
    return Measurement(
        id="accuracy.pytorch",
        status=Status.PASSED,
        value=correct / 255,
        evidence=counted | interval,
    )


def time_(measured: Measured, conditions: Conditions, watch: Watch) -> Measured:
    """Obey the orders that begin with `time`, then add the latency, or replace it.

    With the order `time busy` the machine is busy each time, with `time busy-first` only at first.
    With `time raise-again` a second timing fails.
    """
    submission = measured.submission
    is_again = needs_second_timing(measured)
    _note(conditions, f"time {submission.id}")
    _obey("time", submission.source, conditions, {})
    orders = submission.source.read_text().splitlines()
    if is_again and "time raise-again" in orders:
        raise RuntimeError("a bug")
    watch(Event(student=submission.id, step="fake", done=2, of=2))
    is_busy = "time busy" in orders or (not is_again and "time busy-first" in orders)
    latency = _latency(is_busy or "time raise-again" in orders, passes=2 if is_again else None)
    rest = (each for each in measured.measurements if each.id != LATENCY)
    return replace(measured, measurements=(*rest, latency))


def _latency(busy: bool, passes: int | None) -> Measurement:
    timing = Timing(
        threads=1,
        p50=1.5,
        p90=None,
        p99=None,
        spread=0.9 if busy else 0.1,
        unpruned_p50=None,
        speedup=None,
        busy=busy,
    )
    times = LatencyEvidence(warm_up=10, runs=60, threads=(timing,), passes=passes)
    return Measurement(id=LATENCY, status=Status.PASSED, value=1.5, evidence=times.json())


STAGES = Stages(measure=measure, time=time_)


def threads(
    jobs: int, /, *, initializer: Callable[..., None], initargs: tuple[Any, ...]
) -> ThreadPoolExecutor:
    """An executor of threads: quick, for tests in which no process has to die."""
    return ThreadPoolExecutor(jobs, initializer=initializer, initargs=initargs)


def _notes(conditions: Conditions) -> Path:
    return Path(os.environ.get("NOTES", conditions.work))


def _note(conditions: Conditions, call: str) -> None:
    with (_notes(conditions) / CALLS).open("a") as calls:
        calls.write(f"{call}\n")


def calls(work: Path) -> list[str]:
    """The calls of the stages so far, `measure B1` or `time B1`, in order."""
    path = work / CALLS
    return path.read_text().splitlines() if path.is_file() else []


def _obey(stage: str, source: Path, conditions: Conditions, evidence: dict[str, Json]) -> None:
    notes = _notes(conditions)
    for order in source.read_text().splitlines():
        match order.split():
            case [first, *_] if first != stage:
                continue
            case [_, "sleep", seconds]:
                time.sleep(float(seconds))
            case [_, "beat"]:
                _beat(notes / BEATS)
            case [_, "wait" | "wait-once" as how]:
                _wait(notes, notes / source.stem if how == "wait-once" else None)
            case [_, "return-a-set"]:
                evidence["set"] = {1, 2}  # type: ignore[assignment]
            case [_, "in-trouble", how] if (notes / TROUBLE).exists():
                _fail(how, notes / source.stem)
            case [_, how]:
                _fail(how, notes / source.stem)


def _wait(notes: Path, marker: Path | None) -> None:
    """Wait while there is trouble; with a marker, only the first to come here."""
    if marker is not None:
        if marker.exists():
            return
        marker.touch()
    while (notes / TROUBLE).exists():
        time.sleep(0.01)


def _fail(how: str, marker: Path) -> None:
    match how:
        case "exit":
            os._exit(1)
        case "exit-once" if not marker.exists():
            marker.touch()
            os._exit(1)
        case "be-killed":  # as the kernel does if memory runs out
            os.kill(os.getpid(), signal.SIGKILL)
        case "allocate":
            _allocate_all()
        case "fill-the-disk":
            raise OSError(errno.ENOSPC, "No space left on device")
        case "raise":
            raise RuntimeError("a bug")
        case "raise-what-cannot-be-read":
            raise Fault("A fault", help="This is lost on the way.")
        case "stop":
            raise GraderError("The test set is gone.", help="Fetch it.")


def _allocate_all() -> None:
    """Allocate memory until none is left, in a process that may allocate 256 MB more."""
    limits = resource.getrlimit(resource.RLIMIT_AS)
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    allowed = pages * resource.getpagesize() + (256 << 20)
    resource.setrlimit(resource.RLIMIT_AS, (allowed, limits[1]))
    try:
        hoard = []
        while True:
            hoard.append(bytearray(16 << 20))
    finally:
        resource.setrlimit(resource.RLIMIT_AS, limits)


def _beat(path: Path) -> None:
    """Show for a minute that this process is alive."""
    for _ in range(3000):
        with path.open("a") as beats:
            beats.write(".")
        time.sleep(0.02)


def ignore(event: Event) -> None:
    """A watch that ignores its events."""


if __name__ == "__main__":  # grade `FOLDER/in` into `FOLDER/out` in two workers
    from grader.batch.store import Store  # a worker does not need it

    folder = Path(sys.argv[1])
    plan = Plan(conditions=conditions(folder / "work"), jobs=2, stages=STAGES)
    try:
        with Store.open(folder / "out" / "results.db") as store:
            grade_batch(sorted((folder / "in").iterdir()), plan, store, ignore)
    except KeyboardInterrupt:
        sys.exit(130)
