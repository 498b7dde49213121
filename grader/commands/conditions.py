"""What hand-ins are measured under, as the options of `grade` and `check` say."""

import os
from pathlib import Path

from grader.commands.console import problems
from grader.datasets.dataset import TestSet
from grader.datasets.registry import dataset_named
from grader.evaluators.conditions import Conditions
from grader.labs.spec import LabSpec
from grader.networks.registry import family_named
from grader.sandbox import Isolation, best_isolation, bubblewrap_fault


def test_set(lab: LabSpec, data_file: Path | None, quick: bool) -> TestSet:
    """The lab's test set to measure with; says where it is a sample. Raises `GraderError`."""
    dataset = dataset_named(lab.dataset)
    found = dataset.verify(dataset.sample_path()) if quick else dataset.find(data_file)
    if quick:
        problems.print(f"Quick: {found.images:,} images, a sample, not the grade.")
    elif found.is_sample:
        problems.print(
            f"No test set: {found.images:,} images stand in for it. This is a sample, not the "
            "grade. `grader data fetch` gets the whole."
        )
    return found


def conditions_for(
    lab: LabSpec, test_set: TestSet, unsandboxed: bool, jobs: int, work: Path
) -> Conditions:
    """The conditions of one run on this machine; says what is not isolated.

    Raises `GraderError`.
    """
    family_named(lab.network.family)  # one that is not known is said before anything is measured
    isolation = best_isolation()
    if isolation is Isolation.PROCESS:
        isolation = Isolation.UNSANDBOXED if unsandboxed else isolation
        programs = "run unprotected" if unsandboxed else "are skipped"
        problems.print(
            f"No bubblewrap: {bubblewrap_fault()}. Checkpoints are read in a child with limits, "
            f"handed-in programs {programs}. `grader doctor` says more.",
            markup=False,
        )
    threads = max(1, (os.cpu_count() or 1) // jobs)
    return Conditions(lab=lab, data=test_set, isolation=isolation, threads=threads, work=work)
