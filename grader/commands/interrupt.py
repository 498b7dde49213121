"""Ctrl-C ends the program with one line and exit code 130, even while Python imports modules.

A `KeyboardInterrupt` that is raised during an import may be swallowed, or turned into another
error, or printed as a traceback. So Ctrl-C during an import ends the process at once: there is
nothing to clean up.
"""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

INTERRUPTED = 130
MESSAGE = "Interrupted."

_IMPORT_SYSTEM = "<frozen importlib._bootstrap>"


def end_at_once() -> None:
    """Make Ctrl-C end the process at once; do nothing if Ctrl-C is ignored."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _end)


@contextmanager
def clean_up_first() -> Iterator[None]:
    """Inside, Ctrl-C raises `KeyboardInterrupt`, but not during an import.

    Does nothing if `end_at_once` was not called. Flushes stdout at the end, because a process that
    ends at once does not flush it.
    """
    if signal.getsignal(signal.SIGINT) is not _end:
        yield
        return
    signal.signal(signal.SIGINT, _raise_or_end)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, _end)
        sys.stdout.flush()


def _end(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a signal handler's
    os.write(2, f"{MESSAGE}\n".encode())
    os._exit(INTERRUPTED)


def _raise_or_end(number: int, frame: FrameType | None) -> None:
    caller = frame
    while caller is not None:
        if caller.f_code.co_filename == _IMPORT_SYSTEM:
            _end(number, frame)
        caller = caller.f_back
    raise KeyboardInterrupt
