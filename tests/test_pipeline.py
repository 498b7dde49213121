import dataclasses
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from grader import __version__
from grader.datasets.cifar10 import CIFAR10
from grader.errors import Fault, GraderError, HarnessError, Skip
from grader.evaluators.conditions import NetworkConditions
from grader.evaluators.registry import EVALUATORS, RebuiltSubmission
from grader.evidence.ids import EXECUTORCH, question_id
from grader.evidence.latency import LatencyEvidence, Timing
from grader.intake import fingerprint
from grader.labs.kinds import network_lab
from grader.pipeline import (
    measure_one,
    needs_second_timing,
    report_of,
    setup_now,
    time_one,
)
from grader.sandbox.start import Isolation, best_isolation
from grader.types import Event, Finding, Measured, Measurement, Status, Submission
from tests.small_networks import STUDENT, saved, small, small_program, state_dict, zipped

pytestmark = pytest.mark.system

LAB = network_lab()
IDS = (
    *("intake.archive", "intake.layout", "structure.lineage", "mflops"),
    *("accuracy.pytorch", "accuracy.executorch", "accuracy.program"),
    *("accuracy.runner", "notebook"),
)
QUESTIONS = tuple(question_id(each.id) for each in LAB.questions)
LATENCY = "latency.executorch"


def conditions_in(work: Path) -> NetworkConditions:
    """The sample and the default lab, with scratch space in `work`."""
    return NetworkConditions(
        lab=LAB,
        data=CIFAR10.verify(CIFAR10.sample_path()),
        isolation=best_isolation(),
        threads=1,
        work=work / "work",
    )


def ignore(event: Event) -> None:
    """A watch that does not look."""


def by_id(measured: Measured) -> dict[str, Measurement]:
    """The measurements by id, of which each is there once; the questions have their own tests."""
    found = {each.id: each for each in measured.measurements}
    assert len(found) == len(measured.measurements)
    assert set(QUESTIONS) & set(found) in (set(), set(QUESTIONS))
    return {id: each for id, each in found.items() if id not in QUESTIONS}


def statuses(measured: Measured) -> dict[str, Status]:
    """Return each check's status."""
    return {id: each.status for id, each in by_id(measured).items()}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """A hand-in that was measured and timed, and what was heard meanwhile."""

    conditions: NetworkConditions
    measured: Measured
    timed: Measured
    events: tuple[Event, ...]


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Graded:
    """The small network, handed in as a whole model, on the 1,000 images of the sample."""
    folder = tmp_path_factory.mktemp("graded")
    conditions = conditions_in(folder)
    events: list[Event] = []
    measured = measure_one(zipped(folder, saved(small())), conditions, events.append)
    timed = time_one(measured, conditions, events.append)
    return Graded(conditions=conditions, measured=measured, timed=timed, events=tuple(events))


@pytest.mark.slow
def test_a_hand_in_is_measured_from_end_to_end(graded: Graded) -> None:
    """Every check passes but those of a program and a runner, which were not handed in."""
    found = by_id(graded.measured)
    assert tuple(found) == IDS
    skipped = {found.pop(id).status for id in ("accuracy.program", "accuracy.runner")}
    assert skipped == {Status.SKIPPED}
    assert {each.status for each in found.values()} == {Status.PASSED}
    assert graded.measured.submission.id == STUDENT
    assert found["structure.lineage"].evidence["container"] == "full pickle"


@pytest.mark.slow
def test_the_numbers_are_those_of_the_network(graded: Graded) -> None:
    """Parameters as in the module, a hundred images of each class, and an accuracy of all."""
    found = by_id(graded.measured)
    parameters = sum(parameter.numel() for parameter in small().module.parameters())
    assert found["structure.lineage"].value == found["mflops"].evidence["parameters"] == parameters
    confusion = np.array(found["accuracy.pytorch"].evidence["confusion"])
    assert confusion.sum(axis=1).tolist() == [100] * 10
    assert found["accuracy.pytorch"].value == confusion.trace() / 1_000
    assert found["accuracy.executorch"].evidence["agreement"] == pytest.approx(1, abs=0.01)
    assert found["accuracy.executorch"].evidence["program_bytes"] == len(small_program())


@pytest.mark.slow
def test_every_step_is_heard_of_to_its_end(graded: Graded) -> None:
    """Events bear the student's id; each evaluator's step ends complete, and so do the images."""
    assert {event.student for event in graded.events} == {STUDENT}
    last = {event.step: (event.done, event.of) for event in graded.events}
    assert last["accuracy"] == (1_000, 1_000)
    assert all(last[id] == (1, 1) for id in EVALUATORS)
    assert last["latency"] == (1, 1)
    assert all(0 <= event.done <= event.of for event in graded.events)


