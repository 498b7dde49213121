"""Finds students whose files do not show their grade: a mark is new, or a writer was stopped."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from grader.intake.person import person_of
from grader.report import json
from grader.results.folder import (
    CHARTS,
    FEEDBACK,
    FEEDBACK_TEXT,
    KEPT_HASHES,
    PAGE,
    SHEET,
    STUDENTS,
)
from grader.results.kept_pages import kept_hashes
from grader.results.student_folders import known_folders
from grader.types import Report


def behind(stored: Sequence[Report], current: Sequence[Report], out: Path) -> tuple[Report, ...]:
    """Return the reports of `current` whose files must be written; all if a class file is missing.

    `stored` are the same students in the same order, as their report.json has them. A student's
    files are also behind if a writer was stopped among them: it has removed their hash first.
    """
    if not all((out / name).is_file() for name in (SHEET, PAGE)):
        return tuple(current)
    whole = kept_hashes(out / CHARTS / KEPT_HASHES).keys()
    folders = known_folders(out)
    return tuple(
        now
        for before, now in zip(stored, current, strict=True)
        if person_of(now.submission) not in whole
        or not _same(before, now)
        or not _has_pages(out / STUDENTS / folders.get(person_of(now.submission), "?"))
    )


def _has_pages(folder: Path) -> bool:
    return all((folder / name).is_file() for name in (FEEDBACK, FEEDBACK_TEXT))


def _same(before: Report, now: Report) -> bool:
    if before.submission != now.submission:
        return False  # another hand-in of the person counts
    if before.grade == now.grade:
        return before.provenance.lab_sha256 == now.provenance.lab_sha256
    # The grade in the file may differ in characters that cannot be written.
    return json.render(_undated(before)) == json.render(_undated(now))


def _undated(report: Report) -> Report:
    return replace(report, provenance=replace(report.provenance, graded_at=""))
