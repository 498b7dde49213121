"""The conditions of measuring, from the options of `grade` and `check`."""

import os
from dataclasses import dataclass
from pathlib import Path

from grader.commands.console import problems
from grader.datasets.dataset import TestSet
from grader.datasets.registry import dataset_named
from grader.devices.load import load_advice
from grader.errors import GraderError
from grader.evaluators.conditions import Conditions, NetworkConditions, WriteUpConditions
from grader.labs.network_lab import NetworkLab
from grader.labs.spec import LabSpec
from grader.labs.write_up_lab import WriteUpLab
from grader.networks.registry import family_named
from grader.report.facts import BUSY_MARK
from grader.sandbox.start import Isolation, best_isolation, bubblewrap_fault


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuringOptions:
    """The options of `grade` and `check` that say how hand-ins are measured."""

    data: Path | None = None
    quick: bool = False
    unsandboxed: bool = False
    jobs: int = 1
    checkpoint_key: str | None = None
    is_timed: bool = True


def conditions_for(lab: LabSpec, options: MeasuringOptions, work: Path) -> Conditions:
    """Return the conditions of one run on this machine, with scratch space in `work`.

    Prints a warning without bubblewrap, one if the test set is a sample, and one if latencies are
    measured and the machine has other work. Raises `GraderError`, also for options that the kind of
    the lab does not have.
    """
    threads = max(1, _processors() // options.jobs)
    if isinstance(lab, WriteUpLab):
        if options.data is not None or options.checkpoint_key is not None:
            raise GraderError(
                f"The hand-ins of {lab.name} are write-ups, without test set and checkpoint.",
                help="Leave out --data and --checkpoint-key.",
            )
        isolation = _isolation(options, "PDFs")
        return WriteUpConditions(lab=lab, isolation=isolation, threads=threads, work=work)
    assert isinstance(lab, NetworkLab)  # every other kind
    family_named(lab.network.family)  # an unknown family is an error before anything is measured
    data = test_set(lab, options.data, options.quick)
    isolation = _isolation(options, "Checkpoints")
    if options.is_timed:
        _warn_of_load()
    return NetworkConditions(
        lab=lab,
        data=data,
        isolation=isolation,
        threads=threads,
        work=work,
        checkpoint_key=options.checkpoint_key,
    )


def test_set(lab: NetworkLab, data_file: Path | None, quick: bool) -> TestSet:
    """Return the lab's test set; print a warning if it is a sample. Raises `GraderError`."""
    dataset = dataset_named(lab.dataset)
    found = dataset.verify(dataset.sample_path()) if quick else dataset.find(data_file)
    if quick:
        problems.print(f"Quick: a sample of {found.images:,} images, not the grade.")
    elif found.is_sample:
        problems.print(
            f"No test set: the grader uses a sample of {found.images:,} images, not the grade. "
            "`grader data fetch` downloads the test set."
        )
    return found


def _isolation(options: MeasuringOptions, read: str) -> Isolation:
    """Return the best isolation of this machine; print what is missing to read `read`."""
    isolation = best_isolation()
    if isolation is Isolation.PROCESS:
        isolation = Isolation.UNSANDBOXED if options.unsandboxed else isolation
        programs = "run without a sandbox" if options.unsandboxed else "are skipped"
        problems.print(
            f"No bubblewrap: {bubblewrap_fault()}. {read} are read in a child process with "
            f"limits; handed-in programs {programs}. See `grader doctor`.",
            markup=False,
        )
    return isolation


def _processors() -> int:
    """Return the number of processors that this process may use: a cluster may give it a few."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _warn_of_load() -> None:
    try:
        load, _, _ = os.getloadavg()
    except (AttributeError, OSError):  # Windows has no such number
        return
    for sentence in load_advice(load):
        problems.print(f"{sentence} A latency that they disturb is marked {BUSY_MARK}.")
