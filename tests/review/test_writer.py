import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.batch.folder_lock import Busy
from grader.errors import GraderError
from grader.review import writer
from grader.review.writer import Writer


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "SHORTEST_PAUSE", 0.3)


def eventually(holds: Callable[[], bool]) -> bool:
    """True as soon as it holds, False after ten seconds."""
    deadline = time.monotonic() + 10
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.01)
    return holds()


def test_many_marks_are_written_once(tmp_path: Path) -> None:
    """The first writing is at the start; fifty marks need no fifty writings, and none is lost."""
    sheet, asked, written = tmp_path / "grades.csv", [0], []

    def write() -> None:
        written.append(asked[0])
        sheet.write_text(str(asked[0]))

    ours = Writer(write, sheet)
    ours.start()
    assert eventually(lambda: written == [0])
    for number in range(1, 51):
        asked[0] = number
        ours.ask()
    assert eventually(lambda: written[-1] == 50)
    ours.stop()
    assert len(written) < 5


def test_asking_does_not_wait(tmp_path: Path) -> None:
    """A mark is answered while the files are written."""
    inside, free = threading.Event(), threading.Event()

    def write() -> None:
        inside.set()
        free.wait(10)

    ours = Writer(write, tmp_path / "grades.csv")
    ours.start()
    assert inside.wait(10)
    began = time.monotonic()
    ours.ask()
    assert time.monotonic() - began < 5
    free.set()
    ours.stop()


def test_a_busy_folder_is_tried_again(tmp_path: Path) -> None:
    """A batch holds it for a while."""
    tried = []

    def write() -> None:
        tried.append(1)
        if len(tried) < 3:
            raise Busy("another")

    ours = Writer(write, tmp_path / "grades.csv")
    ours.start()
    assert eventually(lambda: len(tried) == 3)
    ours.stop()
    assert ours.trouble == ""


def test_a_full_disk_is_told_until_the_files_are_written(tmp_path: Path) -> None:
    """The page shows the trouble with the next marks."""
    faults = [GraderError("the disk is full")]

    def write() -> None:
        if faults:
            raise faults.pop()

    ours = Writer(write, tmp_path / "grades.csv")
    ours.start()
    assert eventually(lambda: "full" in ours.trouble)
    ours.ask()
    assert eventually(lambda: ours.trouble == "")
    ours.stop()
