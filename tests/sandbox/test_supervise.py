"""Limits on a child, and how its end is told."""

import dataclasses
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from grader.sandbox.limits import SandboxLimits
from grader.sandbox.supervise import STDERR_BYTES, TOO_LONG, Outcome, launcher, supervise
from tests.places import ROOT
from tests.sandbox.tiers import needs_groups, needs_rlimits

pytestmark = [pytest.mark.system, needs_rlimits]
LIMITS = SandboxLimits(wall_seconds=30, cpu_seconds=20, memory_bytes=512 << 20, message_bytes=1000)
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"}


def python(code: str, *arguments: str, **limits: Any) -> Outcome:
    """The outcome of running `code`."""
    command = [sys.executable, "-I", "-c", code, *arguments]
    return supervise(command, dataclasses.replace(LIMITS, **limits), ENVIRONMENT)


def ended(returncode: int, stopped: str | None = None) -> Outcome:
    """An outcome of nothing but an exit code."""
    return Outcome(message=b"", stderr="", returncode=returncode, stopped=stopped, seconds=0.0)


def test_message_and_stderr_are_kept_apart() -> None:
    """Stdout is the message, stderr the stderr, and neither decides whether it ended well."""
    outcome = python("import sys; print('answer'); print('chatter', file=sys.stderr)")
    assert (outcome.message, outcome.stderr) == (b"answer\n", "chatter\n")
    assert outcome.ended_well


