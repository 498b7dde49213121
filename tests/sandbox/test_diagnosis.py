"""The doctor's checks, on this machine as it is and with parts removed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from grader.datasets.dataset import Dataset
from grader.sandbox import diagnosis as doctor
from grader.sandbox.cgroup import Tree
from grader.sandbox.diagnosis import Check, Diagnosis, diagnose
from grader.types import Status
from tests.sandbox.tiers import needs_bubblewrap, needs_disable_userns, needs_groups, needs_rlimits

pytestmark = [pytest.mark.system, needs_rlimits]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Diagnosis:
    """The diagnosis of this machine."""
    return diagnose(None, tmp_path_factory.mktemp("out"))


@pytest.fixture(scope="module")
def poorer(tmp_path_factory: pytest.TempPathFactory) -> Diagnosis:
    """The diagnosis of one without control groups, its labels readable and its test set damaged."""
    damaged = tmp_path_factory.mktemp("data") / "test_batch.bin"
    damaged.write_bytes(b"cut")
    with pytest.MonkeyPatch.context() as patch:
        for module in ("grader.sandbox.diagnosis", "grader.sandbox.start", "grader.sandbox.cgroup"):
            patch.setattr(f"{module}.usable_tree", lambda: Tree(version=0))
        patch.setattr(Dataset, "sample_path", lambda _: Path(sys.executable))
        return diagnose(damaged, Path("/proc/nowhere"))


def check(diagnosis: Diagnosis, area: str, name: str) -> Check:
    """The one check of this name."""
    (found,) = (each for each in diagnosis.checks if (each.area, each.name) == (area, name))
    return found


def failed(diagnosis: Diagnosis) -> set[tuple[str, str]]:
    """The failed checks, by area and name."""
    return {(each.area, each.name) for each in diagnosis.checks if each.status is Status.FAILED}


@needs_disable_userns
def test_bubblewrap_isolates_completely(here: Diagnosis) -> None:
    """In bubblewrap no check of the isolation fails."""
    statuses = [each.status for each in here.checks if each.area == doctor.ISOLATION]
    assert statuses == [Status.PASSED] * 7


@needs_groups
def test_every_limit_is_found_holding(here: Diagnosis) -> None:
    """With control groups each limit holds, that of memory for all processes together."""
    limits = [each.status for each in here.checks if each.area == doctor.LIMITS]
    assert limits == [Status.PASSED] * 4
    assert "cgroup v" in check(here, doctor.LIMITS, "memory").found


def test_measuring_is_looked_at(here: Diagnosis) -> None:
    """Versions, backend, processors and the place for results are told."""
    assert "executorch 1.4" in check(here, doctor.MEASURING, "packages").found
    assert check(here, doctor.MEASURING, "XNNPACK").status is Status.PASSED
    assert check(here, doctor.MEASURING, "processors").found == str(os.cpu_count())
    assert "free" in check(here, doctor.MEASURING, "results").found


@needs_bubblewrap
def test_what_is_weaker_is_found_by_trying(poorer: Diagnosis) -> None:
    """Labels where programs may read, and limits that hold for each process alone, are failures."""
    weaker = {(doctor.ISOLATION, "files"), (doctor.LIMITS, "memory")}
    if os.getuid() == 0:  # an ordinary user has an rlimit instead
        weaker.add((doctor.LIMITS, "processes"))
    assert failed(poorer) == weaker
    assert "systemd-run" in (check(poorer, doctor.LIMITS, "memory").help or "")
    assert not poorer.safe
    assert "missing" in poorer.meaning


@pytest.mark.parametrize("name", ["test set", "results"])
def test_what_makes_no_program_less_safe_is_no_failure(poorer: Diagnosis, name: str) -> None:
    """A damaged test set and no place for results are told with what to do about them."""
    found = check(poorer, doctor.MEASURING, name)
    assert found.status is Status.SKIPPED
    assert found.help


@pytest.mark.parametrize("bubblewrap", [True, False])
def test_exit_code_says_whether_programs_may_be_run(tmp_path: Path, bubblewrap: bool) -> None:
    """0 where nothing is missing, 1 where something is; without bubblewrap, how to get it."""
    path = os.environ["PATH"] if bubblewrap else str(tmp_path)
    ran = subprocess.run(
        [sys.executable, "-m", "grader", "doctor", "--out", str(tmp_path)],
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": path, "COLUMNS": "200"},
        check=False,
    )
    assert ran.stderr == ""
    assert ran.returncode == int("✗" in ran.stdout)
    if not bubblewrap:
        assert ran.returncode == 1
        assert "apt install bubblewrap" in ran.stdout
        assert "skipped" in ran.stdout


def test_without_executorch_the_doctor_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its place is skipped with the command, and no child is asked for its backends."""
    monkeypatch.setattr(doctor, "why_no_executorch", lambda: "ExecuTorch is not installed.")
    found = check(diagnose(None, tmp_path), doctor.MEASURING, "XNNPACK")
    assert (found.status, found.found) == (Status.SKIPPED, "ExecuTorch is not installed.")
    assert "edge-lab-grader[executorch]" in (found.help or "")
