"""Starting the sandbox's programs: tiers, settings, and faults that are ours."""

import dataclasses
import json
import os
import shutil
import sys
from pathlib import Path

import pytest

from grader.errors import HarnessError
from grader.networks.mobilenet_v2.family import MOBILENET_V2
from grader.sandbox.cgroup import Tree, usable_tree
from grader.sandbox.start import Child, Isolation, bubblewrap_fault, run
from grader.sandbox.supervise import TOO_LONG
from tests.sandbox.fixtures import Inside
from tests.sandbox.tiers import BOTH, LIMITS, needs_bubblewrap, needs_groups, needs_rlimits

SETTINGS = {"network": MOBILENET_V2.title, "root_class": MOBILENET_V2.root_class}

pytestmark = [pytest.mark.system, needs_rlimits]

MANY_WITH_MEMORY = """
import os, time
for _ in range(3):
    ready, say = os.pipe()
    if os.fork() == 0:
        held = b'1' * (50 << 20)
        os.write(say, held[:1]); time.sleep(60)
    os.close(say); os.read(ready, 1)
print('done', flush=True)
os.kill(0, 15)
"""
ONE_AFTER_THE_OTHER = """
import os, time
while True:
    if os.fork() == 0:
        while time.process_time() < 0.3: pass
        os._exit(0)
    os.wait()
"""


def groups_of_ours() -> list[Path]:
    """The control groups that this process has made and not removed."""
    parents = set(usable_tree().parents.values())
    return [group for parent in parents for group in parent.glob(f"grader-*-{os.getpid()}-*")]


