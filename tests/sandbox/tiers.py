"""The tiers of isolation that this machine offers."""

import sys

import pytest

from grader.sandbox import Isolation, best_isolation

needs_bubblewrap = pytest.mark.skipif(
    best_isolation() is not Isolation.BUBBLEWRAP,
    reason="bubblewrap is not installed, or may not make namespaces here",
)
needs_rlimits = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no rlimits")
BOTH = [
    pytest.param(Isolation.BUBBLEWRAP, marks=needs_bubblewrap),
    pytest.param(Isolation.PROCESS, marks=needs_rlimits),
]
BEST = best_isolation()
