"""Hostile cells, each in the real child: whatever they do, they get an answer or a verdict."""

from dataclasses import replace
from pathlib import Path

import pytest

from grader.errors import Fault, Skip
from grader.notebook.cells import Call, CellSandbox, run_calls
from grader.sandbox.limits import SandboxLimits
from grader.sandbox.start import Isolation, best_isolation, bubblewrap_fault
from grader.types import Status
from tests.hostile.case import Case, folder_cases
from tests.hostile.processes import gone

CASES = (
    *folder_cases("cells", "cell.py"),
    Case(name="nul", make=lambda: b"x = '\0'", check="cells", says="null bytes"),
    Case(name="nested", make=lambda: b"(" * 10_000, check="cells", says="nested parentheses"),
    Case(
        name="signs", make=lambda: b"f = " + b"-" * 500_000 + b"1", check="cells", says="The code"
    ),
)
LIMITS = SandboxLimits(
    wall_seconds=60,
    cpu_seconds=2,
    memory_bytes=1 << 30,
    total_bytes=1 << 30,
    processes=64,
    scratch_bytes=64 << 20,
    message_bytes=8 << 20,
)
DAEMON = "the-daemon-of-leaves-daemon"  # in its command line
SOON = {"sleeps": replace(LIMITS, wall_seconds=2)}

boxed = pytest.mark.skipif(
    best_isolation() is not Isolation.BUBBLEWRAP, reason=f"no bubblewrap: {bubblewrap_fault()}"
)


@boxed
@pytest.mark.system
@pytest.mark.parametrize("case", CASES, ids=str)
def test_hostile_cell(case: Case, tmp_path: Path) -> None:
    """It answers for itself alone, or a sentence says what became of it; no file is left."""
    sandbox = CellSandbox(
        isolation=Isolation.BUBBLEWRAP, limits=SOON.get(case.name, LIMITS), work=tmp_path
    )
    source = case.make().decode()
    assert case.check == "cells"
    if case.status is Status.FAILED:
        with pytest.raises(Fault) as refused:
            run_calls(source, [Call(name="f")], sandbox)
        assert case.says in refused.value.reason
        assert refused.value.reason.isprintable()
        assert refused.value.help
    else:
        (answer,) = run_calls(source, [Call(name="f")], sandbox).answers
        assert case.says in str(answer.returned)
        assert str(answer.returned).isprintable()
    assert list(tmp_path.iterdir()) == []
    assert gone(DAEMON)


def test_there_are_cases_of_both_kinds() -> None:
    """A folder that is not found would make no test fail."""
    assert {case.status for case in CASES} == {Status.PASSED, Status.FAILED}


@pytest.mark.parametrize("isolation", [Isolation.PROCESS, Isolation.UNSANDBOXED])
@pytest.mark.parametrize("source", ["import os; os.mkdir('ran')", "(", ""])
def test_nothing_runs_without_isolation(source: str, isolation: Isolation, tmp_path: Path) -> None:
    """Not even for who takes the risk with programs; and that is no fault of the hand-in."""
    sandbox = CellSandbox(isolation=isolation, limits=LIMITS, work=tmp_path)
    with pytest.raises(Skip, match="isolation"):
        run_calls(source, [Call(name="f")], sandbox)
    assert list(tmp_path.iterdir()) == []
