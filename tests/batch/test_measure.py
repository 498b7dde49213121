import os
import platform
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from grader import pipeline
from grader.batch.fingerprint import fingerprint
from grader.batch.measure import MEASURED, TIMED, TIMED_AGAIN, Plan, grade_batch
from grader.batch.sources import identify
from grader.batch.store import Store
from grader.batch.workers import spawned
from grader.errors import GraderError
from grader.evaluators.conditions import Conditions, NetworkConditions
from grader.evidence.ids import LATENCY, WORKER
from grader.evidence.latency import LatencyEvidence
from grader.pipeline import report_of
from grader.sandbox.start import Isolation
from grader.types import Event, Measured, Measurement, Status
from tests.fake_stages import BEATS, STAGES, calls, conditions, hand_in, ignore, threads
from tests.places import ROOT


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An open, empty store."""
    with Store.open(tmp_path / "results" / "results.db") as store:
        yield store


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    """Fake stages in two threads: quick, where no process has to die."""
    return Plan(conditions=conditions(tmp_path / "work"), jobs=2, stages=STAGES, executor=threads)


def verdicts(graded: tuple[Measured, ...]) -> dict[str, list[tuple[str, Status]]]:
    """Return each measurement's status, by hand-in."""
    return {
        each.submission.id: [(found.id, found.status) for found in each.measurements]
        for each in graded
    }


def times_aside(graded: tuple[Measured, ...]) -> list[Measured]:
    """All of `graded` but when it was measured."""
    return [replace(each, setup=replace(each.setup, measured_at="")) for each in graded]


GOOD = [
    ("intake.archive", Status.PASSED),
    ("mflops", Status.PASSED),
    ("accuracy.pytorch", Status.PASSED),
    (LATENCY, Status.PASSED),
]
BROKEN = [(WORKER, Status.ERROR)]


def test_grades_all_by_student(tmp_path: Path, plan: Plan, store: Store) -> None:
    """Every hand-in is measured, then timed, and comes back in the order of the students' ids."""
    sources = [hand_in(tmp_path / "in", student) for student in ("b3", "B1", "B2")]
    graded = grade_batch(sources, plan, store, ignore)
    assert list(verdicts(graded)) == ["B1", "B2", "b3"]
    assert all(each == GOOD for each in verdicts(graded).values())
    assert {call.split()[0] for call in calls(tmp_path / "work")[:3]} == {"measure"}
    assert sorted(calls(tmp_path / "work")[3:]) == ["time B1", "time B2", "time b3"]


def test_nothing_changed(tmp_path: Path, plan: Plan, store: Store) -> None:
    """A second run calls no stage and gives equal results, even from another folder."""
    first = grade_batch([hand_in(tmp_path / "in", "B1")], plan, store, ignore)
    second = grade_batch([hand_in(tmp_path / "moved", "B1")], plan, store, ignore)
    assert len(calls(tmp_path / "work")) == 2
    assert second[0].measurements == first[0].measurements
    assert second[0].submission.source == tmp_path / "moved" / "B1.zip"


def test_only_what_changed(tmp_path: Path, plan: Plan, store: Store) -> None:
    """Of two hand-ins, a second run measures the one whose bytes are new."""
    sources = [hand_in(tmp_path / "in", student) for student in ("B1", "B2")]
    grade_batch(sources, plan, store, ignore)
    hand_in(tmp_path / "in", "B2", "new")
    graded = grade_batch(sources, plan, store, ignore)
    assert calls(tmp_path / "work")[4:] == ["measure B2", "time B2"]
    assert graded[1].measurements[1].evidence["bytes"] == list(b"B2\nnew")


def changed(conditions: Conditions, what: str) -> NetworkConditions:
    """`conditions` with another `what`."""
    assert isinstance(conditions, NetworkConditions)
    lab, data = conditions.lab, conditions.data
    match what:
        case "formula":
            score = lab.score.model_copy(update={"points": 50.0})
            return replace(conditions, lab=lab.model_copy(update={"score": score}))
        case "limits":
            limits = lab.limits.model_copy(update={"entries": 7})
            return replace(conditions, lab=lab.model_copy(update={"limits": limits}))
        case "data":
            return replace(conditions, data=replace(data, sha256="1" * 64))
        case "checkpoint key":
            return replace(conditions, checkpoint_key="ema")
        case "isolation":
            return replace(conditions, isolation=Isolation.BUBBLEWRAP)
    return conditions


