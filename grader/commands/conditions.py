"""The conditions of measuring, from the options of `grade` and `check`."""

import os
from pathlib import Path

from grader.commands.console import problems
from grader.datasets.dataset import TestSet
from grader.datasets.registry import dataset_named
from grader.devices.profiles import load_advice
from grader.evaluators.conditions import Conditions
from grader.labs.network_lab import NetworkLab
from grader.networks.registry import family_named
from grader.report.facts import BUSY_MARK
from grader.sandbox.start import Isolation, best_isolation, bubblewrap_fault


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


def conditions_for(
    lab: NetworkLab, test_set: TestSet, unsandboxed: bool, jobs: int, work: Path
) -> Conditions:
    """Return the conditions of one run on this machine.

    Prints a warning without bubblewrap, and one if the machine has other work. Raises
    `GraderError`.
    """
    family_named(lab.network.family)  # an unknown family is an error before anything is measured
    isolation = best_isolation()
    if isolation is Isolation.PROCESS:
        isolation = Isolation.UNSANDBOXED if unsandboxed else isolation
        programs = "run without a sandbox" if unsandboxed else "are skipped"
        problems.print(
            f"No bubblewrap: {bubblewrap_fault()}. Checkpoints are read in a child process with "
            f"limits; handed-in programs {programs}. See `grader doctor`.",
            markup=False,
        )
    _warn_of_load()
    threads = max(1, (os.cpu_count() or 1) // jobs)
    return Conditions(lab=lab, data=test_set, isolation=isolation, threads=threads, work=work)


def _warn_of_load() -> None:
    try:
        load, _, _ = os.getloadavg()
    except (AttributeError, OSError):  # Windows has no such number
        return
    for sentence in load_advice(load):
        problems.print(f"{sentence} A latency that they disturb is marked {BUSY_MARK}.")
