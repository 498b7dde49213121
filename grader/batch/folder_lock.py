"""The lock of a results folder: one writer of its files at a time, and the name of that writer."""

import json
import os
import platform
import sys
from contextlib import suppress
from pathlib import Path
from typing import Self

from filelock import FileLock, Timeout

from grader.errors import GraderError

SECONDS_TO_WAIT = 10.0  # a review holds the folder for a moment; a batch holds it much longer
# Not the file of the lock itself: some versions of filelock empty it at every attempt.
HOLDER_SUFFIX = ".holder"


class Busy(GraderError):
    """Another process writes into the results folder; the message names it if it is known."""


class FolderLock:
    """The lock `file` of a results folder; a context manager that waits and then locks.

    The kernel releases it when the process ends, even after a kill. A lock that is only a file's
    existence would stay after a kill, so that fallback is off.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = FileLock(file, fallback_to_soft=False)
        self._holder = file.with_name(f"{file.name}{HOLDER_SUFFIX}")

    def acquire(self, seconds: float | None = None) -> None:
        """Lock the folder, and create it if needed; wait up to `seconds` (`SECONDS_TO_WAIT`).

        Raises `Busy` if another process holds it longer, and `OSError` if the folder cannot be
        written.
        """
        self._file.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._lock.acquire(timeout=SECONDS_TO_WAIT if seconds is None else seconds)
        except Timeout as error:
            raise Busy(
                f"Another grader is using {self._file.parent}{self._named()}.",
                help="Wait until it has finished, or choose another folder with --out.",
            ) from error
        with suppress(OSError):  # for information only
            said = {"process": os.getpid(), "machine": platform.node()}
            self._holder.write_text(json.dumps(said), encoding="utf-8")

    def release(self) -> None:
        """Unlock the folder; do nothing if it is not locked by this object."""
        if self._lock.is_locked:
            with suppress(OSError):
                self._holder.unlink()
            self._lock.release()

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(self, *raised: object) -> None:
        self.release()

    def _named(self) -> str:
        """Return the holder in brackets; nothing if it is unknown or its process has ended."""
        try:
            said = json.loads(self._holder.read_text(encoding="utf-8"))
            process, machine = int(said["process"]), str(said["machine"])
        except (OSError, ValueError, LookupError, TypeError):
            return ""
        return f" (process {process} on {machine})" if _may_run(process, machine) else ""


def _may_run(process: int, machine: str) -> bool:
    """Return False if the process of this machine has ended; another machine cannot be asked."""
    if machine != platform.node() or sys.platform == "win32":  # there, signal 0 ends a process
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # another user's process
        return True
    return True
