"""Every hostile hand-in, graded in one class: its own verdict, and nobody else's touched."""

import csv
import itertools
import json
import tempfile
from pathlib import Path
from typing import Any

import pytest

from grader.results.folder import CHARTS, LAB, PAGES, STUDENTS
from tests.hostile.archives import MARK
from tests.hostile.case import Case
from tests.hostile.classroom import CASES, FIRST, LAST, Classes, Graded, grade_classes
from tests.hostile.sheets import BEGINNINGS

pytestmark = [pytest.mark.slow, pytest.mark.system]


@pytest.fixture(scope="module")
def classes(tmp_path_factory: pytest.TempPathFactory) -> Classes:
    """The class with all the cases in it, and the two honest students by themselves."""
    return grade_classes(tmp_path_factory.mktemp("classes"))


def test_each_case_has_a_name_of_its_own() -> None:
    """A name is a student's id: two of a name would be one student's two hand-ins."""
    assert len({case.name.casefold() for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_case_gets_its_verdict(case: Case, classes: Classes) -> None:
    """The check that meets the attack says so, and what fails comes with help."""
    measurements = classes.hostile.report(case.name)["measurements"]
    found = next(each for each in measurements if each["id"] == case.check)
    assert found["status"] == case.status
    assert case.says in (found["reason"] or found["review"] or "")
    assert found["status"] == "passed" or found["help"]


def test_verdicts_are_given_and_the_grader_does_not_fail(classes: Classes) -> None:
    """A class of attacks exits as one without, and no attack becomes an error of ours."""
    assert classes.hostile.exit_code == classes.quiet.exit_code == 0, classes.hostile.noise()
    assert "Traceback" not in classes.hostile.noise()
    for case in CASES:
        for each in classes.hostile.report(case.name)["measurements"]:
            assert each["status"] != "error", (case.name, each)


@pytest.mark.parametrize("student", [FIRST, LAST])
def test_honest_results_are_the_same_to_the_byte(student: str, classes: Classes) -> None:
    """Timings and dates aside, a report does not tell in whose company it was made."""
    alone, among = (_timeless(each, student) for each in (classes.quiet, classes.hostile))
    assert json.loads(alone)["grade"]["total"] is not None
    assert among == alone


@pytest.mark.parametrize("student", [FIRST, LAST])
def test_honest_lines_of_the_sheet_are_the_same(student: str, classes: Classes) -> None:
    """So does the line in the class's sheet, whose bytes hold no timing at all."""
    alone, among = (
        [line for line in _sheet(each).splitlines() if line.startswith(student)]
        for each in (classes.quiet, classes.hostile)
    )
    assert len(alone) == 1
    assert among == alone


def test_nothing_is_written_but_results(classes: Classes) -> None:
    """Inbox, home, working folder, scratch folder and a stranger's folder stay as they were."""
    for graded in (classes.hostile, classes.quiet):
        assert graded.after == graded.before
        reports = {path.parent for path in graded.place.results.glob("students/*/report.json")}
        assert reports == {*(graded.place.results / STUDENTS).iterdir()}
        folders = {path.name for path in graded.place.results.iterdir() if path.is_dir()}
        assert folders - {CHARTS, LAB, PAGES} == {STUDENTS}


def test_no_attack_left_its_mark(classes: Classes) -> None:
    """The file that every attack would make is nowhere where it could have made it."""
    root = classes.hostile.place.root
    assert not list(root.rglob(f"*{MARK}*"))
    for folder in (Path("/"), Path.home(), Path(tempfile.gettempdir())):
        assert not (folder / MARK).exists()


def test_no_process_is_left(classes: Classes) -> None:
    """Not one of all the children outlives the grader."""
    for graded in (classes.hostile, classes.quiet):
        assert (graded.place.results / "left.txt").read_text() == ""


def test_sheets_hold_no_formula(classes: Classes) -> None:
    """No cell of any sheet begins as a formula does, whoever wrote what is in it."""
    sheets = list(classes.hostile.place.results.rglob("*.csv"))
    assert sheets
    for sheet, separator in itertools.product(sheets, ",;|"):
        with sheet.open(encoding="utf-8", newline="") as file:
            lines = list(csv.reader(file, delimiter=separator))
        assert len(lines) == 1 + len(CASES) + 2
        cells = [cell for line in lines for cell in line]
        assert any("HYPERLINK" in cell for cell in cells)
        for cell in cells:
            assert not cell.startswith((*BEGINNINGS, "\t", "\r", "\n"))
            assert not cell.strip().startswith(BEGINNINGS)


def _sheet(graded: Graded) -> str:
    return (graded.place.results / "grades.csv").read_bytes().decode("utf-8")


def _timeless(graded: Graded, student: str) -> str:
    """The student's report without what differs from day to day and from folder to folder."""
    report: dict[str, Any] = graded.report(student)
    report["submission"]["source"] = report["provenance"]["graded_at"] = ""
    report["provenance"]["measured_at"] = ""
    for each in report["measurements"]:
        each["seconds"] = 0
        if each["id"] == "latency.executorch":
            each["value"], each["evidence"] = None, {}
    return json.dumps(report)
