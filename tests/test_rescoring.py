from pathlib import Path

import pytest
from typer.testing import CliRunner

from grader.cli import app
from grader.errors import GraderError
from grader.lab import lab_path
from grader.results import DATABASE, PAGE, read_results
from tests.classes import graded
from tests.report.examples import LAB, failed, passed
from tests.report.measured import NOT_MOBILENET

CLASS = (
    passed("A1", 44.0, 9300, 0.4),
    passed("B2", 60.0, 9100, 0.4),
    failed("C3", NOT_MOBILENET),
)


def changed(folder: Path, before: str, after: str) -> Path:
    """The class's own lab file with one line changed."""
    text = lab_path(LAB.name).read_text(encoding="utf-8")
    assert before in text
    file = folder / "changed.toml"
    file.write_text(text.replace(before, after), encoding="utf-8")
    return file


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """A class of three, graded."""
    return graded(tmp_path / "results", *CLASS)


def test_it_shows_who_moves_and_writes_when_told(tmp_path: Path, results: Path) -> None:
    """With --yes the new points are in every file, from the measurements that there were."""
    lab = changed(tmp_path, "accuracy_goal = 0.92", "accuracy_goal = 0.90")
    ran = CliRunner().invoke(app, ["rescore", "--lab", str(lab), str(results), "--yes"])
    assert ran.exit_code == 0, ran.output
    assert "B2" in ran.output
    assert "+4.50" in ran.output
    assert "1 of 3 move." in ran.output
    after = {each.submission.id: each for each in read_results(results)}
    assert after["B2"].grade.total == pytest.approx((CLASS[1].grade.total or 0) + 4.5)
    assert after["B2"].measurements == CLASS[1].measurements
    assert "clamp(0.9 - 0.9100, 0, 1)" in (results / "B2" / "feedback.html").read_text(
        encoding="utf-8"
    )


@pytest.mark.parametrize("answer", ["n\n", ""])
def test_nothing_is_written_without_a_yes(tmp_path: Path, results: Path, answer: str) -> None:
    """A no, and no answer at all, leave every file as it was."""
    before = files(results)
    lab = changed(tmp_path, "accuracy_goal = 0.92", "accuracy_goal = 0.90")
    ran = CliRunner().invoke(app, ["rescore", "--lab", str(lab), str(results)], input=answer)
    assert ran.exit_code == 1
    assert files(results) == before


def files(results: Path) -> dict[Path, bytes]:
    """What people read in a results folder."""
    read = {".json", ".html", ".md", ".csv"}
    return {path: path.read_bytes() for path in results.rglob("*") if path.suffix in read}


def test_a_lab_that_measures_otherwise_is_refused(tmp_path: Path, results: Path) -> None:
    """Another limit is another verdict: nothing is shown, nothing written."""
    lab = changed(tmp_path, "entries = 4_096", "entries = 5")
    ran = CliRunner().invoke(app, ["rescore", "--lab", str(lab), str(results), "--yes"])
    assert isinstance(ran.exception, GraderError)
    assert "other things are measured" in str(ran.exception)


def test_results_without_measurements_are_refused(results: Path) -> None:
    """Pages alone are no measurements, and none are made up; nor is an empty database left."""
    (results / DATABASE).unlink()
    ran = CliRunner().invoke(app, ["rescore", "--lab", LAB.name, str(results), "--yes"])
    assert isinstance(ran.exception, GraderError)
    assert not (results / DATABASE).exists()
    assert (results / PAGE).exists()


def test_a_folder_without_results_is_told_of(tmp_path: Path) -> None:
    """The user may have mistyped it."""
    ran = CliRunner().invoke(app, ["rescore", "--lab", LAB.name, str(tmp_path / "none")])
    assert isinstance(ran.exception, GraderError)
    assert not (tmp_path / "none").exists()