@pytest.mark.slow
def test_nothing_stays_in_the_work_folder_but_the_program(graded: Graded) -> None:
    """The hand-in's files are gone; the exported program waits to be timed."""
    work = graded.conditions.work
    files = [path for path in work.rglob("*") if path.is_file()]
    assert files == [graded.conditions.program_path(graded.measured.submission)]
    assert files[0].read_bytes() == small_program()


@pytest.mark.slow
def test_latency_is_timed_on_one_thread_and_all(graded: Graded) -> None:
    """Latency uses all processors, not only a worker's share."""
    assert tuple(by_id(graded.timed)) == (*IDS, LATENCY)
    assert graded.timed.measurements[:-1] == graded.measured.measurements
    latency = by_id(graded.timed)[LATENCY]
    assert latency.status is Status.PASSED
    rows = latency.evidence["threads"]
    assert isinstance(rows, list)
    threads = [each["threads"] for each in rows if isinstance(each, dict)]
    assert threads == sorted({1, os.cpu_count() or 1})


@pytest.mark.slow
def test_timing_again_replaces_the_time(graded: Graded) -> None:
    """There is one latency, the last."""
    again = time_one(graded.timed, graded.conditions, ignore)
    assert tuple(by_id(again)) == (*IDS, LATENCY)
    assert by_id(again)[LATENCY].seconds != by_id(graded.timed)[LATENCY].seconds


def with_times(spread: float, unpruned_spread: float, p50: float = 2.0) -> Finding:
    """A latency on one thread, busy above a spread of 0.5."""
    timing = Timing(
        threads=1,
        p50=p50,
        p90=None,
        p99=None,
        spread=spread,
        unpruned_p50=None,
        speedup=None,
        unpruned_spread=unpruned_spread,
        busy=max(spread, unpruned_spread) > 0.5,
    )
    evidence = LatencyEvidence(warm_up=10, runs=60, threads=(timing,))
    return Finding(value=p50, unit="ms", evidence=evidence.json())


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (with_times(0.1, 0.1), with_times(0.0, 0.0, p50=3.0), (3.0, None, False)),
        (with_times(0.9, 0.1), with_times(0.1, 0.2, p50=3.0), (3.0, 2, False)),
        (with_times(0.1, 0.8), with_times(0.1, 0.9, p50=3.0), (2.0, 2, False)),
        (with_times(0.1, 0.8), HarnessError("It broke."), (2.0, None, True)),
    ],
)
def test_of_two_timings_the_steadier_is_the_latency(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    first: Finding,
    second: Finding | Exception,
    expected: tuple[float, int | None, bool],
) -> None:
    """If the machine was busy in the first; a second one that fails changes nothing."""
    conditions = conditions_in(tmp_path)
    submission = Submission(id=STUDENT, source=tmp_path / "none.zip", sha256="ab")
    program = conditions.program_path(submission)
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_bytes(b"a program")
    exported = Measurement(id=EXECUTORCH, status=Status.PASSED)
    measured = Measured(
        submission=submission, measurements=(exported,), setup=setup_now(conditions)
    )
    found = iter((first, second))

    def measure_latency(*_: object) -> Finding:
        given = next(found)
        if isinstance(given, Exception):
            raise given
        return given

    monkeypatch.setattr("grader.evaluators.run_all.measure_latency", measure_latency)
    once = time_one(measured, conditions, ignore)
    twice = time_one(once, conditions, ignore)
    latency = by_id(twice)[LATENCY]
    evidence = LatencyEvidence.read(latency)
    assert (latency.status, latency.value) == (Status.PASSED, evidence.timings[0].p50)
    assert (latency.value, evidence.passes, needs_second_timing(twice)) == expected


def found_again(source: Path) -> Measured:
    """A hand-in that an earlier run measured, of which no program is left."""
    submission = Submission(id=STUDENT, source=source, sha256=fingerprint(source, LAB))
    measurement = Measurement(id="accuracy.executorch", status=Status.PASSED, value=0.5)
    setup = setup_now(conditions_in(source.parent))
    return Measured(submission=submission, measurements=(measurement,), setup=setup)


@pytest.mark.slow
def test_a_program_that_was_lost_is_exported_again(tmp_path: Path) -> None:
    """After a kill the program is gone: the hand-in is opened again, and timed."""
    measured = found_again(zipped(tmp_path, state_dict(small())))
    latency = by_id(time_one(measured, conditions_in(tmp_path), ignore))[LATENCY]
    assert latency.status is Status.PASSED
    assert list(conditions_in(tmp_path).work.iterdir()) == []


