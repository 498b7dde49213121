"""Inside the block no package's chatter reaches the console."""

import contextlib
import logging
import os
import sys

import pytest

from grader.errors import HarnessError
from grader.inference.quiet import quiet_libraries


def test_what_is_written_past_python_is_silenced(capfd: pytest.CaptureFixture[str]) -> None:
    """File descriptor 2 is closed to chatter inside the block and open again after it."""
    os.write(2, b"before ")
    with quiet_libraries():
        os.write(2, b"C++ ")
        print("Python ", file=sys.__stderr__, flush=True)
    os.write(2, b"after")
    assert capfd.readouterr().err == "before after"


def test_loggers_are_as_loud_as_before_afterwards() -> None:
    """Inside only errors are logged; an exception puts the levels back too."""
    loggers = logging.getLogger(), logging.getLogger("torch")
    before = [logger.level for logger in loggers]
    with contextlib.suppress(HarnessError), quiet_libraries():
        assert {logger.level for logger in loggers} == {logging.ERROR}
        raise HarnessError("within")
    assert [logger.level for logger in loggers] == before
