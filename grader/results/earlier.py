"""Copies of a class, or of a student, that a command takes out of a results folder."""

import shutil
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from pathlib import Path

from grader.intake.person import person_of
from grader.results.folder import (
    EXTENSIONS,
    FOLDERS,
    HAND_INS,
    LAB,
    PAGE,
    ROSTER,
    SHEET,
    STUDENTS,
    explained,
)
from grader.results.student_folders import known_folders
from grader.types import Report

EARLIER = "earlier"  # a folder for each copy, named by the time
_OF_THE_CLASS = (SHEET, PAGE, ROSTER, EXTENSIONS, HAND_INS, FOLDERS, LAB)


def keep_copy(out: Path, folders: Collection[str]) -> Path:
    """Copy the class's files and these students' folders to a new folder; return its path.

    Raises `GraderError` if they cannot be copied.
    """
    stamp = datetime.now(UTC).strftime("%Y-%m-%dT%H%M%SZ")
    copy = out / EARLIER / stamp
    number = 2
    while copy.exists():
        copy = out / EARLIER / f"{stamp}-{number}"
        number += 1
    part = copy.with_name(f"{copy.name}.part")
    with explained(copy):
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        for name in _OF_THE_CLASS:
            _copy(out / name, part / name)
        for name in folders:
            _copy(out / STUDENTS / name, part / STUDENTS / name)
        part.rename(copy)
    return copy


def remove_others(out: Path, class_: Iterable[Report]) -> None:
    """Delete the folders of students who are not in `class_`.

    Raises `GraderError` if one cannot be deleted.
    """
    known = known_folders(out)
    kept = {known[person_of(each.submission)] for each in class_}
    for folder in (out / STUDENTS).iterdir():
        if folder.name not in kept:
            with explained(folder):
                shutil.rmtree(folder)


def _copy(source: Path, copy: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, copy, symlinks=True)
    elif source.is_file():
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, copy)
