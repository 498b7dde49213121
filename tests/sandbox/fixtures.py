"""Probes: code of a test's own, run in the very child that the sandbox's programs run in."""

from collections.abc import Callable
from pathlib import Path

import pytest

from grader.sandbox import start as sandbox_start
from grader.sandbox.limits import SandboxLimits
from grader.sandbox.start import Child, Isolation, run
from grader.sandbox.supervise import Outcome
from tests.sandbox.tiers import LIMITS

Inside = Callable[..., Outcome]


@pytest.fixture
def inside(monkeypatch: pytest.MonkeyPatch) -> Inside:
    """Runs Python code in a child; the code finds its inputs' paths in sys.argv[3:-1].

    Everything is as for the sandbox's own programs but for what Python is told to start.
    """

    def start(
        code: str,
        isolation: Isolation = Isolation.BUBBLEWRAP,
        *,
        inputs: tuple[Path, ...] = (),
        limits: SandboxLimits = LIMITS,
    ) -> Outcome:
        monkeypatch.setattr(sandbox_start, "_RUN_MODULE", code)
        child = Child(program="probe", inputs=inputs, settings={"seed": 1}, limits=limits)
        return run(child, isolation)

    return start
