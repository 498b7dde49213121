import json
import os
import platform
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from grader.batch.folder_lock import Busy, FolderLock


def holder(file: Path) -> Path:
    """The file with the name of the process that holds the lock."""
    return file.with_name(f"{file.name}.holder")


def test_a_short_hold_is_waited_for(tmp_path: Path) -> None:
    """A review holds the folder for a moment: the next process gets it then."""
    file, held, found = tmp_path / "results.lock", threading.Event(), []

    def hold() -> None:
        with FolderLock(file):
            held.set()
            time.sleep(0.5)

    def wait() -> None:
        with FolderLock(file):
            found.append(time.monotonic())

    threads = [threading.Thread(target=each) for each in (hold, wait)]
    threads[0].start()
    assert held.wait(10)
    threads[1].start()
    for each in threads:
        each.join()
    assert found


def test_a_long_hold_is_refused_with_the_name_of_the_holder(tmp_path: Path) -> None:
    """The process is named while it holds the folder, and in no file afterwards."""
    file = tmp_path / "results.lock"
    with FolderLock(file), pytest.raises(Busy) as refused:
        FolderLock(file).acquire(0.2)
    assert f"(process {os.getpid()} on {platform.node()})" in str(refused.value)
    assert refused.value.help
    assert not holder(file).exists()


@pytest.mark.system
def test_a_process_that_has_ended_is_not_named(tmp_path: Path) -> None:
    """A killed grader leaves its name; a later message does not repeat it."""
    file = tmp_path / "results.lock"
    code = "import os; print(os.getpid())"
    ended = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=True)
    with FolderLock(file):
        said = {"process": int(ended.stdout), "machine": platform.node()}
        holder(file).write_text(json.dumps(said), encoding="utf-8")
        with pytest.raises(Busy) as refused:
            FolderLock(file).acquire(0)
    assert f"(process {int(ended.stdout)}" not in str(refused.value)


@pytest.mark.parametrize("content", ["", "no JSON", "[]", '{"process": "x", "machine": "y"}'])
def test_a_damaged_name_is_no_error(tmp_path: Path, content: str) -> None:
    """The message then has no name."""
    file = tmp_path / "results.lock"
    with FolderLock(file):
        holder(file).write_text(content, encoding="utf-8")
        with pytest.raises(Busy):
            FolderLock(file).acquire(0)
