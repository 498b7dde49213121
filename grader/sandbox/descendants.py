"""What a process and all its descendants use, read from /proc: where no control group counts."""

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """How many tasks (threads counted) there are now, and the processor time used so far."""

    tasks: int = 0
    seconds: float = 0.0


def usage(pid: int) -> Usage:
    """The usage of `pid` and of what descends from it; nothing where there is no such /proc.

    A process that was left by its parent has moved to whoever adopts it: inside bubblewrap to the
    box's own first process, and stays counted; elsewhere out of sight.
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
    """Its own time and that of its children that ended: fields 14 to 17 of proc_pid_stat(5)."""
    after_name = stat.rpartition(")")[2].split()
    return sum(map(int, after_name[11:15])) / os.sysconf("SC_CLK_TCK")
