"""A results folder: what its files are called, and how they are written whole."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from grader.errors import GraderError
from grader.files import replace_file
from grader.intake import safe_name
from grader.marks.rules import MARKS

SHEET = "grades.csv"
PAGE = "index.html"
DATABASE = "results.db"
LOCK = "results.lock"  # held by whoever writes here: a batch, or a review for each mark
REPORT = "report.json"
SCRATCH = ".work"
DOWNLOADS = "downloads"  # what an LMS's download was unpacked to
ROSTER = "roster.json"  # who handed in nothing
UNFINISHED = "rescore.json"  # the reports as they were, while others are written over them
UNWRITABLE = "Is the disk full, the folder writable, or the file open in another program?"
AGAIN = "The measurements are saved: grade again and only the files are written."
PAGES = ".pages"  # bodies of notebooks' pages, kept as long as results.db keeps what was measured
CHARTS = ".charts"  # drawn for this class, so that writing it again draws only what has changed
NOTEBOOK = "notebook.html"
FEEDBACK = "feedback.html"
FEEDBACK_TEXT = "feedback.md"
LEADERBOARD = "leaderboard.html"
LAB, LAB_FILE = "lab", "lab.toml"  # the folder of the lab that the class was graded by
_TAKEN = frozenset(
    {SHEET, PAGE, PAGES, CHARTS, LEADERBOARD, SCRATCH, LOCK, DOWNLOADS, ROSTER, UNFINISHED, LAB}
    | {f"{name}{suffix}" for name in (DATABASE, MARKS) for suffix in ("", "-wal", "-shm")}
)


class Unwritable(GraderError):
    """A file cannot be written: the message names it, the help says what to do about it."""


@contextmanager
def scratch(out: Path) -> Iterator[Path]:
    """An empty folder below `out` for one batch; what a killed batch left in it goes first.

    The store's lock must be held: it lets in one batch at a time.
    """
    folder = out / SCRATCH
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def folder_name(student: str) -> str:
    """The name, below the results folder, of `student`'s own: safe, and none of our files'."""
    name = safe_name(student)
    return safe_name(f"{student}/") if name.casefold() in _TAKEN else name


def write_file(path: Path, content: str | bytes, help: str = AGAIN) -> None:
    """Make `path` hold `content`, text in UTF-8: all of it, or what was there before.

    Raises `GraderError` with `help` where it cannot be written.
    """
    raw = content if isinstance(content, bytes) else content.encode("utf-8", "backslashreplace")
    with suppress(OSError):
        if path.read_bytes() == raw:  # which is quicker than to write it, and mostly so
            return
    with explained(path, help):
        replace_file(path, raw)


@contextmanager
def explained(path: Path, help: str = AGAIN) -> Iterator[None]:
    """Raises `Unwritable` with `help` where the system refuses to write `path`."""
    try:
        yield
    except OSError as error:
        raise Unwritable(
            f"{path} cannot be written: {error.strerror or error}.", help=f"{UNWRITABLE} {help}"
        ) from error
