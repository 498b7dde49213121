import signal
import sys

import pytest

from grader.sandbox.child.processor_timer import at_most

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such timer")


class Late(BaseException):
    """Raised by the timer of these tests."""


def busy_for_ever() -> None:
    """Use the processor; catch what a library would catch."""
    while True:
        try:
            sum(range(1_000))
        except Exception:  # noqa: S112 - as a library does
            continue


def test_a_block_that_goes_on_is_stopped() -> None:
    """With the error that was asked for, also if a library catches `Exception` meanwhile."""
    with pytest.raises(Late), at_most(0.05, Late):
        busy_for_ever()


def test_after_the_block_there_is_no_timer() -> None:
    """Whatever ended it."""
    with at_most(30, Late):
        assert signal.getitimer(signal.ITIMER_VIRTUAL)[0] > 0
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0, 0)
    with pytest.raises(KeyError), at_most(30, Late):
        raise KeyError
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0, 0)
