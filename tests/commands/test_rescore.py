from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from grader.batch.store import Store
from grader.cli import app
from grader.errors import GraderError
from grader.intake.person import person_with
from grader.labs.files import lab_path
from grader.marks.rules import MARKS
from grader.marks.store import Marks
from grader.results.folder import DATABASE, PAGE
from grader.results.read import read_results
from grader.types import GradedQuestion, Mark, Report
from tests.classes import graded
from tests.report.examples import LAB, failed, passed
from tests.report.measured import NOT_MOBILENET

CLASS = (
    passed("A1", 44.0, 9300, 0.4),
    passed("B2", 60.0, 9100, 0.4),
    failed("C3", NOT_MOBILENET),
)


def changed(folder: Path, before: str, after: str) -> Path:
    """The lab file of the class with one line changed."""
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
    """With --yes the new points are in every file, from the stored measurements."""
    lab = changed(tmp_path, "accuracy_goal = 0.92", "accuracy_goal = 0.90")
    ran = CliRunner().invoke(app, ["rescore", "--lab", str(lab), str(results), "--yes"])
    assert ran.exit_code == 0, ran.output
    assert "B2" in ran.output
    assert "+4.50" in ran.output
    assert "1 of 3" in ran.output
    after = {each.submission.id: each for each in read_results(results)}
    assert after["B2"].grade.total == pytest.approx((CLASS[1].grade.total or 0) + 4.5)
    assert after["B2"].measurements == CLASS[1].measurements
    assert "clamp(0.9 - 0.9100, 0, 1)" in (results / "students" / "B2" / "feedback.html").read_text(
        encoding="utf-8"
    )


@pytest.mark.parametrize("answer", ["n\n", ""])
def test_nothing_is_written_without_a_yes(tmp_path: Path, results: Path, answer: str) -> None:
    """After a no or no answer, every file is unchanged."""
    before = files(results)
    lab = changed(tmp_path, "accuracy_goal = 0.92", "accuracy_goal = 0.90")
    ran = CliRunner().invoke(app, ["rescore", "--lab", str(lab), str(results)], input=answer)
    assert ran.exit_code == 1
    assert files(results) == before


def files(results: Path) -> dict[Path, bytes]:
    """The files for people in a results folder."""
    read = {".json", ".html", ".md", ".csv"}
    return {path: path.read_bytes() for path in results.rglob("*") if path.suffix in read}


def test_a_lab_that_needs_other_measurements_is_refused(tmp_path: Path, results: Path) -> None:
    """Another limit needs new measurements: nothing is shown or written."""
    lab = changed(tmp_path, "entries = 4_096", "entries = 5")
    ran = CliRunner().invoke(app, ["rescore", "--lab", str(lab), str(results), "--yes"])
    assert isinstance(ran.exception, GraderError)
    assert "measurements" in str(ran.exception)


def test_results_without_measurements_are_refused(results: Path) -> None:
    """Pages alone are not enough, and no empty database is created."""
    (results / DATABASE).unlink()
    ran = CliRunner().invoke(app, ["rescore", "--lab", LAB.name, str(results), "--yes"])
    assert isinstance(ran.exception, GraderError)
    assert not (results / DATABASE).exists()
    assert (results / PAGE).exists()


def test_a_folder_without_results_is_told_of(tmp_path: Path) -> None:
    """It may be a mistyped name, so it is not created."""
    ran = CliRunner().invoke(app, ["rescore", "--lab", LAB.name, str(tmp_path / "none")])
    assert isinstance(ran.exception, GraderError)
    assert not (tmp_path / "none").exists()


def give(results: Path, student: str, part: str, points: float) -> None:
    """Save a mark in the database only."""
    mark = Mark(
        person=person_with(student),
        student=student,
        part=part,
        points=points,
        comment="good",
        author="a",
        at="",
        version=1,
    )
    with Marks.open(results / MARKS) as marks:
        marks.save(mark, 0)


def question(report: Report, part: str) -> GradedQuestion:
    """One question of a grade."""
    asked = [each for item in report.grade.items for each in item.questions]
    return next(each for each in asked if each.id == part)


