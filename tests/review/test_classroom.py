from pathlib import Path

from grader.report import json
from grader.results.folder import SHEET
from grader.types import Report
from tests.review.browsers import logged_in, sent_mark
from tests.review.classes import STUDENTS, of_three


def written(out: Path, student: str) -> Report:
    """The student's report, from report.json."""
    return json.parse((out / student / "report.json").read_text(encoding="utf-8"))


def test_a_mark_is_in_the_files_at_once(tmp_path: Path) -> None:
    """report.json and grades.csv contain it when the page shows that it is saved."""
    before = of_three(tmp_path)[0].grade
    sheet = (tmp_path / SHEET).read_text(encoding="utf-8")
    browser, names = logged_in(tmp_path)
    assert browser.post("/marks", json=sent_mark(names.key(STUDENTS[0]))).status_code == 200
    after = written(tmp_path, STUDENTS[0]).grade
    assert before.total is not None
    assert after.total == before.total + 2
    assert after.pending == before.pending - 2
    assert (tmp_path / SHEET).read_text(encoding="utf-8") != sheet
