"""The tiers of isolation that this machine offers."""

import shutil
import subprocess
import sys

import pytest

from grader.sandbox.cgroup import usable_tree
from grader.sandbox.limits import SandboxLimits
from grader.sandbox.start import Isolation, best_isolation

LIMITS = SandboxLimits(wall_seconds=30, cpu_seconds=20, memory_bytes=1 << 30)

needs_bubblewrap = pytest.mark.skipif(
    best_isolation() is not Isolation.BUBBLEWRAP,
    reason="bubblewrap is not installed, or may not make namespaces here",
)
needs_rlimits = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no rlimits")
needs_disable_userns = pytest.mark.skipif(
    best_isolation() is not Isolation.BUBBLEWRAP
    or "--disable-userns"
    not in subprocess.check_output([shutil.which("bwrap") or "bwrap", "--help"], text=True),
    reason="bubblewrap 0.8 or later is not here",
)
needs_groups = pytest.mark.skipif(
    not {"pids", "memory"} <= usable_tree().parents.keys(),
    reason="this machine lends no control groups",
)
BOTH = [
    pytest.param(Isolation.BUBBLEWRAP, marks=needs_bubblewrap),
    pytest.param(Isolation.PROCESS, marks=needs_rlimits),
]
BEST = best_isolation()
