"""Starting the sandbox's programs: tiers, settings, and faults that are ours."""

import dataclasses
import json
import shutil
import sys
from pathlib import Path

import pytest

from grader.errors import HarnessError
from grader.sandbox import Child, Isolation, bubblewrap_fault, run
from tests.sandbox.conftest import LIMITS, Inside
from tests.sandbox.tiers import BOTH, needs_bubblewrap, needs_rlimits

pytestmark = [pytest.mark.system, needs_rlimits]


def a_child(*inputs: Path) -> Child:
    """A child that could be started."""
    return Child(program="unpickle", inputs=inputs, settings={}, limits=LIMITS)


def bwrap_in(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a `bwrap` into `folder`, and nothing else on the PATH."""
    program = folder / "bwrap"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))


@pytest.mark.parametrize("isolation", BOTH)
def test_child_gets_its_inputs_and_settings(
    inside: Inside, isolation: Isolation, tmp_path: Path
) -> None:
    """One path an input, in order, and last the settings as JSON."""
    path = tmp_path / "input"
    path.write_text("content")
    code = "import sys; print(open(sys.argv[3]).read(), sys.argv[2], sys.argv[-1])"
    outcome = inside(code, isolation, inputs=(path,))
    assert outcome.message.decode() == f"content grader.sandbox.probe {json.dumps({'seed': 1})}\n"


@pytest.mark.parametrize("isolation", BOTH)
def test_limits_hold_in_every_tier(inside: Inside, isolation: Isolation) -> None:
    """Time, memory and message are limited with and without bubblewrap."""
    few = dataclasses.replace(LIMITS, wall_seconds=1, message_bytes=10)
    assert inside("import time; time.sleep(60)", isolation, limits=few).stopped
    assert inside("print('x' * 100)", isolation, limits=few).stopped
    assert inside("bytearray(2 << 30)", isolation).last_words == "MemoryError"


@pytest.mark.parametrize("isolation", BOTH)
def test_crash_is_told_in_every_tier(inside: Inside, isolation: Isolation) -> None:
    """A signal is named the same with and without bubblewrap."""
    code = "import os, signal; os.kill(os.getpid(), signal.{})"
    assert inside(code.format("SIGSEGV"), isolation).story == "crashed (SIGSEGV)"
    killed = inside(code.format("SIGKILL"), isolation)
    assert killed.cut_short


@pytest.mark.parametrize("isolation", BOTH)
def test_only_the_programs_own_answer_is_the_message(inside: Inside, isolation: Isolation) -> None:
    """What libraries print, in Python or past it, goes to the noise."""
    code = (
        "import os, sys; sys.path.insert(0, sys.argv[1])\n"
        "from grader.sandbox.message import message_pipe\n"
        "with message_pipe() as pipe:\n"
        "    print('chatter', flush=True); os.write(1, b'more'); pipe.write(b'answer')"
    )
    outcome = inside(code, isolation)
    assert (outcome.message, outcome.noise) == (b"answer", "chatter\nmore")


def test_missing_input_is_no_fault_of_the_hand_in(tmp_path: Path) -> None:
    """A file that is gone before it is read is the grader's trouble."""
    with pytest.raises(HarnessError, match=r"gone\.pth is gone"):
        run(a_child(tmp_path / "gone.pth"), Isolation.PROCESS)


def test_python_that_cannot_be_started_is_no_fault_of_the_hand_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without its launcher or its Python the sandbox says so, and blames nobody."""
    path = tmp_path / "input"
    path.touch()
    monkeypatch.setattr(sys, "executable", str(tmp_path / "no-python"))
    with pytest.raises(HarnessError, match="could not start"):
        run(a_child(path), Isolation.PROCESS)


@needs_bubblewrap
def test_bubblewrap_that_fails_is_no_fault_of_the_hand_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What bwrap says of itself is an error of ours, and then the weaker tier is the best one."""
    path = tmp_path / "input"
    path.touch()
    script = "echo 'bwrap: setting up uid map: Permission denied' >&2; exit 1"
    bwrap_in(tmp_path, script, monkeypatch)
    with pytest.raises(HarnessError, match="uid map: Permission denied"):
        run(a_child(path), Isolation.BUBBLEWRAP)
    assert "uid map: Permission denied" in (bubblewrap_fault.__wrapped__() or "")


@needs_bubblewrap
def test_bubblewrap_is_found_wherever_the_path_leads(
    inside: Inside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bwrap that was tried is the one that is started."""
    bwrap_in(tmp_path, f'exec {shutil.which("bwrap")} "$@"', monkeypatch)
    assert inside("print('started')").message == b"started\n"


def test_without_bubblewrap_the_process_tier_is_the_best(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bare machine still reads checkpoints, and runs no programs."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "not installed" in (bubblewrap_fault.__wrapped__() or "")
    assert not Isolation.PROCESS.runs_programs
    assert Isolation.BUBBLEWRAP.runs_programs
    assert Isolation.UNSANDBOXED.runs_programs
