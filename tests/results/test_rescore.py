"""A class scored again by another lab file, without a command around it."""

from pathlib import Path

import pytest

from grader.errors import GraderError
from grader.labs.network_lab import NetworkLab
from grader.marks.rules import MARKS
from grader.marks.store import Marks
from grader.results.folder import DATABASE, UNFINISHED, Unwritable
from grader.results.read import as_it_was, read_results
from grader.results.rescore import preview, write
from grader.types import Mark
from tests.classes import graded
from tests.report.examples import LAB, passed

CLASS = (passed("A1", 44.0, 9300, 0.4), passed("B2", 60.0, 9100, 0.4))


def changed(**score: float) -> NetworkLab:
    """The class's own lab with another formula."""
    return LAB.model_copy(update={"score": LAB.score.model_copy(update=score)})


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """A class of two, graded."""
    return graded(tmp_path / "results", *CLASS)


def total(points: float | None) -> float:
    """Points that there are."""
    assert points is not None
    return points


def test_a_preview_writes_nothing(out: Path) -> None:
    """It has the new points, and the files have the old."""
    before = read_results(out)
    shown = preview(CLASS, changed(accuracy_goal=0.9), out, None)
    gained = [
        total(new.grade.total) - total(old.grade.total)
        for new, old in zip(shown, CLASS, strict=True)
    ]
    assert gained == [pytest.approx(0), pytest.approx(4.5)]
    assert read_results(out) == before
    assert not (out / UNFINISHED).exists()


def test_what_is_written_is_the_preview(out: Path) -> None:
    """Every report has the new hash and points, and the class is whole again."""
    lab = changed(accuracy_goal=0.9)
    shown = preview(CLASS, lab, out, None)
    write(CLASS, lab, out, None)
    written = read_results(out)
    assert [each.grade for each in written] == [each.grade for each in shown]
    assert {each.provenance.lab_sha256 for each in written} == {lab.sha256}
    assert as_it_was(out) is None


def test_marks_count_in_both(out: Path) -> None:
    """Those of the class's own database."""
    mark = Mark(
        person="id:a1",
        student="A1",
        part="1.1",
        points=2.0,
        comment="",
        author="a",
        at="",
        version=1,
    )
    with Marks.open(out / MARKS) as marks:
        marks.save(mark, 0)
    first, _ = preview(CLASS, LAB, out, None)
    assert total(first.grade.total) == pytest.approx(total(CLASS[0].grade.total) + 2)
    write(CLASS, LAB, out, None)
    assert read_results(out)[0].grade == first.grade


def test_a_lab_that_measures_otherwise_has_no_preview(out: Path) -> None:
    """The measurements were made within other limits."""
    limits = LAB.limits.model_copy(update={"entries": 5})
    with pytest.raises(GraderError, match="A1"):
        preview(CLASS, LAB.model_copy(update={"limits": limits}), out, None)


def test_without_measurements_there_is_no_preview(out: Path) -> None:
    """And no empty database is made."""
    (out / DATABASE).unlink()
    with pytest.raises(GraderError, match=DATABASE) as caught:
        preview(CLASS, LAB, out, None)
    assert caught.value.help
    assert not (out / DATABASE).exists()


def test_another_class_than_was_shown_is_not_written(out: Path) -> None:
    """It was graded again in between."""
    shown = (CLASS[0], passed("B2", 50.0, 9100, 0.4))
    with pytest.raises(GraderError, match="graded again"):
        write(shown, changed(accuracy_goal=0.9), out, None)
    assert {each.provenance.lab_sha256 for each in read_results(out)} == {LAB.sha256}


def test_what_was_cut_off_is_kept_and_can_be_finished(out: Path) -> None:
    """The reports as they were stay until all files are written."""
    lab = changed(accuracy_goal=0.9)
    page = out / "students" / "B2" / "feedback.html"
    page.unlink()
    page.mkdir()
    with pytest.raises(GraderError, match=r"feedback\.html") as caught:
        write(CLASS, lab, out, None)
    assert not isinstance(caught.value, Unwritable)
    assert "again" in str(caught.value.help)
    kept = as_it_was(out)
    assert kept is not None
    assert [each.grade for each in kept] == [each.grade for each in CLASS]
    page.rmdir()
    write(kept, lab, out, None)
    assert as_it_was(out) is None
    assert {each.provenance.lab_sha256 for each in read_results(out)} == {lab.sha256}
