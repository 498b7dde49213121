import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from grader.cli import app
from grader.errors import GraderError
from grader.labs.spec import LabSpec
from grader.results.write import write_results
from grader.types import Report
from tests.report.examples import LAB, example_class
from tests.report.write_ups import DUE
from tests.report.write_ups import example_class as write_ups

CLASSES = [(example_class(), LAB, "part2.formula"), (write_ups(), DUE, "basic")]


@pytest.mark.parametrize(("class_", "lab", "part"), CLASSES, ids=["network", "write-up"])
def test_the_statistics_are_printed_and_written(
    tmp_path: Path, class_: tuple[Report, ...], lab: LabSpec, part: str
) -> None:
    """On the terminal, as JSON, as a sheet and as a page, of both kinds of lab."""
    results, sheet, page = tmp_path / "results", tmp_path / "s.csv", tmp_path / "s.html"
    write_results(class_, lab, results)
    before = sorted(results.rglob("*"))
    shown = CliRunner().invoke(app, ["stats", str(results)])
    assert (shown.exit_code, part in shown.stdout) == (0, True)
    assert sorted(results.rglob("*")) == before
    as_json = CliRunner().invoke(app, ["stats", str(results), "--json", "--csv", str(sheet)])
    assert as_json.exit_code == 0
    assert part in {each["id"] for each in json.loads(as_json.stdout)["parts"]}
    with sheet.open(encoding="utf-8", newline="") as file:
        assert part in {each["id"] for each in csv.DictReader(file)}
    written = CliRunner().invoke(app, ["stats", str(results), "--page", str(page)])
    assert written.exit_code == 0
    assert part in page.read_text(encoding="utf-8")
    assert "s.html" in written.stdout


def test_without_results_there_are_no_statistics(tmp_path: Path) -> None:
    """The message says what to do first."""
    ran = CliRunner().invoke(app, ["stats", str(tmp_path)])
    assert isinstance(ran.exception, GraderError)
    assert "grade" in str(ran.exception.help)


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """With a reason instead of a traceback."""
    write_results(example_class(), LAB, tmp_path)
    file = tmp_path / "missing" / "s.csv"
    (tmp_path / "missing").write_text("a file")
    ran = CliRunner().invoke(app, ["stats", str(tmp_path), "--csv", str(file)])
    assert isinstance(ran.exception, GraderError)
    assert "s.csv" in str(ran.exception)
