"""Stops a block of the child's own code after some processor time."""

import contextlib
import signal
import sys
from collections.abc import Iterator


@contextlib.contextmanager
def at_most(seconds: float, error: type[BaseException]) -> Iterator[None]:
    """Raise `error` in the block after `seconds` of processor time."""
    if sys.platform == "win32":  # it has no such timer; the child's own limits still hold
        yield
        return

    def give_up(_signal: int, _frame: object) -> None:
        raise error

    signal.signal(signal.SIGVTALRM, give_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds, 1)  # repeats, in case a library catches it
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
