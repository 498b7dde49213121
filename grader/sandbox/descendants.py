"""The resource use of a process and all its descendants, from /proc, without control groups."""

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """The number of tasks now, threads included, and the processor time so far, in seconds."""

    tasks: int = 0
    seconds: float = 0.0


def usage(pid: int) -> Usage:
    """Return the usage of `pid` and its descendants; zero on a system without such a /proc.

    An orphaned process is adopted: inside bubblewrap by the sandbox's first process, so that it
    still counts; elsewhere by init, so that it does not.
    """
    tasks, seconds = 0, 0.0
    waiting = [pid]
    while waiting:
        process = Path("/proc", str(waiting.pop()))
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # it ended meanwhile
            seconds += _seconds((process / "stat").read_text(encoding="utf-8", errors="replace"))
            for task in (process / "task").iterdir():
                tasks += 1
                with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # this thread did
                    waiting += map(int, (task / "children").read_text(encoding="ascii").split())
    return Usage(tasks=tasks, seconds=seconds)


def _seconds(stat: str) -> float:
    """The time of the process and of its ended children: fields 14 to 17 of proc_pid_stat(5)."""
    after_name = stat.rpartition(")")[2].split()
    return sum(map(int, after_name[11:15])) / os.sysconf("SC_CLK_TCK")
