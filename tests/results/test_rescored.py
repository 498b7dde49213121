from dataclasses import fields
from pathlib import Path

import pytest

from grader.batch.fingerprint import fingerprint_of
from grader.batch.store import Store
from grader.errors import GraderError
from grader.labs.network_lab import NetworkLab
from grader.marks.decisions import Given
from grader.results.folder import DATABASE
from grader.results.rescored import check_measured, rescored
from grader.types import Mark, Measured, Report, Setup
from tests.report.examples import LAB, passed

ANN = passed("A1", 44.0, 9300, 0.4)
STRICTER = LAB.model_copy(update={"score": LAB.score.model_copy(update={"accuracy_goal": 0.94})})
NOW = "2024-05-01T00:00:00+00:00"


def keep(report: Report, lab: NetworkLab, store: Store, student: str) -> None:
    """Store what was measured of `report`, as a batch does."""
    setup = Setup(**{each.name: getattr(report.provenance, each.name) for each in fields(Setup)})
    measured = Measured(submission=report.submission, measurements=report.measurements, setup=setup)
    store.save(student, fingerprint_of(report.submission.sha256, lab, setup), measured)


def test_the_new_lab_gives_the_points() -> None:
    """Same measurements, other constants: a hundredth of accuracy is 4.5 points."""
    (after,) = rescored([ANN], STRICTER, Given(), NOW)
    assert after.measurements == ANN.measurements
    assert after.grade.total is not None
    assert ANN.grade.total is not None
    assert ANN.grade.total - after.grade.total == pytest.approx(4.5)
    assert (after.provenance.graded_at, after.provenance.lab_sha256) == (NOW, STRICTER.sha256)


def test_marks_count_under_the_new_lab() -> None:
    """Marks are kept under another formula."""
    mark = Mark(
        person="id:a1",
        student="A1",
        part="1.1",
        points=2.0,
        comment="",
        author="a",
        at=NOW,
        version=1,
    )
    (after,) = rescored([ANN], LAB, Given(marks={"id:a1": {"1.1": mark}}), NOW)
    assert after.grade.total == pytest.approx((ANN.grade.total or 0) + 2)


@pytest.mark.parametrize("now_called", ["A1", "A1-2004"])
def test_another_formula_needs_no_measuring(tmp_path: Path, now_called: str) -> None:
    """Another formula is allowed, also for a student who got another id since."""
    report = passed(now_called, 44.0, 9300, 0.4)
    with Store.open(tmp_path / DATABASE) as store:
        keep(report, LAB, store, "A1")
        check_measured([report], STRICTER, store)


def test_a_lab_that_measures_otherwise_is_refused(tmp_path: Path) -> None:
    """A changed limit needs new measurements: rescoring is refused."""
    limits = LAB.limits.model_copy(update={"entries": 7})
    with Store.open(tmp_path / DATABASE) as store:
        keep(ANN, LAB, store, "A1")
        with pytest.raises(GraderError, match="A1"):
            check_measured([ANN], LAB.model_copy(update={"limits": limits}), store)


def test_only_some_are_named(tmp_path: Path) -> None:
    """The message names five hand-ins and the number of the others."""
    class_ = [passed(f"A{number}", 44.0, 9300, 0.4) for number in range(8)]
    with Store.open(tmp_path / DATABASE) as store, pytest.raises(GraderError, match="3 more"):
        check_measured(class_, LAB, store)