def test_child_gets_no_input_and_only_the_environment_it_is_given(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Stdin is empty, and the grader's own variables stay with the grader."""
    monkeypatch.setenv("GRADER_SECRET", "42")
    outcome = python("import os, sys; print(repr(sys.stdin.read()), *sorted(os.environ))")
    shown, *names = outcome.message.decode().split()
    assert shown == "''"
    assert set(names) <= {*ENVIRONMENT, "LC_CTYPE"}  # Python itself adds the last


def test_wall_clock_stops_a_sleeper() -> None:
    """A child that waits for ever is ended at its limit and said not to have finished."""
    outcome = python("import time; time.sleep(60)", wall_seconds=0.5)
    assert "0.5 s" in outcome.ending
    assert not outcome.ended_well
    assert outcome.interrupted


def test_processor_time_stops_a_loop() -> None:
    """A child that computes for ever is killed at its limit of processor time."""
    outcome = python("while True: pass", cpu_seconds=1)
    assert outcome.killed_by is signal.SIGXCPU
    assert outcome.ending == TOO_LONG
    assert not outcome.interrupted


def test_processor_time_stops_a_child_that_ignores_the_signal() -> None:
    """A child that ignores SIGXCPU is stopped, and the machine is not blamed."""
    ignore = "import signal; signal.signal(signal.SIGXCPU, signal.SIG_IGN)"
    outcome = python(f"{ignore}\nwhile True: pass", cpu_seconds=1)
    assert outcome.ending == TOO_LONG
    assert not outcome.interrupted


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can be asked to")
def test_child_goes_first_when_the_machine_has_no_memory_left() -> None:
    """The grader outlives its children."""
    code = "print(open('/proc/self/oom_score_adj').read().strip())"
    assert python(code).message == b"1000\n"


def test_memory_beyond_the_limit_is_refused() -> None:
    """An allocation past the limit fails inside the child and nowhere else."""
    outcome = python("bytearray(1 << 30)")
    assert outcome.error_line == "MemoryError"
    assert outcome.ending == "ended with exit code 1"


@pytest.mark.parametrize(("written", "over"), [(999, False), (1000, False), (1001, True)])
def test_message_may_fill_its_limit_and_no_more(written: int, over: bool) -> None:
    """The last byte allowed is allowed; the next one ends the child."""
    outcome = python(f"print('x' * {written}, end='')")
    assert outcome.message == b"x" * min(written, 1000)
    assert ("1000 bytes" in (outcome.stopped or "")) is over


def test_endless_message_ends_the_child() -> None:
    """A child that prints for ever is ended as soon as it is over the limit, not at the clock."""
    outcome = python("while True: print('x' * 10_000)")
    assert "1000 bytes" in (outcome.stopped or "")
    assert len(outcome.message) == 1000
    assert outcome.seconds < 20


def test_endless_stderr_ends_the_child() -> None:
    """So does one that fills stderr for ever, of which only the end is kept."""
    outcome = python("import sys\nwhile True: sys.stderr.write('x' * 10_000)", stderr_bytes=100_000)
    assert "100000 bytes" in (outcome.stopped or "")
    assert not outcome.interrupted


def test_stderr_keeps_its_end() -> None:
    """However much a library chattered, the error line is the last line."""
    code = f"import sys; sys.stderr.write('chatter\\n' * {STDERR_BYTES}); sys.exit('the cause')"
    outcome = python(code)
    assert outcome.error_line == "the cause"
    assert len(outcome.stderr) == STDERR_BYTES


def test_the_error_line_is_printable_and_short() -> None:
    """Terminal commands in a child's last line do not reach a report."""
    outcome = dataclasses.replace(ended(1), stderr="first\n\x1b[2J" + "x" * 500)
    assert outcome.error_line.startswith("?[2Jx")
    assert len(outcome.error_line) == 200
    assert ended(1).error_line == ""


@pytest.mark.parametrize("name", ["SIGABRT", "SIGSEGV"])
def test_crash_is_told_by_its_signal(name: str) -> None:
    """A child that dies of a signal crashed, and the signal is named."""
    outcome = python(f"import os, signal; os.kill(os.getpid(), signal.{name})")
    assert outcome.ending == f"crashed ({name})"
    assert outcome.killed_by is signal.Signals[name]


@pytest.mark.parametrize(
    ("returncode", "story"),
    [
        (3, "ended with exit code 3"),
        (-11, "crashed (SIGSEGV)"),
        (139, "crashed (SIGSEGV)"),
        (137, "crashed (SIGKILL)"),
        (255, "ended with exit code 255"),
    ],
)
def test_exit_codes_are_read_as_a_shell_reads_them(returncode: int, story: str) -> None:
    """Bubblewrap says 128 + N where its child was killed by signal N."""
    assert ended(returncode).ending == story
    assert ended(0, "did not finish within 1 s").ending == "did not finish within 1 s"


def test_a_kill_from_outside_is_told_from_one_of_ours() -> None:
    """The machine's own kill, as when memory runs out, says nothing of the child; ours does."""
    assert ended(-9).interrupted
    assert ended(137).interrupted
    assert not ended(-9, "answered with more than 10 bytes").interrupted
    assert not ended(-11).interrupted


def test_files_may_not_grow_without_end(tmp_path: Path) -> None:
    """A child cannot write a file larger than its limit."""
    path = tmp_path / "large"
    code = "import sys; file = open(sys.argv[1], 'wb')\nwhile True: file.write(bytes(1 << 20))"
    outcome = python(code, str(path))
    assert "File too large" in outcome.error_line
    assert path.stat().st_size == 64 << 20


def test_open_files_are_limited() -> None:
    """A child cannot use up the machine's file handles."""
    outcome = python("files = [open('/dev/null') for _ in range(300)]")
    assert "Too many open files" in outcome.error_line


def test_process_left_behind_is_killed(tmp_path: Path) -> None:
    """A process that the child leaves in its group does not outlive it."""
    alive = tmp_path / "alive"
    code = (
        "import os, sys, time\n"
        "if os.fork() == 0:\n"
        "    os.close(1); os.close(2); time.sleep(1); open(sys.argv[1], 'w')"
    )
    assert python(code, str(alive)).ended_well
    time.sleep(1.5)
    assert not alive.exists()


def test_process_that_hides_and_holds_the_pipe_is_told(tmp_path: Path) -> None:
    """Whoever leaves the group but keeps the pipe open makes the message incomplete."""
    gone = tmp_path / "gone"
    code = (
        "import os, sys, time\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    while not os.path.exists(sys.argv[1]): time.sleep(0.1)"
    )
    outcome = python(code, str(gone))
    gone.touch()
    assert "process" in (outcome.stopped or "")


@needs_groups
def test_process_that_hides_is_killed_all_the_same(tmp_path: Path) -> None:
    """A daemon, in a session of its own and without the pipes, is still in the child's group."""
    alive = tmp_path / "alive"
    code = (
        "import os, sys, time\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork(): os._exit(0)\n"
        "    os.close(1); os.close(2); time.sleep(1); open(sys.argv[1], 'w')\n"
        "os.wait()"
    )
    assert python(code, str(alive)).ended_well
    time.sleep(1.5)
    assert not alive.exists()


def test_limits_do_not_rise_above_what_the_grader_has() -> None:
    """A lower limit of the grader itself stays in force."""
    code = "import resource; print(*resource.getrlimit(resource.RLIMIT_NOFILE))"
    lowered = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))\n"
        f"from pathlib import Path; sys.path.insert(0, {str(ROOT)!r})\n"
        "from grader.sandbox.limits import SandboxLimits\n"
        "from grader.sandbox.supervise import supervise\n"
        f"outcome = supervise([sys.executable, '-c', {code!r}],"
        " SandboxLimits(wall_seconds=30, cpu_seconds=20), {})\n"
        "sys.stdout.buffer.write(outcome.message)"
    )
    assert python(lowered, memory_bytes=8 << 30).message.split() == [b"64", b"64"]


def test_command_that_is_not_there_says_so() -> None:
    """The launcher names what it could not start."""
    outcome = supervise(["/nonexistent/program"], LIMITS, ENVIRONMENT)
    assert outcome.error_line.startswith("launch: ")
    assert not outcome.ended_well


def test_command_of_a_grader_that_is_gone_does_not_start(tmp_path: Path) -> None:
    """If the grader dies before the launcher calls prctl, no process stays."""
    ran = tmp_path / "ran"
    gone = subprocess.Popen(["/bin/true"])
    gone.wait()
    command = [*launcher({}, parent=gone.pid), "/usr/bin/touch", str(ran)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode != 0
    assert "grader" in ended.stderr
    assert not ran.exists()
