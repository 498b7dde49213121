"""One class with every hostile hand-in among two honest ones, and those two alone."""

import functools
import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from zipfile import ZIP_STORED

import platformdirs

from grader.intake.names import student_id
from grader.labs.kinds import network_lab
from grader.labs.write_toml import as_toml
from tests.classes import folder_of
from tests.hostile import archives, checkpoints, sheets
from tests.hostile.case import HERE, Case, folder_cases
from tests.intake.archives import CHECKPOINT, zipped
from tests.places import ROOT
from tests.small_networks import decisive, narrow, saved, state_dict

FIRST, LAST = "!first", "\uff5elast"  # as a class is sorted, before and after all cases
Snapshot = dict[str, tuple[int, str]]


def tree(folder: Path) -> bytes:
    """A zip of the files below `folder`, without its verdict."""
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}
    del files["expected.toml"]
    return zipped(files)


def around(case: Case) -> Case:
    """The case with its checkpoint in an otherwise right zip."""
    return replace(case, make=lambda: zipped({CHECKPOINT: case.make()}, ZIP_STORED))


CASES: tuple[Case, ...] = (
    *archives.CASES,
    *map(around, checkpoints.CASES),
    *sheets.CASES,
    *(
        replace(case, make=functools.partial(tree, HERE / "hand-ins" / case.name))
        for case in folder_cases("hand-ins", "expected.toml")
    ),
)


def lab_of_one_file() -> str:
    """A lab that asks for the checkpoint only: the other files' cases are tested elsewhere."""
    lab = as_toml(network_lab("prune-mobilenet-2025"))
    for asked in ('notebook = "{id}.ipynb"\n', '    "notebook",\n'):
        assert asked in lab
        lab = lab.replace(asked, "")
    return lab


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A machine in small: all that a grader might write to lies below `root`."""

    root: Path

    @property
    def results(self) -> Path:
        """The one folder that a grader may write to."""
        return self.root / "results"

    @property
    def inbox(self) -> Path:
        """The folder of the class's zips."""
        return self.root / "inbox"

    def snapshot(self) -> Snapshot:
        """Mode and content of everything below `root` but the results, links not followed."""
        return {
            path.relative_to(self.root).as_posix(): (
                path.lstat().st_mode,
                hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "",
            )
            for path in sorted(self.root.rglob("*"))
            if self.results not in (path, *path.parents)
        }

    def start(self) -> subprocess.Popen[bytes]:
        """`grader grade` over the inbox, in its own home, with its own folder for scratch files."""
        command = [sys.executable, str(HERE / "leftovers.py"), str(self.results / "left.txt")]
        command += [sys.executable, "-m", "grader", "grade", str(self.inbox)]
        command += ["--lab", str(self.root / "lab.toml"), "--jobs", "2"]
        command += ["--data", str(ROOT / "data" / "sample_batch.bin"), "--out", str(self.results)]
        cache = platformdirs.user_cache_path()
        folders = {"HOME": "home", "TMPDIR": "scratch"}
        return subprocess.Popen(
            command,
            cwd=self.root / "cwd",
            env={
                **os.environ,
                **{name: str(self.root / folder) for name, folder in folders.items()},
                "PYTHONPATH": str(ROOT),
                "PYTHONDONTWRITEBYTECODE": "1",
                "XDG_CACHE_HOME": str(cache),
            },
            stdout=subprocess.DEVNULL,
            stderr=(self.results / "noise.txt").open("wb"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """The results and leftovers of one run of the grader over a class."""

    place: Place
    exit_code: int
    before: Snapshot
    after: Snapshot

    def report(self, student: str) -> dict[str, Any]:
        """A student's report.json."""
        folder = folder_of(student_id(Path(f"{student}.zip")))
        text = (self.place.results / folder / "report.json").read_text(encoding="utf-8")
        found: dict[str, Any] = json.loads(text)
        return found

    def noise(self) -> str:
        """Return the grader's stderr."""
        return (self.place.results / "noise.txt").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True, kw_only=True)
class Classes:
    """The class with all the cases in it, and the two honest students by themselves."""

    hostile: Graded
    quiet: Graded


def grade_classes(folder: Path) -> Classes:
    """Grade both classes below `folder`, one after the other, by the real program."""
    honest = {FIRST: saved(decisive(narrow(8), 1)), LAST: state_dict(decisive(narrow(8), 2))}
    zips = {student: zipped({CHECKPOINT: content}) for student, content in honest.items()}
    attacks = {case.name: case.make() for case in CASES}
    places = [_place(folder / "hostile", {**zips, **attacks}), _place(folder / "quiet", zips)]
    hostile, quiet = _graded(places)
    return Classes(hostile=hostile, quiet=quiet)


def _place(root: Path, zips: dict[str, bytes]) -> Place:
    place = Place(root=root)
    for folder in ("inbox", "home", "scratch", "cwd", "results", "canary/deep"):
        (root / folder).mkdir(parents=True)
    (root / "canary" / "deep" / "file").write_bytes(b"untouched")
    (root / "lab.toml").write_text(lab_of_one_file(), encoding="utf-8")
    for student, content in zips.items():
        (place.inbox / f"{student}.zip").write_bytes(content)
    return place


def _graded(places: Sequence[Place]) -> tuple[Graded, ...]:
    before = [place.snapshot() for place in places]
    codes = [place.start().wait() for place in places]
    return tuple(
        Graded(place=place, exit_code=code, before=was, after=place.snapshot())
        for place, code, was in zip(places, codes, before, strict=True)
    )
