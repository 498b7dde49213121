"""Sets resource limits on itself, then becomes the command: `launch.py SETTINGS COMMAND…`.

SETTINGS is JSON: `{"groups": ["/sys/fs/cgroup/…"], "rlimits": {"CPU": 60}, "parent": 4711}`;
`parent` is 0 if the grader's process is not visible here. This is a separate program, because a
threaded parent that sets limits between fork and exec can deadlock, and limits set after the start
come too late. Linux and macOS only; with `-I -S` it starts in 15 ms.
"""

import contextlib
import ctypes
import json
import os
import resource
import signal
import sys
from pathlib import Path

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_SPARE_SECONDS = 30


def _die_with(parent: int) -> None:
    """Have Linux kill this process when the grader dies; bubblewrap then ends its sandbox."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if parent and os.getppid() != parent:  # it died before prctl was called
        sys.exit("launch: the grader has ended")


def _prefer_for_oom_kill() -> None:
    """Have Linux kill this process, not the grader, when the whole machine is out of memory."""
    with contextlib.suppress(OSError):  # macOS has no such file
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def _limit(name: str, limit: int) -> None:
    kind = getattr(resource, f"RLIMIT_{name}")
    _, ceiling = resource.getrlimit(kind)
    most = sys.maxsize if ceiling == resource.RLIM_INFINITY else ceiling
    # At the hard limit of processor time Linux sends SIGKILL, which gives no reason; at the soft
    # limit it sends SIGXCPU. Between them the grader can stop a child that ignores SIGXCPU.
    spare = _SPARE_SECONDS if name == "CPU" else 0
    resource.setrlimit(kind, (min(limit, most), min(limit + spare, most)))


def main() -> None:
    """Apply the settings in argv[1], then exec the rest of argv; never return."""
    settings = json.loads(sys.argv[1])
    try:
        for group in settings["groups"]:
            Path(group, "cgroup.procs").write_text("0", encoding="ascii")  # 0: this process
        _die_with(settings["parent"])
        _prefer_for_oom_kill()
        for name, limit in settings["rlimits"].items():
            _limit(name, limit)
        os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606 - no shell is the point
    except OSError as error:
        sys.exit(f"launch: {error}")


if __name__ == "__main__":
    main()
