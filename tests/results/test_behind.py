from dataclasses import replace
from pathlib import Path

import pytest

from grader.report import json
from grader.results.behind import behind
from grader.results.folder import CHARTS, FEEDBACK, KEPT_HASHES, PAGE, REPORT, SHEET
from grader.results.write import write_results
from grader.types import Report
from tests.classes import folder_of
from tests.report.examples import LAB, passed


def stored(out: Path, *reports: Report) -> list[Report]:
    """The reports as their files have them."""
    paths = (out / folder_of(each.submission.id) / REPORT for each in reports)
    return [json.parse(path.read_text(encoding="utf-8")) for path in paths]


@pytest.mark.parametrize("student", ["B1", "學號一", "B\udcff1"])
def test_nothing_is_behind_after_the_writing(tmp_path: Path, student: str) -> None:
    """Also with characters that no file can hold; another time of scoring changes nothing."""
    one, other = passed(student, 43.4, 9311, 0.38), passed("B2", 50.0, 9250, 0.4)
    review = replace(one, grade=replace(one.grade, review=(f"Is this {student}?",)))
    write_results([review, other], LAB, tmp_path)
    provenance = replace(review.provenance, graded_at="later")
    now = [replace(review, provenance=provenance), other]
    assert behind(stored(tmp_path, review, other), now, tmp_path) == ()


def test_another_grade_is_behind(tmp_path: Path) -> None:
    """Only that student."""
    one, other = passed("B1", 43.4, 9311, 0.38), passed("B2", 50.0, 9250, 0.4)
    write_results([one, other], LAB, tmp_path)
    now = replace(other, grade=replace(other.grade, pending=1.0))
    assert behind(stored(tmp_path, one, other), [one, now], tmp_path) == (now,)


def test_missing_files_are_behind(tmp_path: Path) -> None:
    """A student's page or hash, or a file of the class."""
    class_ = [passed("B1", 43.4, 9311, 0.38), passed("B2", 50.0, 9250, 0.4)]
    for missing, expected in (
        (Path(folder_of(class_[1].submission.id)) / FEEDBACK, 1),
        (Path(SHEET), 2),
        (Path(PAGE), 2),
        (Path(CHARTS) / KEPT_HASHES, 2),
    ):
        write_results(class_, LAB, tmp_path)
        assert behind(stored(tmp_path, *class_), class_, tmp_path) == ()
        (tmp_path / missing).unlink()
        assert len(behind(stored(tmp_path, *class_), class_, tmp_path)) == expected
