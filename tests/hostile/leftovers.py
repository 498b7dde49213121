"""Runs a command and says what it left running: `leftovers.py ANSWER COMMAND…`.

Linux gives the processes that a parent leaves behind to the next ancestor that asked for them, so
that none gets away by a session or a group of its own. ANSWER is a file; it gets a line for each.
"""

import contextlib
import ctypes
import os
import subprocess
import sys
import time
from pathlib import Path

_PR_SET_CHILD_SUBREAPER = 36  # linux/prctl.h
_SECONDS = 10  # for those that are on their way out, such as multiprocessing's own


def main() -> None:
    """Exit as the command does."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1)
    returncode = subprocess.run(sys.argv[2:], check=False).returncode
    deadline = time.monotonic() + _SECONDS
    with contextlib.suppress(ChildProcessError):
        while time.monotonic() < deadline:
            if os.waitpid(-1, os.WNOHANG) == (0, 0):
                time.sleep(0.05)
    Path(sys.argv[1]).write_text("".join(_children()), encoding="utf-8")
    sys.exit(returncode)


def _children() -> list[str]:
    if sys.platform != "linux":
        return []
    found = []
    for status in Path("/proc").glob("[0-9]*/status"):
        with contextlib.suppress(OSError):
            if f"\nPPid:\t{os.getpid()}\n" in status.read_text():
                found.append(f"{status.with_name('cmdline').read_text()}\n".replace("\0", " "))
    return found


if __name__ == "__main__":
    main()
