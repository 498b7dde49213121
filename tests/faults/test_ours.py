"""A bug at every point of the real pipeline: an ERROR that a person looks at, never a zero."""

import csv
import dataclasses
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import pytest

from grader.batch.measure import Plan, grade_batch
from grader.batch.store import Store
from grader.evaluators.registry import EVALUATORS, Evaluator, RebuiltSubmission
from grader.evidence.ids import LATENCY, LINEAGE, WORKER
from grader.intake import fingerprint
from grader.labs.kinds import network_lab
from grader.networks.description import Description
from grader.networks.own_logits import Comparison
from grader.networks.read_checkpoint import ReadCheckpoint
from grader.pipeline import report_of, setup_now, time_one
from grader.results.write import write_results
from grader.scoring.formula import formula_terms
from grader.types import Finding, Measured, Measurement, Report, Status, Submission
from tests.fake_stages import conditions, ignore, threads
from tests.small_networks import STUDENT, small, zipped

FOUND = Finding(value=0.95)  # MFLOPs or accuracy: more than enough for points
# Where it happens: which measurement says so.
POINTS: Mapping[str, str] = {
    "tempfile.TemporaryDirectory": WORKER,
    "grader.evaluators.received.receive": WORKER,
    "grader.evaluators.received.message_of": LINEAGE,
    "grader.evaluators.lineage.rebuild": LINEAGE,
    "grader.evaluators.lineage.compare": LINEAGE,
    "grader.datasets.dataset.Dataset.read": LINEAGE,
    **{id: id for id in EVALUATORS},
    "grader.pipeline.replace_file": WORKER,
    "grader.evaluators.run_all.measure_latency": LATENCY,
}
READ = ReadCheckpoint(
    network=small(),
    description=Description(kind="state_dict"),
    notes=(),
    doubts=(),
)
LAB = network_lab()
POINTS_EARNED = formula_terms(LAB.score, FOUND.value, FOUND.value)[-1].value
OWED = frozenset({WORKER, LINEAGE, "mflops", "accuracy.pytorch"})  # no points without them


def graded(folder: Path, patch: pytest.MonkeyPatch, where: str, error: Exception) -> Report:
    """The report of a hand-in about which every question is answered but the one at `where`."""

    def broken(*_: object, **__: object) -> Finding:
        raise error

    def answered(*_: object) -> Finding:
        return FOUND

    patch.setattr(RebuiltSubmission, "program", b"exported")
    patch.setattr("grader.evaluators.received.message_of", lambda *_: b"message")
    patch.setattr("grader.evaluators.lineage.rebuild", lambda *_: READ)
    patch.setattr("grader.evaluators.lineage.compare", lambda *_: Comparison())
    patch.setattr("grader.datasets.dataset.Dataset.read", lambda *_: (None, None))
    patch.setattr("grader.evaluators.run_all.measure_latency", answered)
    registry = cast("dict[str, Evaluator]", EVALUATORS)
    for id, evaluator in registry.items():
        measure = broken if id == where else answered
        patch.setitem(registry, id, dataclasses.replace(evaluator, measure=measure))
    if where and where not in EVALUATORS:
        patch.setattr(where, broken)
    plan = Plan(conditions=conditions(folder / "work"), executor=threads)
    with Store.open(folder / "out" / "results.db") as store:
        (measured,) = grade_batch([zipped(folder, b"checkpoint")], plan, store, ignore)
    report = report_of(measured, plan.conditions, "now")
    write_results([report], plan.conditions.lab, folder / "out")
    return report


@pytest.mark.parametrize("where", POINTS)
@pytest.mark.parametrize("error", [RuntimeError("a bug"), MemoryError()], ids=repr)
def test_a_bug_is_an_error_and_never_a_zero(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, error: Exception
) -> None:
    """Report, sheet and page say so; points that do not need what broke are kept."""
    said = POINTS[where]
    report = graded(tmp_path, monkeypatch, where, error)
    broken = report.measurement(said)
    assert broken is not None
    assert broken.status is Status.ERROR
    assert broken.value is None
    assert report.grade.needs_review
    assert report.grade.total is None if said in OWED else report.grade.total == POINTS_EARNED

    written = json.loads((tmp_path / "out" / "students" / STUDENT / "report.json").read_text())
    assert written["grade"]["total"] == report.grade.total
    assert written["grade"]["needs_review"]
    with (tmp_path / "out" / "grades.csv").open() as sheet:
        (row,) = csv.DictReader(sheet)
    assert (row["status"], row["needs_review"]) == ("error", "yes")
    assert row["part2"] == row["total"] == ("" if said in OWED else f"{POINTS_EARNED:.4f}")
    assert broken.reason in row["reason"]
    assert "! error" in (tmp_path / "out" / "index.html").read_text()


def test_a_disk_that_fills_up_before_the_timing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hand-in that cannot be unpacked again is our ERROR, to be timed by the next run."""
    place = conditions(tmp_path / "work")
    source = zipped(tmp_path, b"checkpoint")
    submission = Submission(id=STUDENT, source=source, sha256=fingerprint(source, LAB))
    exported = Measurement(id="accuracy.executorch", status=Status.PASSED, value=0.95)
    measured = Measured(submission=submission, measurements=(exported,), setup=setup_now(place))
    full = Measurement(id="intake.archive", status=Status.ERROR, reason="No space left on device.")
    monkeypatch.setattr("grader.pipeline.receive", lambda *_: (submission, (full,)))
    latency = time_one(measured, place, ignore).measurements[-1]
    assert latency.status is Status.ERROR
    assert "No space left on device." in (latency.reason or "")


def test_a_failed_layout_does_not_keep_from_timing_after_a_kill(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without its notebook a hand-in is measured and timed, killed in between or not."""
    place = conditions(tmp_path / "work")
    source = tmp_path / f"{STUDENT}.zip"
    with zipfile.ZipFile(source, "w") as archive:
        archive.writestr("model/mobilenet.pth", b"checkpoint")
    submission = Submission(id=STUDENT, source=source, sha256=fingerprint(source, LAB))
    exported = Measurement(id="accuracy.executorch", status=Status.PASSED, value=0.95)
    measured = Measured(submission=submission, measurements=(exported,), setup=setup_now(place))
    monkeypatch.setattr(RebuiltSubmission, "program", b"exported")
    monkeypatch.setattr("grader.evaluators.lineage.read_checkpoint", lambda *_: READ)
    monkeypatch.setattr("grader.datasets.dataset.Dataset.read", lambda *_: (None, None))
    monkeypatch.setattr("grader.evaluators.run_all.measure_latency", lambda *_: FOUND)
    latency = time_one(measured, place, ignore).measurements[-1]
    assert latency.status is Status.PASSED, latency.reason


def test_without_a_bug(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same hand-in, with nothing broken, passes for those points and needs nobody's look."""
    report = graded(tmp_path, monkeypatch, "", RuntimeError())
    assert {each.status for each in report.measurements} <= {Status.PASSED, Status.SKIPPED}
    assert (report.grade.total, report.grade.needs_review) == (POINTS_EARNED, False)
