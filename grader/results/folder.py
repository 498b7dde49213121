"""A results folder: the names of its files, and writing them atomically."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from grader.errors import GraderError
from grader.files import replace_file

SHEET = "grades.csv"
PAGE = "index.html"
DATABASE = "results.db"
LOCK = "results.lock"  # locked by the writer: a batch, or a review for each mark
REPORT = "report.json"
SCRATCH = ".work"
ROSTER = "roster.json"  # the people of the class, and who handed in nothing
EXTENSIONS = "extensions.json"  # what students are allowed beyond the due date
UNFINISHED = "rescore.json"  # the old reports, until a rescore has written all new ones
UNWRITABLE = "Is the disk full, the folder writable, or the file open in another program?"
AGAIN = "The measurements are saved. Grade again: only the files will be written."
BOARDS = "boards.json"  # the course's boards, as `grader grade --device` found them
PAGES = ".pages"  # the bodies of the notebooks' pages, kept as long as the measurements
CHARTS = ".charts"  # a cache of drawn charts, so that only changed charts are drawn again
NOTEBOOK = "notebook.html"
FEEDBACK = "feedback.html"
FEEDBACK_TEXT = "feedback.md"
KEPT_HASHES = "pages.json"  # below CHARTS
SIMILAR = "similar.json"  # what `grader similar` found
LEADERBOARD = "leaderboard.html"
LAB, LAB_FILE = "lab", "lab.toml"  # the folder of the lab that the class was graded by
STUDENTS = "students"  # a folder for each student
FOLDERS = "folders.json"  # the name of each person's folder there
HAND_INS = "hand-ins.json"  # all hand-ins of students with several


class Unwritable(GraderError):
    """A file cannot be written; the message names the file."""


@contextmanager
def scratch(out: Path) -> Iterator[Path]:
    """Yield an empty folder below `out` for one batch; delete it at the end.

    Files of a killed batch are deleted first. The caller must hold the store's lock, so that only
    one batch uses the folder.
    """
    folder = out / SCRATCH
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def write_file(path: Path, content: str | bytes, help: str = AGAIN) -> None:
    """Write `content` to `path` atomically; text is encoded as UTF-8.

    Raises `GraderError` with `help` if the file cannot be written; then `path` has not changed.
    """
    raw = content if isinstance(content, bytes) else content.encode("utf-8", "backslashreplace")
    with suppress(OSError):
        if path.read_bytes() == raw:  # mostly so, and faster than writing the file
            return
    with explained(path, help):
        replace_file(path, raw)


@contextmanager
def explained(path: Path, help: str = AGAIN) -> Iterator[None]:
    """Turn an `OSError` of writing `path` into `Unwritable` with `help`."""
    try:
        yield
    except OSError as error:
        raise Unwritable(
            f"{path} cannot be written: {error.strerror or error}.", help=f"{UNWRITABLE} {help}"
        ) from error