def test_a_mark_given_while_it_asks_is_written(
    tmp_path: Path, results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mark given between the table and the yes is in the files."""

    def answered(*_: object, **__: object) -> bool:
        give(results, "A1", "1.1", 2.0)
        return True

    monkeypatch.setattr("typer.confirm", answered)
    lab = changed(tmp_path, "accuracy_goal = 0.92", "accuracy_goal = 0.90")
    ran = CliRunner().invoke(app, ["rescore", "--lab", str(lab), str(results)])
    assert ran.exit_code == 0, ran.output
    assert question(read_results(results)[0], "1.1").earned == 2.0


def test_nobody_waits_for_it_while_it_asks(
    tmp_path: Path, results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No lock is held until the yes: a review can write a mark at once."""

    def answered(*_: object, **__: object) -> bool:
        with Store.open(results / DATABASE):
            raise typer.Abort

    monkeypatch.setattr("typer.confirm", answered)
    lab = changed(tmp_path, "accuracy_goal = 0.92", "accuracy_goal = 0.90")
    ran = CliRunner().invoke(app, ["rescore", "--lab", str(lab), str(results)])
    assert (ran.exit_code, type(ran.exception)) == (1, SystemExit)


def test_a_class_graded_again_meanwhile_is_not_written(
    tmp_path: Path, results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The table would not match the written files, so nothing is written."""

    def answered(*_: object, **__: object) -> bool:
        graded(results, *CLASS[:2], passed("C3", 44.0, 9300, 0.4))
        return True

    monkeypatch.setattr("typer.confirm", answered)
    lab = changed(tmp_path, "accuracy_goal = 0.92", "accuracy_goal = 0.90")
    ran = CliRunner().invoke(app, ["rescore", "--lab", str(lab), str(results)])
    assert isinstance(ran.exception, GraderError)
    assert "graded again" in str(ran.exception)
    assert {each.provenance.lab_sha256 for each in read_results(results)} == {LAB.sha256}


def test_marks_above_the_new_range_are_refused(tmp_path: Path, results: Path) -> None:
    """The error names a mark above the new points of its part, and nothing is written."""
    give(results, "A1", "1.1", 2.0)
    before = files(results)
    lab = changed(tmp_path, 'weight distributions"\npoints = 2.0', 'distributions"\npoints = 1.0')
    other = 'how they help pruning"\npoints = '
    lab.write_text(lab.read_text("utf-8").replace(f"{other}3.0", f"{other}4.0"), "utf-8")
    ran = CliRunner().invoke(app, ["rescore", "--lab", str(lab), str(results), "--yes"])
    assert isinstance(ran.exception, GraderError)
    assert "A1, 1.1: 2 points" in str(ran.exception)
    assert "0 to 1" in str(ran.exception)
    assert files(results) == before


def test_marks_without_their_database_are_not_dropped(tmp_path: Path, results: Path) -> None:
    """A class with marks in another database is not scored without them."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    give(elsewhere, "A1", "1.1", 2.0)
    database = str(elsewhere / MARKS)
    told = ["rescore", "--lab", LAB.name, str(results), "--yes"]
    assert CliRunner().invoke(app, [*told, "--db", database]).exit_code == 0
    before = files(results)
    ran = CliRunner().invoke(app, told)
    assert isinstance(ran.exception, GraderError)
    assert "A1, 1.1" in str(ran.exception)
    assert files(results) == before


def test_an_interrupted_rescore_is_reported_and_finished(tmp_path: Path, results: Path) -> None:
    """A class with two lab files is not read; the next rescore shows all changes and finishes."""
    lab = changed(tmp_path, "accuracy_goal = 0.92", "accuracy_goal = 0.90")
    in_the_way = results / "students" / "C3" / "feedback.html"
    in_the_way.unlink()
    in_the_way.mkdir()
    told = ["rescore", "--lab", str(lab), str(results), "--yes"]
    cut = CliRunner().invoke(app, told)
    assert isinstance(cut.exception, GraderError)
    assert "again" in (cut.exception.help or "")
    in_the_way.rmdir()
    with pytest.raises(GraderError, match="rescore"):
        read_results(results)
    ran = CliRunner().invoke(app, told)
    assert ran.exit_code == 0, ran.output
    assert "interrupted" in ran.output
    assert "1 of 3" in ran.output
    assert len(read_results(results)) == 3
