import json
import os
import resource
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from grader.sandbox.child import launch

SHOW = "import resource as r; print(r.getrlimit(r.RLIMIT_CPU), r.getrlimit(r.RLIMIT_NOFILE))"


def launched(settings: object, *command: str) -> subprocess.CompletedProcess[str]:
    """The program as the sandbox starts it."""
    program = [sys.executable, "-I", "-S", str(Path(launch.__file__)), json.dumps(settings)]
    return subprocess.run(
        [*program, *command], capture_output=True, text=True, check=False, timeout=60
    )


def test_the_command_has_its_limits_from_its_start() -> None:
    """Between the two limits of processor time there is room to be stopped by the grader."""
    settings = {"groups": [], "rlimits": {"CPU": 60, "NOFILE": 64}, "parent": os.getpid()}
    ran = launched(settings, sys.executable, "-c", SHOW)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.split("\n")[0] == "(60, 90) (64, 64)"


def test_no_limit_is_raised_above_the_systems() -> None:
    """What is asked for beyond it becomes the system's own."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    settings = {"groups": [], "rlimits": {"NOFILE": most + 1}, "parent": 0}
    ran = launched(settings, sys.executable, "-c", SHOW)
    assert ran.returncode == 0, ran.stderr
    assert f"({most}, {most})" in ran.stdout


def test_without_its_grader_it_does_not_start() -> None:
    """The grader died before the kernel was asked to tell of it."""
    ran = launched({"groups": [], "rlimits": {}, "parent": 1 << 22}, "/bin/echo", "started")
    assert ran.returncode == 1
    assert "grader is gone" in ran.stderr
    assert ran.stdout == ""


def test_what_cannot_be_done_is_said(tmp_path: Path) -> None:
    """A group or a program that is not there."""
    for settings, command in (
        ({"groups": [str(tmp_path / "group")], "rlimits": {}, "parent": 0}, "/bin/true"),
        ({"groups": [], "rlimits": {}, "parent": 0}, str(tmp_path / "program")),
    ):
        ran = launched(settings, command)
        assert ran.returncode == 1
        assert ran.stderr.startswith("launch: ")


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's own way to end with a parent")
def test_it_ends_with_its_grader() -> None:
    """However the grader dies."""
    settings = json.dumps({"groups": [], "rlimits": {}, "parent": 0})
    parent = (
        "import subprocess, sys, time\n"
        f"child = subprocess.Popen([sys.executable, '-I', '-S', {str(launch.__file__)!r},"
        f" {settings!r}, '/bin/sleep', '60'])\n"
        "time.sleep(1)\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", parent], stdout=subprocess.PIPE) as grader:
        assert grader.stdout is not None
        child = int(grader.stdout.readline())
        descriptor = os.pidfd_open(child)
        grader.send_signal(signal.SIGKILL)
        grader.wait()
    with os.fdopen(descriptor) as ended:
        assert select.select([ended], [], [], 10)[0]
