import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from grader.commands.interrupt import INTERRUPTED
from tests.places import ROOT

pytestmark = pytest.mark.system

# Python itself takes Ctrl-C until the handler is there; from then on it is ours.
PROGRAM = """
import sys
from grader.commands.interrupt import end_at_once
end_at_once()
print("ready", flush=True)
from grader.__main__ import start
start()
"""
DELAYS = (0.0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.9, 1.2, 1.5)


def start(*arguments: object) -> subprocess.Popen[bytes]:
    """The program in a process group of its own; returns when it handles Ctrl-C."""
    started = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, *map(str, arguments)],
        cwd=ROOT,
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert started.stdout is not None
    assert started.stdout.readline() == b"ready\n"
    return started


def interrupted(program: subprocess.Popen[bytes]) -> str:
    """Send SIGINT to the whole group, as a terminal does; returns stderr."""
    assert program.poll() is None
    os.killpg(program.pid, signal.SIGINT)
    _, said = program.communicate(timeout=60)
    assert program.returncode == INTERRUPTED, said.decode()
    return said.decode()


@pytest.fixture
def class_(tmp_path: Path) -> Path:
    """Two hand-ins, so that two workers are started."""
    folder = tmp_path / "class"
    folder.mkdir()
    for student in ("B1", "B2"):
        (folder / f"{student}.zip").write_bytes(b"no zip")
    return folder


@pytest.mark.parametrize("delay", DELAYS)
def test_one_line_at_any_moment_of_the_start(tmp_path: Path, class_: Path, delay: float) -> None:
    """While Python imports, while workers start: exit code 130, one line, no traceback."""
    data = ROOT / "data" / "sample_batch.bin"
    with start("grade", class_, "--out", tmp_path / "out", "--data", data, "--jobs", 2) as program:
        time.sleep(delay)
        said = interrupted(program)
    assert said.count("\n") == 1, said
    assert said.startswith("Interrupted.")


def test_ctrl_c_that_is_ignored_stays_ignored() -> None:
    """A background job of a shell ignores Ctrl-C, and continues."""
    program = f"import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)\n{PROGRAM}"
    with subprocess.Popen(
        [sys.executable, "-c", program, "lab", "list"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as started:
        assert started.stdout is not None
        assert started.stdout.readline() == b"ready\n"
        started.send_signal(signal.SIGINT)
        listed, said = started.communicate(timeout=60)
    assert (started.returncode, said) == (0, b"")
    assert b"prune-mobilenet" in listed
