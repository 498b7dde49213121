"""How a runner's end on a device is read; tests/fleet/test_device_run.py has real runs."""

import dataclasses

import pytest

from grader.devices.connection import Ended
from grader.devices.limited import LimitedRun
from grader.evaluators.runner.on_device import limits_of, outcome_of, refusal_of
from grader.labs.kinds import network_lab

LIMITS = limits_of(network_lab())


def ended(returncode: int | None, errors: bytes = b"", **changes: object) -> LimitedRun:
    """A program that ended so on a device."""
    how = Ended(returncode=returncode, output=b"", errors=errors, seconds=1.0, stopped=None)
    return LimitedRun(ended=dataclasses.replace(how, **changes), held=())  # type: ignore[arg-type]  # fields of Ended by name


@pytest.mark.parametrize(
    ("how", "ending", "interrupted"),
    [
        (ended(0), "exit code 0", False),
        (ended(139), "SIGSEGV", False),
        (ended(152), "time", False),
        (ended(137), "SIGKILL", True),
        (ended(124), "exit code 124", False),  # its own word: it had time left
        (
            ended(124, seconds=LIMITS.seconds),
            f"{LIMITS.seconds:g} s",
            True,
        ),
        (ended(None, stopped="time"), f"{LIMITS.seconds:g} s", True),
        (
            ended(None, stopped="output"),
            str(LIMITS.output_bytes),
            False,
        ),
    ],
)
def test_an_end_on_a_device_is_told_as_one_here(
    how: LimitedRun, ending: str, interrupted: bool
) -> None:
    """What the device may have caused is an interruption: an ERROR, never a zero."""
    outcome = outcome_of(how, LIMITS)
    assert ending in outcome.ending
    assert outcome.interrupted is interrupted
    assert outcome.ended_well is (ending == "exit code 0")


@pytest.mark.parametrize(
    ("how", "word"),
    [
        (ended(127, b"sh: 1: ./xnn_executor_runner: not found\n"), "ENOENT"),
        (ended(127, b"sh: line 1: ./r: No such file or directory\n"), "ENOENT"),
        (ended(126, b"sh: 1: ./r: Exec format error\n"), "ENOEXEC"),
        (ended(126, b"sh: 1: ./r: Permission denied\n"), "Permission denied"),
        (ended(127, b"./r: error while loading shared libraries: libgone.so.1: cannot open"), None),
        (ended(1, b"sh: 1: ./r: not found\n"), None),
    ],
)
def test_a_shell_that_could_not_start_it_says_why(how: LimitedRun, word: str | None) -> None:
    """In the system's word for it, whichever shell the device has."""
    assert refusal_of(outcome_of(how, LIMITS)) == word
