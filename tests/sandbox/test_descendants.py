"""The counted usage of a process and its descendants."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from grader.sandbox.descendants import Usage, usage

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux's /proc alone tells")
CODE = """
import os, threading, time
threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
if os.fork() == 0:
    if os.fork() == 0:
        time.sleep(60)
    while time.process_time() < 0.4: pass
    os._exit(0)
os.wait()
print('ready', flush=True)
time.sleep(60)
"""


@pytest.fixture
def family() -> Iterator[subprocess.Popen[bytes]]:
    """A process with a second thread, a child that computed and ended, and its lost grandchild."""
    with subprocess.Popen(
        [sys.executable, "-c", CODE], stdout=subprocess.PIPE, process_group=0
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        yield process
        os.killpg(process.pid, 9)


def test_threads_and_the_time_of_the_dead_are_counted(family: subprocess.Popen[bytes]) -> None:
    """A thread is a task, and what an ended child computed is not forgotten."""
    found = usage(family.pid)
    assert found.tasks == 2
    assert found.seconds >= 0.3


def test_descendants_are_counted(family: subprocess.Popen[bytes]) -> None:
    """Whoever started a process has it for a descendant."""
    assert usage(os.getpid()).tasks >= 1 + usage(family.pid).tasks


def test_process_that_is_gone_uses_nothing() -> None:
    """A number that nobody has is no error."""
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        pass
    assert usage(ended.pid) == Usage()