def test_a_hand_in_that_changed_meanwhile_is_not_timed(tmp_path: Path) -> None:
    """Other bytes than those that were measured are our ERROR, with the file named."""
    measured = found_again(zipped(tmp_path, b"a checkpoint"))
    zipped(tmp_path, b"another")
    latency = by_id(time_one(measured, conditions_in(tmp_path), ignore))[LATENCY]
    assert latency.status is Status.ERROR
    assert latency.reason
    assert f"{STUDENT}.zip changed" in latency.reason


@pytest.mark.slow
def test_the_report_says_what_it_depends_on(graded: Graded) -> None:
    """Provenance has the grader, the lab, the data and the packages; the grade is an estimate."""
    report = report_of(graded.timed, graded.conditions, "2024-04-05T09:00:00+00:00")
    told = report.provenance
    assert (told.grader, told.lab, told.lab_sha256) == (__version__, LAB.name, LAB.sha256)
    assert (told.data_images, told.data_sha256) == (1_000, graded.conditions.data.sha256)
    assert told.isolation == graded.conditions.isolation.value
    assert told.graded_at == "2024-04-05T09:00:00+00:00"
    assert told.measured_at == graded.measured.setup.measured_at
    assert told.packages["torch"].startswith("2.13")
    assert set(told.packages) == {"torch", "torchvision", "torch-pruning", "executorch"}
    assert report.measurements == graded.timed.measurements
    assert report.grade.estimate
    assert report.grade.total == 0  # a network that was never trained is at the floor


def measured_with(
    monkeypatch: pytest.MonkeyPatch, folder: Path, **ways: Callable[[RebuiltSubmission], Finding]
) -> Measured:
    """Measure a state_dict, each evaluator answering at once or as one of `ways` does."""
    registry = cast("dict[str, object]", EVALUATORS)
    ways.setdefault("accuracy_executorch", exporting)
    for id, evaluator in EVALUATORS.items():
        way = ways.get(id.replace(".", "_"), lambda _subject: Finding(value=0.5))
        monkeypatch.setitem(registry, id, dataclasses.replace(evaluator, measure=way))
    source = zipped(folder, state_dict(small()))
    return measure_one(source, conditions_in(folder), ignore)


def raising(error: Exception) -> Callable[[RebuiltSubmission], Finding]:
    """An evaluator that ends like this."""

    def measure(_subject: RebuiltSubmission) -> Finding:
        raise error

    return measure


def exporting(subject: RebuiltSubmission) -> Finding:
    """An evaluator that leaves a program behind."""
    vars(subject)["program"] = b"exported"
    return Finding(value=0.5)


def test_an_unexpected_exception_is_an_error_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bug in one evaluator is its ERROR, with the exception's type; the others are unchanged."""
    measured = measured_with(monkeypatch, tmp_path, mflops=raising(ZeroDivisionError("a bug")))
    assert statuses(measured) == {
        **dict.fromkeys(IDS, Status.PASSED),
        "mflops": Status.ERROR,
    }
    broken = by_id(measured)["mflops"]
    assert "ZeroDivisionError: a bug" in str(broken.reason)
    assert broken.help
    assert broken.value is None
    assert report_of(measured, conditions_in(tmp_path), "now").grade.total is None


