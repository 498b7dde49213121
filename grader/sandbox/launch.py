"""Sets resource limits on itself, then becomes the command: `launch.py '{"CPU": 60}' COMMAND…`.

A program of its own because limits set between fork and exec by a threaded parent can deadlock, and
limits set after the start come too late. Linux and macOS only; run with `-I -S` it starts in 15 ms.
"""

import ctypes
import json
import os
import resource
import signal
import sys

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_SPARE_SECONDS = 5


def _die_with_parent() -> None:
    """Have Linux kill this process when the grader dies; bubblewrap then takes its box along."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def main() -> None:
    """Apply argv[1] and exec the rest of argv; never returns."""
    for name, limit in json.loads(sys.argv[1]).items():
        kind = getattr(resource, f"RLIMIT_{name}")
        _, ceiling = resource.getrlimit(kind)
        most = sys.maxsize if ceiling == resource.RLIM_INFINITY else ceiling
        # At the hard limit of processor time Linux sends SIGKILL, which tells nobody why; at the
        # soft one SIGXCPU.
        spare = _SPARE_SECONDS if name == "CPU" else 0
        resource.setrlimit(kind, (min(limit, most), min(limit + spare, most)))
    _die_with_parent()
    try:
        os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606 - no shell is the point
    except OSError as error:
        sys.exit(f"launch: {error}")


if __name__ == "__main__":
    main()
