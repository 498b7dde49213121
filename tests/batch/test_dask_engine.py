import csv
import hashlib
import os
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from grader.batch import dask_engine
from grader.batch.dask_engine import DaskCluster
from grader.batch.measure import MEASURED, Plan, grade_batch
from grader.batch.store import Store
from grader.cli import app
from grader.datasets.dataset import TestSet
from grader.errors import GraderError
from grader.evaluators.conditions import NetworkConditions
from grader.evidence.ids import WORKER
from grader.sandbox.start import Isolation, best_isolation
from grader.types import Event, Measured, Status
from tests.batch.dask_cluster import Cluster, cluster
from tests.fake_stages import (
    STAGES,
    TROUBLE,
    calls,
    conditions,
    hand_in,
    ignore,
    threads,
)
from tests.writeup.pdfs import pdf, text

pytestmark = pytest.mark.system
distributed = pytest.importorskip("distributed")
DATA = b"the images of a test set"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An open, empty store."""
    with Store.open(tmp_path / "class" / "results" / "results.db") as store:
        yield store


@pytest.fixture
def here(tmp_path: Path) -> NetworkConditions:
    """Conditions whose test set is a file of this machine."""
    made = conditions(tmp_path / "class" / "work")
    path = tmp_path / "class" / "images.bin"
    path.write_bytes(DATA)
    data = TestSet(path=path, sha256=hashlib.sha256(DATA).hexdigest(), images=1, is_sample=True)
    return replace(made, data=data, isolation=best_isolation())


def plan(here: NetworkConditions, made: Cluster, told: list[str]) -> Plan:
    """Fake stages on a cluster; what is said of its workers goes to `told`."""
    return Plan(
        conditions=here,
        stages=STAGES,
        executor=threads,
        is_timed=False,
        elsewhere=DaskCluster(address=made.address, tell=told.append).engine,
    )


def errors(graded: tuple[Measured, ...]) -> list[str]:
    """The students with an ERROR of the worker."""
    return [
        each.submission.id
        for each in graded
        if any(found.id == WORKER and found.status is Status.ERROR for found in each.measurements)
    ]


def graded(hand_ins: Path, out: Path, *options: str) -> Result:
    """The end of `grader grade` for write-ups."""
    asked = ["grade", hand_ins, "--out", out, "--lab", "on-device-2022", *options]
    return CliRunner().invoke(app, [str(each) for each in asked])


def sheet(out: Path) -> list[list[str]]:
    """The rows of grades.csv."""
    with (out / "grades.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def kill_when_busy(made: Cluster, killed: list[int]) -> None:
    """Kill the process of a worker that measures."""
    with distributed.Client(made.address, set_as_default=False) as client:
        while True:
            busy = [address for address, keys in client.processing().items() if keys]
            if len(busy) == len(made.workers):
                break
            time.sleep(0.01)
        pid = client.run(os.getpid, workers=busy[:1])[busy[0]]
        os.kill(pid, signal.SIGKILL)
        killed.append(pid)


def test_a_class_on_a_cluster_has_the_grades_of_one_machine(tmp_path: Path) -> None:
    """Two workers see none of the folder, and one is killed in the middle."""
    folder = tmp_path / "class"
    hand_ins = folder / "in"
    hand_ins.mkdir(parents=True)
    for number in range(16):
        page = text("We used a Raspberry Pi 4 with 8 GB of memory.", f"Student {number}")
        (hand_ins / f"B{number:02}.pdf").write_bytes(pdf(page))
    killed: list[int] = []
    with cluster(tmp_path / "cluster", folder, 2) as made:
        killer = threading.Thread(target=kill_when_busy, args=(made, killed), daemon=True)
        killer.start()
        ran = graded(hand_ins, folder / "far", "--dask", made.address)
        killer.join(1)
    assert ran.exit_code == 0, ran.output
    assert len(killed) == 1
    assert graded(hand_ins, folder / "near").exit_code == 0
    assert sheet(folder / "far") == sheet(folder / "near")
    far, near = (sorted((folder / out / ".pages").iterdir()) for out in ("far", "near"))
    assert [each.name for each in far] == [each.name for each in near]


def test_a_hand_in_that_kills_two_workers_is_its_own_error(
    tmp_path: Path, here: NetworkConditions, store: Store
) -> None:
    """The others are measured; events come to this process; a folder travels too."""
    sources = [hand_in(tmp_path / "class" / "in", f"B{number}") for number in range(6)]
    sources.append(hand_in(tmp_path / "class" / "in", "B9", "measure be-killed"))
    events: list[Event] = []
    with cluster(tmp_path / "cluster", tmp_path / "class", 2) as made:
        found = grade_batch(sources, plan(here, made, []), store, events.append)
    assert errors(found) == ["B9"]
    assert [each.submission.source for each in found] == sources
    assert {each.student for each in events if each.step == "fake"} >= {"B0", "B5"}
    assert (events[-1].step, events[-1].done) == (MEASURED, 7)


def test_a_hand_in_that_kills_a_worker_once_is_measured_by_another(
    tmp_path: Path, here: NetworkConditions, store: Store
) -> None:
    """A worker that is started again by its nanny is a new one."""
    orders = ["measure exit-once"]
    source = hand_in(tmp_path / "class" / "in", "B1", *orders)
    notes = tmp_path / "notes"
    notes.mkdir()
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("NOTES", str(notes))
        with cluster(tmp_path / "cluster", tmp_path / "class", 1) as made:
            found = grade_batch([source], plan(here, made, []), store, ignore)
    assert errors(found) == []


def test_a_hand_in_whose_worker_is_slow_is_tried_by_an_idle_one(
    tmp_path: Path, here: NetworkConditions, store: Store
) -> None:
    """The first outcome counts; the class does not wait for the other."""
    sources = [hand_in(tmp_path / "class" / "in", "B1", "measure wait-once")]
    sources += [hand_in(tmp_path / "class" / "in", f"B{number}") for number in range(2, 6)]
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / TROUBLE).touch()
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("NOTES", str(notes))
        with cluster(tmp_path / "cluster", tmp_path / "class", 2) as made:
            _wait_for_workers(made, 2)
            found = grade_batch(sources, plan(here, made, []), store, ignore)
    assert errors(found) == []
    assert [each.submission.source for each in found] == sources
    assert calls(notes).count("measure B1") == 2


def test_a_worker_that_does_not_fit_gets_no_work(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, here: NetworkConditions, store: Store
) -> None:
    """The reason is said once; without another worker this ends with an error, not a wait."""
    monkeypatch.setattr(dask_engine, "WAIT", 5.0)
    other = Isolation.PROCESS if here.isolation is Isolation.BUBBLEWRAP else Isolation.BUBBLEWRAP
    told: list[str] = []
    sources = [hand_in(tmp_path / "class" / "in", "B1")]
    with cluster(tmp_path / "cluster", tmp_path / "class", 1) as made:
        _wait_for_workers(made, 1)
        unlike = plan(replace(here, isolation=other), made, told)
        with pytest.raises(GraderError, match="No worker"):
            grade_batch(sources, unlike, store, ignore)
    assert len(told) == 1
    assert "isolation" in told[0]


def test_a_worker_that_dask_pauses_gets_no_work(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, here: NetworkConditions, store: Store
) -> None:
    """Its memory is full: that is said, and it is an error, not a wait without end."""
    monkeypatch.setattr(dask_engine, "WAIT", 6.0)
    told: list[str] = []
    sources = [hand_in(tmp_path / "class" / "in", "B1")]
    with cluster(tmp_path / "cluster", tmp_path / "class", 0) as made:
        made.add_worker("full", "--no-nanny", "--memory-limit", "20MB")
        _wait_for_workers(made, 1)
        with pytest.raises(GraderError, match="No worker"):
            grade_batch(sources, plan(here, made, told), store, ignore)
    assert any("memory" in each for each in told)


def test_a_worker_with_a_full_disk_gets_no_more_work(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, here: NetworkConditions, store: Store
) -> None:
    """Its hand-in waits for another worker; what was measured stays."""
    monkeypatch.setattr(dask_engine, "WAIT", 5.0)
    told: list[str] = []
    sources = [hand_in(tmp_path / "class" / "in", "B1", "measure fill-the-disk")]
    with cluster(tmp_path / "cluster", tmp_path / "class", 1) as made:
        _wait_for_workers(made, 1)
        with pytest.raises(GraderError, match="No worker"):
            grade_batch(sources, plan(here, made, told), store, ignore)
    assert len(told) == 1
    assert "disk" in told[0]


def test_a_scheduler_that_goes_away_is_said_and_nothing_is_lost(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, here: NetworkConditions, store: Store
) -> None:
    """What was measured is there in the next run."""
    monkeypatch.setattr(dask_engine, "WAIT", 4.0)
    sources = [hand_in(tmp_path / "class" / "in", f"B{number}") for number in range(3)]
    sources.append(hand_in(tmp_path / "class" / "in", "B9", "measure sleep 30"))
    with cluster(tmp_path / "cluster", tmp_path / "class", 1) as made:
        scheduler = made.scheduler
        assert scheduler is not None

        def stop(event: Event) -> None:
            if event.step == MEASURED and event.done == 3:
                scheduler.kill()

        _wait_for_workers(made, 1)
        with pytest.raises(GraderError, match="is gone"):
            grade_batch(sources, plan(here, made, []), store, stop)
    kept = grade_batch(sources[:3], Plan(conditions=here, stages=STAGES), store, ignore)
    assert errors(kept) == []


def test_no_scheduler_is_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With what to do."""
    monkeypatch.setattr(dask_engine, "WAIT", 1.0)
    page = text("We used a Raspberry Pi 4.", "Student")
    (tmp_path / "B1.pdf").write_bytes(pdf(page))
    ran = graded(tmp_path / "B1.pdf", tmp_path / "out", "--dask", "tcp://127.0.0.1:1")
    assert isinstance(ran.exception, GraderError)
    assert "No Dask scheduler" in str(ran.exception)


def _wait_for_workers(made: Cluster, count: int) -> None:
    with distributed.Client(made.address, set_as_default=False) as client:
        client.wait_for_workers(count, timeout=60)