def test_each_way_to_end_has_its_status(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Fault is FAILED with its evidence, a Skip SKIPPED, a HarnessError ERROR with its text."""
    measured = measured_with(
        monkeypatch,
        tmp_path,
        mflops=raising(
            Fault("Wrong.", help="Right it.", expected="1", actual="2", evidence={"key": 3})
        ),
        accuracy_executorch=raising(HarnessError("It could not be exported.")),
        accuracy_program=raising(Skip("Not here.", help="Bring it.")),
    )
    found = by_id(measured)
    fault, broken, skip = (
        found[id] for id in ("mflops", "accuracy.executorch", "accuracy.program")
    )
    assert (fault.status, fault.reason, fault.help) == (Status.FAILED, "Wrong.", "Right it.")
    assert (fault.expected, fault.actual, fault.evidence) == ("1", "2", {"key": 3})
    assert broken.status is Status.ERROR
    assert "It could not be exported." in str(broken.reason)
    assert (skip.status, skip.reason, skip.help) == (Status.SKIPPED, "Not here.", "Bring it.")


def test_what_needs_a_check_that_did_not_pass_is_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program is compared with PyTorch's answers: without them it says why it was not."""
    measured = measured_with(monkeypatch, tmp_path, accuracy_pytorch=raising(ValueError("a bug")))
    skip = by_id(measured)["accuracy.program"]
    assert skip.status is Status.SKIPPED
    assert "accuracy.pytorch" in str(skip.reason)


def test_a_program_that_cannot_be_kept_costs_no_measurement(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk at the very end loses nothing: the program is exported again when timed."""
    conditions_in(tmp_path).work.mkdir()
    (conditions_in(tmp_path).work / "programs").write_bytes(b"no folder")
    measured = measured_with(monkeypatch, tmp_path)
    assert set(statuses(measured).values()) == {Status.PASSED}


def test_a_hand_in_without_a_checkpoint_is_skipped_throughout(tmp_path: Path) -> None:
    """The layout failed; all that needs the network says so, and that part's grade is a zero."""
    conditions = conditions_in(tmp_path)
    measured = time_one(measure_one(zipped(tmp_path, None), conditions, ignore), conditions, ignore)
    after = [id for id in (*IDS[2:], LATENCY) if id != "notebook"]
    assert statuses(measured) == {
        "intake.archive": Status.PASSED,
        "intake.layout": Status.FAILED,
        "notebook": Status.PASSED,
        **dict.fromkeys(after, Status.SKIPPED),
    }
    found = by_id(measured)
    assert "checkpoint" in str(found["structure.lineage"].reason)
    assert "structure.lineage" in str(found["mflops"].reason)
    assert "accuracy.executorch" in str(found[LATENCY].reason)
    grade = report_of(measured, conditions, "now").grade
    assert (grade.total, grade.items[1].reason) == (0, found["intake.layout"].reason)


def test_a_checkpoint_that_is_none_fails_and_the_rest_is_skipped(tmp_path: Path) -> None:
    """Lineage has the reason, the grade repeats it, and of the network nothing was asked."""
    conditions = conditions_in(tmp_path)
    measured = measure_one(zipped(tmp_path, b"garbage" * 10), conditions, ignore)
    found = by_id(measured)
    assert found["structure.lineage"].status is Status.FAILED
    assert found["structure.lineage"].help
    assert {found[id].status for id in EVALUATORS if id != "notebook"} == {Status.SKIPPED}
    assert found["notebook"].status is Status.PASSED
    assert "structure.lineage" in str(found["mflops"].reason)
    item = report_of(measured, conditions, "now").grade.items[1]
    assert (item.earned, item.reason) == (0, found["structure.lineage"].reason)


def test_a_notebook_that_is_none_costs_the_network_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It fails by itself, for a person to look at; every number and the points are there."""
    broken = raising(Fault("It is no notebook.", help="Save it again."))
    measured = measured_with(monkeypatch, tmp_path, notebook=broken)
    assert statuses(measured) == {**dict.fromkeys(IDS, Status.PASSED), "notebook": Status.FAILED}
    grade = report_of(measured, conditions_in(tmp_path), "now").grade
    assert grade.total is not None
    assert any(reason.startswith("notebook: ") for reason in grade.review)


def test_the_notebooks_page_is_kept_where_the_conditions_say(tmp_path: Path) -> None:
    """By its hash, and nothing of it is left in the work folder."""
    pages = tmp_path / "pages"
    conditions = dataclasses.replace(conditions_in(tmp_path), pages=pages)
    measured = measure_one(zipped(tmp_path, b"garbage" * 10), conditions, ignore)
    assert [path.stem for path in pages.iterdir()] == [by_id(measured)["notebook"].evidence["page"]]
    assert list(conditions.work.iterdir()) == []


def test_a_test_set_that_changed_stops_everything(tmp_path: Path) -> None:
    """It is for the person at the keyboard: no hand-in is blamed and no ERROR is saved."""
    copy = tmp_path / "test_batch.bin"
    shutil.copyfile(CIFAR10.sample_path(), copy)
    conditions = dataclasses.replace(conditions_in(tmp_path), data=CIFAR10.verify(copy))
    copy.write_bytes(b"another")
    with pytest.raises(GraderError, match="changed"):
        measure_one(zipped(tmp_path, state_dict(small())), conditions, ignore)
    assert list(conditions.work.iterdir()) == []


@pytest.mark.parametrize("what", ["source", "work", "data"])
def test_nothing_is_graded_where_programs_can_read_labels(what: str, tmp_path: Path) -> None:
    """Every box is shown Python's own folders: a hand-in or labels there would be open to all."""
    seen = Path(sys.prefix) / "lib" / "class"
    conditions = dataclasses.replace(conditions_in(tmp_path), isolation=Isolation.BUBBLEWRAP)
    if what == "work":
        conditions = dataclasses.replace(conditions, work=seen)
    if what == "data":
        data = dataclasses.replace(conditions.data, path=seen)
        conditions = dataclasses.replace(conditions, data=data)
    source = seen if what == "source" else tmp_path / "1.zip"
    with pytest.raises(GraderError, match="could read"):
        measure_one(source, conditions, ignore)
    assert not seen.exists()
