"""Measures a class on a Dask cluster: `python -m benchmarks.cluster`.

Two workers with one core each against one, on hand-ins of the reference's size; then a class of 500
over 64 simulated workers, some slow and some dying, against the time that no order could beat.
Prints the tables and writes their section of benchmarks/results.md. Nothing else should run.
"""

import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import distributed

from benchmarks.commands import hand_ins, timed
from benchmarks.results_file import write_section
from grader.batch.dask_engine import DaskCluster
from grader.batch.workers import Task
from grader.datasets.cifar10 import CIFAR10
from grader.evaluators.conditions import Conditions, NetworkConditions, Watch
from grader.labs.kinds import network_lab
from grader.pipeline import setup_now
from grader.sandbox.start import best_isolation
from grader.types import Event, Measured, Submission

HAND_INS, REPEATS = 24, 3
STUDENTS, WORKERS, SLOW, DYING = 500, 64, 8, 6
SLOWER = 2.0  # times as slow as the others
SECONDS = (4.0, 7.0)  # of one simulated hand-in, as --quick takes
CHECKPOINT = Path(__file__).parents[1] / "reference" / "solution" / "model" / "mobilenet.pth"
HEADING = "## A class on a cluster"


@contextmanager
def cluster(folder: Path, workers: int) -> Iterator[str]:
    """Start a scheduler, and workers with one core each; yield the address."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    file = folder / "scheduler.json"
    options = ["--no-dashboard"]
    processes = [_started("scheduler", "--host", "127.0.0.1", "--port", "0",
                          "--scheduler-file", str(file), *options)]  # fmt: skip
    try:
        while not file.exists():
            time.sleep(0.05)
        address = str(json.loads(file.read_text())["address"])
        processes += [
            _started("worker", address, "--nthreads", "1", "--local-directory",
                     str(folder / f"{number}"), *options, core=number)
            for number in range(workers)
        ]  # fmt: skip
        with distributed.Client(address, set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=60)
        yield address
    finally:
        for process in reversed(processes):
            process.terminate()
            process.wait()


def _started(command: str, *arguments: str, core: int | None = None) -> "subprocess.Popen[bytes]":
    pinned = [] if core is None else ["taskset", "--cpu-list", str(core)]
    return subprocess.Popen(
        [*pinned, sys.executable, "-m", f"distributed.cli.dask_{command}", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def graded(inbox: Path, out: Path, *options: str, core: int | None = None) -> float:
    """The seconds of one `grader grade` of the class, in a new results folder."""
    shutil.rmtree(out, ignore_errors=True)
    pinned = [] if core is None else ["taskset", "--cpu-list", str(core)]
    command = [*pinned, sys.executable, "-m", "grader", "grade", str(inbox), "--quick",
               "--no-latency", "--out", str(out), *options]  # fmt: skip
    return timed(command).seconds


def two_against_one(work: Path) -> list[str]:
    """The lines about two workers against one."""
    inbox = hand_ins(work / "inbox", CHECKPOINT, HAND_INS)
    alone = graded(inbox, work / "out", core=0)
    seconds: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(REPEATS):
        for workers, times in seconds.items():
            with cluster(work / "cluster", workers) as address:
                times.append(graded(inbox, work / "out", "--dask", address))
    one, two = median(seconds[1]), median(seconds[2])
    return [
        f"| without Dask, one core | {alone:.1f} s | | |",
        f"| one worker | {one:.1f} s | | {(one - alone) / HAND_INS:.2f} s |",
        f"| two workers | {two:.1f} s | {one / two:.2f} | |",
    ]


def sleeping(source: Path, here: Conditions, watch: Watch) -> Measured:
    """Take as long as the file says, and twice that on a slow worker."""
    watch(Event(student=source.stem, step="asleep", done=0, of=1))
    name = str(distributed.get_worker().name)
    slow = SLOWER if int(name) < SLOW else 1.0
    time.sleep(float(source.read_text().split()[0]) * slow)
    sha256 = hashlib.sha256(source.read_bytes()).hexdigest()
    submission = Submission(id=source.stem, source=source, sha256=sha256)
    return Measured(submission=submission, measurements=(), setup=setup_now(here))


def simulated(work: Path) -> list[str]:
    """The line about a class on 64 simulated workers, of which some die."""
    chance = random.Random(0)  # noqa: S311 - no secret
    times = [chance.uniform(*SECONDS) for _ in range(STUDENTS)]
    inbox = work / "simulated"
    inbox.mkdir()
    sample = CIFAR10.verify(CIFAR10.sample_path())
    conditions = NetworkConditions(
        lab=network_lab(), data=sample, isolation=best_isolation(), threads=1, work=work / "w"
    )
    tasks = []
    for number, seconds in enumerate(times):
        path = inbox / f"B{number}.zip"
        path.write_text(f"{seconds} {number}")
        tasks.append(Task(name=path.stem, function=sleeping, arguments=(path, conditions)))
    lost: list[Any] = []
    with distributed.LocalCluster(
        n_workers=WORKERS,
        threads_per_worker=1,
        processes=False,
        memory_limit=0,
        dashboard_address=None,
    ) as local:
        engine = DaskCluster(address=local.scheduler_address, tell=print).engine(lambda _: None)
        started = time.perf_counter()
        done = 0
        for _, outcome in engine.run(tasks):
            assert isinstance(outcome, Measured), outcome
            done += 1
            if done % 60 == 0 and len(lost) < DYING:
                lost.append(_close_one(local, lost))
        seconds = time.perf_counter() - started
    speed = WORKERS - SLOW + SLOW / SLOWER
    ideal = sum(times) / speed
    return [f"| {done} | {WORKERS}, {SLOW} slow, {len(lost)} died | {ideal:.1f} s | "
            f"{seconds:.1f} s | {seconds / ideal:.2f} |"]  # fmt: skip


def _close_one(local: Any, lost: Sequence[Any]) -> Any:
    """Close a worker that is not slow, as if its machine were switched off."""
    name = WORKERS - 1 - len(lost)
    worker = local.workers[name]
    threading.Thread(
        target=lambda: local.sync(worker.close, timeout=0, executor_wait=False), daemon=True
    ).start()
    return worker


def main() -> None:
    """Measure, print and write."""
    with tempfile.TemporaryDirectory(prefix="grader-cluster-") as folder:
        work = Path(folder)
        lines = [
            HEADING,
            "",
            f"`python -m benchmarks.cluster`, {datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} "
            f"cores: {HAND_INS} hand-ins of the reference's size on 1,000 images, "
            f"`--no-latency`, median of {REPEATS}, with scheduler, start and reports. Goals: two "
            "workers 1.7 times as fast as one; an overhead below 0.3 s for each hand-in.",
            "",
            "| measured by | seconds | times as fast | overhead for each hand-in |",
            "| --- | --- | --- | --- |",
            *two_against_one(work),
            "",
            "Simulated hand-ins, which sleep, on workers in one process. The ideal is the work "
            "divided by all workers' speed. Goal: 1.2 times the ideal.",
            "",
            "| hand-ins | workers | ideal | seconds | ratio |",
            "| --- | --- | --- | --- | --- |",
            *simulated(work),
        ]
    text = "\n".join(lines)
    print(text)
    write_section(text)


if __name__ == "__main__":
    main()