@pytest.fixture
def without_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a machine that lends none."""
    for module in ("grader.sandbox.start", "grader.sandbox.cgroup"):
        monkeypatch.setattr(f"{module}.usable_tree", lambda: Tree(version=0))


def a_child(*inputs: Path) -> Child:
    """A child that could be started."""
    return Child(program="unpickle", inputs=inputs, settings=SETTINGS, limits=LIMITS)


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
    assert (
        outcome.message.decode()
        == f"content grader.sandbox.child.probe {json.dumps({'seed': 1})}\n"
    )


@pytest.mark.parametrize("isolation", BOTH)
def test_limits_hold_in_every_tier(inside: Inside, isolation: Isolation) -> None:
    """Time, memory and message are limited with and without bubblewrap."""
    few = dataclasses.replace(LIMITS, wall_seconds=1, message_bytes=10)
    assert inside("import time; time.sleep(60)", isolation, limits=few).stopped
    assert inside("print('x' * 100)", isolation, limits=few).stopped
    assert inside("bytearray(2 << 30)", isolation).error_line == "MemoryError"


@needs_groups
@pytest.mark.parametrize("isolation", BOTH)
def test_fork_bomb_ends_with_the_child(inside: Inside, isolation: Isolation) -> None:
    """A process that doubles for ever is refused more, is blamed for it, and leaves nobody."""
    code = "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass"
    outcome = inside(code, isolation, limits=dataclasses.replace(LIMITS, processes=30))
    assert "30 processes" in outcome.ending
    assert not outcome.interrupted
    assert groups_of_ours() == []


@needs_groups
@pytest.mark.parametrize("isolation", BOTH)
def test_threads_count_as_processes(inside: Inside, isolation: Isolation) -> None:
    """The kernel makes no difference, and neither does the limit."""
    code = (
        "import threading, time\n"
        "for _ in range(40): threading.Thread(target=time.sleep, args=(60,)).start()"
    )
    limits = dataclasses.replace(LIMITS, processes=30, memory_bytes=16 << 30)
    outcome = inside(code, isolation, limits=limits)
    assert "30 processes" in outcome.ending


@needs_groups
@pytest.mark.parametrize("isolation", BOTH)
def test_memory_of_all_processes_together_is_limited(inside: Inside, isolation: Isolation) -> None:
    """Many processes below the limit of one are stopped by that of all, and blamed for it."""
    limits = dataclasses.replace(LIMITS, total_bytes=100 << 20)
    outcome = inside(MANY_WITH_MEMORY, isolation, limits=limits)
    assert "100 MiB" in outcome.ending
    assert not outcome.interrupted
    assert inside(MANY_WITH_MEMORY, isolation).message == b"done\n"


@needs_groups
@pytest.mark.parametrize("isolation", BOTH)
def test_processor_time_of_all_processes_together_is_limited(
    inside: Inside, isolation: Isolation
) -> None:
    """Whoever computes in one process after the other is stopped all the same."""
    limits = dataclasses.replace(LIMITS, cpu_seconds=1)
    outcome = inside(ONE_AFTER_THE_OTHER, isolation, limits=limits)
    assert outcome.ending == TOO_LONG
    assert not outcome.interrupted


@needs_bubblewrap
@pytest.mark.usefixtures("without_groups")
def test_without_groups_a_box_is_watched(inside: Inside) -> None:
    """Without another limit, processes and their processor time are counted."""
    few = dataclasses.replace(LIMITS, processes=30, cpu_seconds=1)
    many = "import os, time\nfor _ in range(40):\n    if os.fork() == 0: break\ntime.sleep(60)"
    assert "30 processes" in inside(many, limits=few).ending
    outcome = inside(ONE_AFTER_THE_OTHER, limits=few)
    assert outcome.ending == TOO_LONG


@needs_bubblewrap
@pytest.mark.skipif(os.getuid() == 0, reason="Linux counts no processes of root's")
@pytest.mark.usefixtures("without_groups")
def test_without_groups_a_box_counts_its_own_processes(inside: Inside) -> None:
    """An rlimit refuses processes inside, whatever else the same user runs outside."""
    code = "import os\nfor number in range(40):\n    if os.fork() == 0: os.pause()"
    outcome = inside(code, limits=dataclasses.replace(LIMITS, processes=30))
    assert "Resource temporarily unavailable" in outcome.error_line


@pytest.mark.parametrize("isolation", BOTH)
def test_child_starts_in_a_folder_of_its_own(inside: Inside, isolation: Isolation) -> None:
    """It may write there, in every tier, and nothing of it stays."""
    code = (
        "import os, tempfile; open('left', 'w').close()\n"
        "print(os.getcwd(), tempfile.gettempdir(), os.environ['HOME'])"
    )
    places = set(inside(code, isolation).message.decode().split())
    assert len(places) == 1
    assert not Path(*places, "left").exists()


@pytest.mark.parametrize("isolation", BOTH)
def test_size_of_files_is_limited(inside: Inside, isolation: Isolation) -> None:
    """A file ends at the limit."""
    little = dataclasses.replace(LIMITS, file_bytes=1 << 20)
    outcome = inside("open('large', 'wb').write(bytes(2 << 20))", isolation, limits=little)
    assert "File too large" in outcome.error_line


@pytest.mark.parametrize("isolation", BOTH)
def test_crash_is_told_in_every_tier(inside: Inside, isolation: Isolation) -> None:
    """A signal is named the same with and without bubblewrap."""
    code = "import os, signal; os.kill(os.getpid(), signal.{})"
    assert inside(code.format("SIGSEGV"), isolation).ending == "crashed (SIGSEGV)"
    killed = inside(code.format("SIGKILL"), isolation)
    assert killed.interrupted


@pytest.mark.parametrize("isolation", BOTH)
def test_only_the_programs_own_answer_is_the_message(inside: Inside, isolation: Isolation) -> None:
    """Output of libraries, from Python or C, goes to stderr."""
    code = (
        "import os, sys; sys.path.insert(0, sys.argv[1])\n"
        "from grader.sandbox.child.message import message_pipe\n"
        "with message_pipe() as pipe:\n"
        "    print('chatter', flush=True); os.write(1, b'more'); pipe.write(b'answer')"
    )
    outcome = inside(code, isolation)
    assert (outcome.message, outcome.stderr) == (b"answer", "chatter\nmore")


def test_missing_input_is_no_fault_of_the_hand_in(tmp_path: Path) -> None:
    """A file that is gone before it is read is the grader's trouble."""
    with pytest.raises(HarnessError, match=r"gone\.pth"):
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
    """An error of bwrap itself is a HarnessError, and then the weaker tier is the best one."""
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
