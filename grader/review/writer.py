"""Writes the files of the results behind the marks, in one thread, once for many marks."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

from grader.batch.folder_lock import Busy
from grader.errors import GraderError

SHORTEST_PAUSE = 1.0  # seconds from one writing of the class to the next, by any process
_SHARE = 10  # the pause lasts this many times as long as the writing


class Writer:
    """Calls `write`, which writes the files, after `ask` has been called.

    `sheet` is the last class file that `write` writes, also in other processes: its time paces all
    of them. `write` raises `Busy` while a batch holds the folder, and is then called again.
    """

    def __init__(self, write: Callable[[], object], sheet: Path) -> None:
        self._write = write
        self._sheet = sheet
        self._asked = threading.Event()
        self._ended = threading.Event()
        self._pause = SHORTEST_PAUSE
        self._thread = threading.Thread(target=self._run, name="writer of results", daemon=True)
        self.trouble = ""  # the message of the last writing, if it failed

    def start(self) -> None:
        """Start the thread, which first writes what is behind already."""
        self._asked.set()
        self._thread.start()

    def ask(self) -> None:
        """Let the files be written soon; return at once."""
        self._asked.set()

    def stop(self) -> None:
        """End the thread when it has finished a writing that is under way."""
        self._ended.set()
        self._asked.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        while True:
            self._asked.wait()
            while not self._ended.is_set() and (rest := self._rest()) > 0:
                self._ended.wait(rest)
            if self._ended.is_set():
                return
            self._asked.clear()  # before the marks are read: a later mark asks again
            began = time.monotonic()
            try:
                self._write()
                self.trouble = ""
            except Busy:  # the batch writes the marks when it ends; if it is killed, we do
                self._asked.set()
                self._ended.wait(SHORTEST_PAUSE)
            except GraderError as error:
                self.trouble = str(error)
            self._pause = max(SHORTEST_PAUSE, _SHARE * (time.monotonic() - began))

    def _rest(self) -> float:
        """Return the seconds until the next writing; 0 if the files are old enough."""
        try:
            age = time.time() - self._sheet.stat().st_mtime
        except OSError:
            return 0.0
        return min(self._pause, self._pause - age) if age >= 0 else 0.0
