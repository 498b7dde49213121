"""Finds running processes of this machine, by their command lines."""

import contextlib
import time
from pathlib import Path


def processes_naming(name: str) -> list[str]:
    """The command lines of this machine's processes in which `name` occurs."""
    lines = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has ended
            lines.append((process / "cmdline").read_bytes().decode(errors="replace"))
    return [line for line in lines if name in line]


def gone(name: str) -> bool:
    """True if no process has `name` in its command line, after a short wait."""
    deadline = time.monotonic() + 10
    while processes_naming(name) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not processes_naming(name)
