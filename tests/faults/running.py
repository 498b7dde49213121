"""Starts `fake_grader` as a user starts the grader, and reads what it leaves behind."""

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any, Self

from grader.results.folder import CHARTS, DATABASE
from tests.fake_stages import hand_in
from tests.places import ROOT, SAMPLE

MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\+00:00|Graded \d{4}-\d\d-\d\d \d\d:\d\d")
TIMINGS = frozenset({"seconds", "measured_at", "graded_at"})
JOBS = 2
QUIET = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1"}
DONE, USAGE, HARNESS_ERROR = 0, 2, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A grader that has ended, and what it said on either output: never a traceback."""

    status: int
    said: str


def class_of(folder: Path, count: int, *orders: str) -> Path:
    """A folder of hand-ins, each with these orders."""
    for number in range(count):
        hand_in(folder, f"B{number}", *orders)
    return folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """A file system that only the processes started by `command` see, at `place`."""

    place: Path
    mount: str

    @property
    def command(self) -> list[str]:
        """Return the words to put before a program; its disk is removed with it."""
        as_root = ["--map-root-user"] if os.geteuid() else []
        do = f'place="$1"; shift; {self.mount} && exec "$@"'
        return ["unshare", "--mount", *as_root, "sh", "-c", do, "sh", str(self.place)]

    def fault(self) -> str | None:
        """Return why this machine cannot have such a disk, None if it can."""
        try:
            tried = subprocess.run([*self.command, "true"], capture_output=True, check=False)
        except OSError as error:
            return str(error)
        return tried.stderr.decode().strip() if tried.returncode else None

    def seen_from(self, process: int) -> Path:
        """Its place for a process that does not have it, such as this one."""
        return Path(f"/proc/{process}/root{self.place}")


def small_disk(place: Path, size: int) -> Disk:
    """An empty disk of `size` bytes."""
    return Disk(place=place, mount=f'mount -t tmpfs -o size={size} small "$place"')


def read_only_disk(place: Path) -> Disk:
    """What is at `place`, on a disk that cannot be written."""
    remount = "mount -o remount,bind,ro"
    return Disk(place=place, mount=f'mount --bind "$place" "$place" && {remount} "$place"')


class Graders:
    """Starts graders, one after the other, each a process group of its own; a context manager."""

    def __init__(self, disk: Disk | None = None) -> None:
        # The semaphores of a group that was killed are cleared away at the end, with a warning.
        command = [sys.executable, "-W", "ignore::UserWarning", "-m", "tests.faults.fake_grader"]
        self._process = subprocess.Popen(
            [*(disk.command if disk else []), *command],
            cwd=ROOT,
            env=QUIET,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"  # and so the disk is mounted

    @property
    def process(self) -> int:
        """The id of the process that starts them."""
        return self._process.pid

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        error: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.communicate()

    def start(self, class_: Path, out: Path, befalls: Mapping[str, str] | None = None) -> None:
        """`grader grade CLASS --out OUT`; beside OUT its stages note what they are called with."""
        arguments = ["grade", str(class_), "--out", str(out), "--data", str(SAMPLE)]
        order = [[*arguments, "--jobs", str(JOBS)], {"NOTES": str(out.parent), **(befalls or {})}]
        assert self._process.stdin is not None
        print(json.dumps(order), file=self._process.stdin, flush=True)

    def ended(self) -> Ended:
        """Return the grader's end, after its last worker has ended too."""
        assert self._process.stdout is not None
        status, said = json.loads(self._process.stdout.readline())
        assert status != "hung", said
        assert "Traceback" not in said, said
        return Ended(status=status, said=said)

    def grade(self, class_: Path, out: Path, befalls: Mapping[str, str] | None = None) -> Ended:
        """Start a grader and wait for its end."""
        self.start(class_, out, befalls)
        return self.ended()


def results(out: Path) -> dict[str, object]:
    """All that a grader leaves in a results folder, by its path, timings and dates aside.

    And but for what it keeps to be quicker the next time, which is made of timings and dates.
    """
    return {
        path.relative_to(out).as_posix(): _content(path)
        for path in sorted(out.rglob("*"))
        if CHARTS not in path.parts
    }


def finished_files(out: Path) -> dict[str, object]:
    """Of `results` the files that people read, as far as they are there: whole ones, that is."""
    return {
        path.relative_to(out).as_posix(): _content(path)
        for name in ("students/*/report.json", "students/*/feedback.*", "grades.csv", "index.html")
        for path in out.glob(name)
    }


def _content(path: Path) -> object:
    if path.is_dir():
        return None
    match path.suffix:
        case ".db":
            return database(path)
        case ".json":
            return timeless(json.loads(path.read_text()))
        case ".html":
            return MOMENT.sub("", path.read_text())
        case ".lock":
            return None
    return path.read_bytes()


def timeless(document: Any) -> Any:
    """A JSON document without timings and dates."""
    if isinstance(document, dict):
        return {key: timeless(each) for key, each in document.items() if key not in TIMINGS}
    return [timeless(each) for each in document] if isinstance(document, list) else document


def copied_database(out: Path) -> list[Any]:
    """As `database`, from a copy: to read what a killed grader left would be to mend it."""
    with TemporaryDirectory() as folder:
        for file in out.glob("results.db*"):
            shutil.copy(file, folder)
        return database(Path(folder) / DATABASE) if (out / DATABASE).exists() else []


def database(path: Path) -> list[Any]:
    """Every hand-in in the database with its measurements, by student, timings and dates aside."""
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        if not connection.execute("PRAGMA user_version").fetchone()[0]:
            return []  # nobody has come to make its tables
        rows = connection.execute("SELECT * FROM submissions ORDER BY student, fingerprint")
        return [_row(connection, row) for row in rows.fetchall()]


def _row(connection: sqlite3.Connection, row: sqlite3.Row) -> Any:
    found = connection.execute(
        "SELECT * FROM measurements WHERE submission = ? ORDER BY place", (row["key"],)
    )
    measurements = [{**dict(each), "submission": None} for each in found.fetchall()]
    document = {**dict(row), "key": None, "setup": json.loads(row["setup"])}
    return timeless({**document, "measurements": measurements})


def report(out: Path, student: str) -> Any:
    """A student's report.json."""
    return json.loads((out / "students" / student / "report.json").read_text())