def now(monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    """Let another `what` of these be at work from here on."""
    match what:
        case "grader":
            monkeypatch.setattr(pipeline, "__version__", "0.0.1")
        case "measurements":
            monkeypatch.setattr(pipeline, "MEASUREMENTS_VERSION", "0.0.1")
        case "machine":
            monkeypatch.setattr(platform, "node", lambda: "another")
        case "packages":
            monkeypatch.setattr(pipeline, "_installed", lambda names: dict.fromkeys(names, "next"))


@pytest.mark.parametrize(
    ("what", "measured_again"),
    [
        *(("formula", False), ("machine", False), ("grader", False)),
        *(("limits", True), ("data", True), ("isolation", True), ("measurements", True)),
        *(("packages", True), ("checkpoint key", True)),
    ],
)
def test_what_measurements_depend_on(
    monkeypatch: pytest.MonkeyPatch, plan: Plan, store: Store, what: str, measured_again: bool
) -> None:
    """A change of what measurements depend on measures again; a change of the formula does not."""
    work = plan.conditions.work
    sources = [hand_in(work / "in", "B1")]
    grade_batch(sources, plan, store, ignore)
    now(monkeypatch, what)
    plan = replace(plan, conditions=changed(plan.conditions, what))
    grade_batch(sources, plan, store, ignore)
    assert (len(calls(work)) == 4) is measured_again


def test_provenance_is_of_the_run_that_measured(
    monkeypatch: pytest.MonkeyPatch, plan: Plan, store: Store
) -> None:
    """A report made from a found result names the machine that measured, and the scoring's lab."""
    sources = [hand_in(plan.conditions.work / "in", "B1")]
    (first,) = grade_batch(sources, plan, store, ignore)
    now(monkeypatch, "machine")
    rescored = changed(plan.conditions, "formula")
    (second,) = grade_batch(sources, replace(plan, conditions=rescored), store, ignore)
    assert second.setup == first.setup
    told = report_of(second, rescored, "later").provenance
    assert (told.machine, told.measured_at) == (first.setup.machine, first.setup.measured_at)
    assert (told.lab_sha256, told.graded_at) == (rescored.lab.sha256, "later")


def test_a_hand_in_may_be_timed_on_another_machine(
    monkeypatch: pytest.MonkeyPatch, plan: Plan, store: Store
) -> None:
    """A hand-in that was measured but not timed is only timed; the rest stays."""
    sources = [hand_in(plan.conditions.work / "in", "B1", "time raise")]
    (first,) = grade_batch(sources, plan, store, ignore)
    now(monkeypatch, "machine")
    (again,) = grade_batch(sources, plan, store, ignore)
    assert calls(plan.conditions.work) == ["measure B1", "time B1", "time B1"]
    assert again.setup == first.setup


def test_a_plan_without_timing_times_nothing(plan: Plan, store: Store) -> None:
    """A later run with timing only times."""
    sources = [hand_in(plan.conditions.work / "in", "B1")]
    (untimed,) = grade_batch(sources, replace(plan, is_timed=False), store, ignore)
    assert verdicts((untimed,)) == {"B1": GOOD[:-1]}
    assert verdicts(grade_batch(sources, plan, store, ignore)) == {"B1": GOOD}
    assert calls(plan.conditions.work) == ["measure B1", "time B1"]


def test_error_is_tried_again(tmp_path: Path, plan: Plan, store: Store) -> None:
    """A hand-in the grader broke on is an ERROR that says how, alone, and is tried next time."""
    sources = [hand_in(tmp_path / "in", "B1", "measure raise"), hand_in(tmp_path / "in", "B2")]
    graded = grade_batch(sources, plan, store, ignore)
    assert verdicts(graded) == {"B1": BROKEN, "B2": GOOD}
    assert "RuntimeError: a bug" in (graded[0].measurements[0].reason or "")
    before = len(calls(tmp_path / "work"))
    assert times_aside(grade_batch(sources, plan, store, ignore)) == times_aside(graded)
    assert calls(tmp_path / "work")[before:] == ["measure B1"]


def test_error_of_timing(tmp_path: Path, plan: Plan, store: Store) -> None:
    """When timing breaks, what was measured stays, and only the timing is tried again."""
    sources = [hand_in(tmp_path / "in", "B1", "time raise")]
    expected = {"B1": [*GOOD[:-1], (LATENCY, Status.ERROR)]}
    assert verdicts(grade_batch(sources, plan, store, ignore)) == expected
    assert verdicts(grade_batch(sources, plan, store, ignore)) == expected
    assert calls(tmp_path / "work") == ["measure B1", "time B1", "time B1"]


def test_evidence_that_is_not_json(tmp_path: Path, plan: Plan, store: Store) -> None:
    """Evidence that cannot be saved is an ERROR of that hand-in and stops no other."""
    sources = [
        hand_in(tmp_path / "in", "B1", "measure return-a-set"),
        hand_in(tmp_path / "in", "B2"),
    ]
    assert verdicts(grade_batch(sources, plan, store, ignore)) == {"B1": BROKEN, "B2": GOOD}


def test_what_the_user_can_fix(tmp_path: Path, plan: Plan, store: Store) -> None:
    """A GraderError in a worker stops the batch with its own words; what was finished is kept."""
    sources = [hand_in(tmp_path / "in", "B1"), hand_in(tmp_path / "in", "B2", "measure stop")]
    with pytest.raises(GraderError, match=r"The test set is gone\.") as told:
        grade_batch(sources, replace(plan, jobs=1), store, ignore)
    assert told.value.help == "Fetch it."
    assert [each.submission.id for each in kept(store, sources, plan.conditions)] == ["B1"]


def times(measured: Measured) -> LatencyEvidence:
    """The evidence of the only latency."""
    (found,) = (each for each in measured.measurements if each.id == LATENCY)
    return LatencyEvidence.read(found)


def test_a_busy_machine_times_again_at_the_end(tmp_path: Path, plan: Plan, store: Store) -> None:
    """Only those that it disturbed, after all others, once; the last event says how many."""
    sources = [
        hand_in(tmp_path / "in", "B1", "time busy-first"),
        hand_in(tmp_path / "in", "B2", "time busy"),
        hand_in(tmp_path / "in", "B3"),
    ]
    events: list[Event] = []
    graded = grade_batch(sources, replace(plan, jobs=1), store, events.append)
    timed = [each for each in calls(tmp_path / "work") if each.startswith("time")]
    assert timed == ["time B1", "time B2", "time B3", "time B1", "time B2"]
    assert [(times(each).busy, times(each).passes) for each in graded] == [
        (False, 2),
        (True, 2),
        (False, None),
    ]
    counted = [(each.done, each.of) for each in events if each.step == TIMED_AGAIN]
    assert counted == [(0, 2), (1, 2), (2, 2)]


def test_what_stays_busy_is_not_timed_for_ever(tmp_path: Path, plan: Plan, store: Store) -> None:
    """A later run of the same command keeps what is stored."""
    sources = [hand_in(tmp_path / "in", "B1", "time busy")]
    first = grade_batch(sources, plan, store, ignore)
    again = grade_batch(sources, plan, store, ignore)
    assert calls(tmp_path / "work") == ["measure B1", "time B1", "time B1"]
    assert times(again[0]) == times(first[0])


def test_a_run_that_was_stopped_before_the_second_pass_does_it_later(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, plan: Plan, store: Store
) -> None:
    """On the machine that measured; another one leaves the marked number."""
    sources = [hand_in(tmp_path / "in", "B1", "time busy-first")]

    def stop(event: Event) -> None:
        if event.step == TIMED_AGAIN:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        grade_batch(sources, plan, store, stop)
    with monkeypatch.context() as patched:
        now(patched, "machine")
        (elsewhere,) = grade_batch(sources, plan, store, ignore)
        assert (times(elsewhere).busy, times(elsewhere).passes) == (True, None)
    (again,) = grade_batch(sources, plan, store, ignore)
    assert (times(again).busy, times(again).passes) == (False, 2)
    assert calls(tmp_path / "work") == ["measure B1", "time B1", "time B1"]


def test_the_first_timing_stays_if_the_second_fails(
    tmp_path: Path, plan: Plan, store: Store
) -> None:
    """Its numbers are marked; a later run tries again, as after every error."""
    sources = [hand_in(tmp_path / "in", "B1", "time raise-again")]
    (first,) = grade_batch(sources, plan, store, ignore)
    assert verdicts((first,)) == {"B1": GOOD}
    assert (times(first).busy, times(first).passes) == (True, None)
    grade_batch(sources, plan, store, ignore)
    assert calls(tmp_path / "work")[1:] == ["time B1"] * 3


def test_unreadable_source(tmp_path: Path, plan: Plan, store: Store) -> None:
    """A source that is gone is an ERROR and stops no other."""
    sources = [tmp_path / "in" / "B0.zip", hand_in(tmp_path / "in", "B1")]
    assert verdicts(grade_batch(sources, plan, store, ignore)) == {"B0": BROKEN, "B1": GOOD}


def test_change_while_grading(tmp_path: Path, plan: Plan, store: Store) -> None:
    """A hand-in that changes between hashing and measuring is kept as what was measured."""
    sources = [hand_in(tmp_path / "in", "B1")]

    def overwrite(event: Event) -> None:
        if (event.step, event.done) == (MEASURED, 0):
            hand_in(tmp_path / "in", "B1", "other")

    grade_batch(sources, plan, store, overwrite)
    grade_batch(sources, plan, store, ignore)
    assert calls(tmp_path / "work") == ["measure B1", "time B1"]
    hand_in(tmp_path / "in", "B1")
    grade_batch(sources, plan, store, ignore)
    assert len(calls(tmp_path / "work")) == 4


def test_two_hand_ins_of_one_student(tmp_path: Path, plan: Plan, store: Store) -> None:
    """Both are measured under names that tell them apart; whose counts is decided later."""
    sources = [
        hand_in(tmp_path / "late", "B123", "other"),
        hand_in(tmp_path / "early", "B123"),
        hand_in(tmp_path / "early", "B124"),
    ]
    events: list[Event] = []
    graded = grade_batch(sources, plan, store, events.append)
    assert [each.submission.id for each in graded] == ["B123", "B123", "B124"]
    assert verdicts(graded) == dict.fromkeys(("B123", "B124"), GOOD)
    assert {each.student for each in events} == {"", "B123", "B123~2", "B124"}
    assert sum(each.student == "B123~2" and each.step == "fake" for each in events) == 2
    assert [each.submission.source.parent.name for each in graded] == ["early", "late", "early"]
    assert grade_batch(sources, plan, store, ignore) == graded
    assert len(calls(tmp_path / "work")) == 6


def test_same_bytes_twice(tmp_path: Path, plan: Plan, store: Store) -> None:
    """The same bytes of the same student in two places are measured once and listed twice."""
    sources = [hand_in(tmp_path / "a", "B1"), hand_in(tmp_path / "b", "B1")]
    graded = grade_batch(sources, plan, store, ignore)
    assert [each.submission.id for each in graded] == ["B1", "B1"]
    assert len(calls(tmp_path / "work")) == 2


def test_progress(tmp_path: Path, plan: Plan, store: Store) -> None:
    """Events count the hand-ins to do, without those an earlier run did, and pass steps on."""
    grade_batch([hand_in(tmp_path / "in", "B1")], plan, store, ignore)
    sources = [hand_in(tmp_path / "in", student) for student in ("B1", "B2", "B3")]
    events: list[Event] = []
    grade_batch(sources, plan, store, events.append)
    for step in (MEASURED, TIMED):
        counted = [(each.done, each.of) for each in events if each.step == step]
        assert counted == [(0, 2), (1, 2), (2, 2)]
    assert sorted(each.student for each in events if each.step == "fake") == 2 * ["B2"] + 2 * ["B3"]


@pytest.mark.system
def test_error_that_cannot_be_read_back(tmp_path: Path, plan: Plan, store: Store) -> None:
    """An exception that breaks on its way from the worker is an ERROR and stops no other."""
    sources = [
        hand_in(tmp_path / "in", "B1", "measure raise-what-cannot-be-read"),
        hand_in(tmp_path / "in", "B2"),
    ]
    graded = grade_batch(sources, replace(plan, executor=spawned), store, ignore)
    assert verdicts(graded) == {"B1": BROKEN, "B2": GOOD}


@pytest.mark.system
def test_death_while_measuring_and_timing(tmp_path: Path, plan: Plan, store: Store) -> None:
    """A hand-in that kills its process, in either stage, is an ERROR there and stops no other."""
    sources = [
        hand_in(tmp_path / "in", "B1", "measure exit"),
        hand_in(tmp_path / "in", "B2", "time exit"),
        hand_in(tmp_path / "in", "B3"),
    ]
    graded = grade_batch(sources, replace(plan, executor=spawned), store, ignore)
    timing_broke = [*GOOD[:-1], (LATENCY, Status.ERROR)]
    assert verdicts(graded) == {"B1": BROKEN, "B2": timing_broke, "B3": GOOD}
    assert all("twice" in (error.reason or "") for error in errors(graded))


def errors(graded: tuple[Measured, ...]) -> list[Measurement]:
    """The measurements that are the grader's own fault."""
    return [found for each in graded for found in each.measurements if found.status is Status.ERROR]


def start(folder: Path) -> subprocess.Popen[bytes]:
    """A grader of its own, in a process group of its own."""
    command = [sys.executable, "-m", "tests.fake_stages", str(folder)]
    return subprocess.Popen(command, cwd=ROOT, start_new_session=True, stderr=subprocess.PIPE)


def wait_for_calls(folder: Path, count: int) -> None:
    """Return once the stages were called `count` times."""
    deadline = time.monotonic() + 30
    while len(calls(folder / "work")) < count:
        assert time.monotonic() < deadline, f"no {count} calls in 30 seconds"
        time.sleep(0.005)


def kept(store: Store, sources: Sequence[Path], conditions: Conditions) -> list[Measured]:
    """Return the stored results of these sources."""
    found = (
        store.measured(each.student, fingerprint(each.sha256, conditions))
        for each in identify(sources, conditions.lab)
    )
    return [each for each in found if each]


def saved(folder: Path) -> list[Measured]:
    """Return the stored results of the class; opening the store shows that it is not locked."""
    with Store.open(folder / "out" / "results.db") as store:
        return kept(store, list((folder / "in").iterdir()), conditions(folder / "work"))


@pytest.mark.system
def test_workers_die_with_the_grader(tmp_path: Path) -> None:
    """When the grader is killed, its workers do not go on without it."""
    hand_in(tmp_path / "in", "B1", "measure beat")
    beats = tmp_path / "work" / BEATS
    with start(tmp_path) as grader:
        while not beats.exists():
            time.sleep(0.01)
        grader.kill()
        grader.wait()
    time.sleep(0.3)
    size = beats.stat().st_size
    time.sleep(0.3)
    assert beats.stat().st_size == size


@pytest.mark.system
def test_interrupt(tmp_path: Path) -> None:
    """Ctrl-C ends the grader and its workers at once and quietly; what was finished is kept."""
    hand_in(tmp_path / "in", "B1")
    hand_in(tmp_path / "in", "B2", "measure beat")
    beats = tmp_path / "work" / BEATS
    with start(tmp_path) as grader:
        wait_for_calls(tmp_path, 2)
        while not beats.exists():
            time.sleep(0.01)
        time.sleep(0.2)
        os.killpg(grader.pid, signal.SIGINT)
        _, said = grader.communicate(timeout=20)
    assert grader.returncode == 130
    assert said == b""
    assert [each.submission.id for each in saved(tmp_path)] == ["B1"]
    size = beats.stat().st_size
    time.sleep(0.2)
    assert beats.stat().st_size == size


def test_what_a_device_failed_at_measures_nothing_again(
    tmp_path: Path, plan: Plan, store: Store
) -> None:
    """Without a device, its ERROR stays, and the rest does not change."""
    source = hand_in(tmp_path / "in", "B1")
    (first,) = grade_batch([source], plan, store, ignore)
    failed = Measurement(id="latency.device", status=Status.ERROR, reason="The device is gone.")
    known = replace(first, measurements=(*first.measurements, failed))
    store.save("B1", fingerprint(first.submission.sha256, plan.conditions), known)
    (again,) = grade_batch([source], plan, store, ignore)
    assert again.measurements == known.measurements
    assert len(calls(tmp_path / "work")) == 2
