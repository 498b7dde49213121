import os
from pathlib import Path

import pytest

from grader.commands import conditions
from grader.commands.conditions import MeasuringOptions, conditions_for
from grader.commands.conditions import test_set as found_test_set
from grader.datasets.cifar10 import CIFAR10
from grader.devices.load import HIGH_LOAD
from grader.labs.kinds import network_lab
from grader.sandbox.start import Isolation


def test_quick_takes_the_sample_whatever_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    """The file of --data is not read; a warning says that this is not the grade."""
    found = found_test_set(network_lab(), Path("no-such-batch.bin"), quick=True)
    assert (found.is_sample, found.images) == (True, 1_000)
    assert "not the grade" in capsys.readouterr().err


def test_a_sample_as_the_test_set_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    """The warning says how to download the test set."""
    found = found_test_set(network_lab(), CIFAR10.sample_path(), quick=False)
    assert found.is_sample
    assert "grader data fetch" in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize(
    ("best", "unsandboxed", "expected"),
    [
        (Isolation.BUBBLEWRAP, False, (Isolation.BUBBLEWRAP, "")),
        (Isolation.BUBBLEWRAP, True, (Isolation.BUBBLEWRAP, "")),
        (Isolation.PROCESS, False, (Isolation.PROCESS, "skipped")),
        (Isolation.PROCESS, True, (Isolation.UNSANDBOXED, "without a sandbox")),
    ],
)
def test_isolation_is_the_best_there_is(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    best: Isolation,
    unsandboxed: bool,
    expected: tuple[Isolation, str],
) -> None:
    """--unsandboxed does not weaken an available isolation; a warning says what is missing."""
    used, said = expected
    monkeypatch.setattr(conditions, "best_isolation", lambda: best)
    monkeypatch.setattr(conditions, "bubblewrap_fault", lambda: "[it] is gone")
    options = MeasuringOptions(data=CIFAR10.sample_path(), unsandboxed=unsandboxed)
    found = conditions_for(network_lab(), options, Path("work"))
    assert found.isolation is used
    told = " ".join(capsys.readouterr().err.split())
    assert said in told
    assert ("[it] is gone" in told) is bool(said)


@pytest.mark.parametrize(("load", "is_told"), [(HIGH_LOAD, False), (2.31, True), (None, False)])
def test_other_work_of_the_machine_is_told_at_the_start(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    load: float | None,
    is_told: bool,
) -> None:
    """With its load and the sign of a latency that it disturbs; Windows knows no load."""
    if load is None:
        monkeypatch.delattr(os, "getloadavg")
    else:
        monkeypatch.setattr(os, "getloadavg", lambda: (load, 0.0, 9.0))
    monkeypatch.setattr(conditions, "best_isolation", lambda: Isolation.BUBBLEWRAP)
    conditions_for(network_lab(), MeasuringOptions(data=CIFAR10.sample_path()), Path("work"))
    told = " ".join(capsys.readouterr().err.split())
    assert ("2.31" in told, "†" in told) == (is_told, is_told)


def test_a_system_without_affinity_has_all_its_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on macOS and Windows."""
    monkeypatch.setattr(os, "cpu_count", lambda: 6)
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(conditions, "best_isolation", lambda: Isolation.BUBBLEWRAP)
    options = MeasuringOptions(data=CIFAR10.sample_path(), jobs=2)
    assert conditions_for(network_lab(), options, Path("work")).threads == 3


def test_the_load_is_no_matter_without_timing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No latency is measured that it could disturb."""
    monkeypatch.setattr(os, "getloadavg", lambda: (9.5, 0.0, 0.0))
    monkeypatch.setattr(conditions, "best_isolation", lambda: Isolation.BUBBLEWRAP)
    options = MeasuringOptions(data=CIFAR10.sample_path(), is_timed=False)
    conditions_for(network_lab(), options, Path("work"))
    assert "9.5" not in capsys.readouterr().err


@pytest.mark.parametrize(("jobs", "threads"), [(1, 8), (2, 4), (3, 2), (9, 1)])
def test_the_processors_are_shared_out(
    monkeypatch: pytest.MonkeyPatch, jobs: int, threads: int
) -> None:
    """The threads are shared among the parallel hand-ins, at least one for each.

    Of the machine's processors a cluster may give the process only some.
    """
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: set(range(8)), raising=False)
    monkeypatch.setattr(conditions, "best_isolation", lambda: Isolation.BUBBLEWRAP)
    options = MeasuringOptions(data=CIFAR10.sample_path(), jobs=jobs)
    found = conditions_for(network_lab(), options, Path("work"))
    assert found.threads == threads
