import time
from concurrent.futures import Executor
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from grader.batch.workers import Died, ExecutorFactory, Raised, Task, Workers, spawned
from grader.evaluators.conditions import Watch
from grader.types import Event, Measured
from tests import fake_stages
from tests.fake_stages import BEATS, conditions, hand_in, ignore, threads

pytestmark = pytest.mark.system


def tasks(folder: Path, orders: dict[str, tuple[str, ...]]) -> list[Task]:
    """A task for each student's orders."""
    return [
        Task(
            name=name,
            function=fake_stages.measure,
            arguments=(hand_in(folder / "in", name, *said), conditions(folder / "work")),
        )
        for name, said in orders.items()
    ]


def unpicklable(watch: Watch) -> object:  # noqa: ARG001 - the same
    """A function can only be pickled by a name that leads to it."""
    return lambda: None


@pytest.mark.parametrize("executor", [spawned, threads])
def test_outcomes_and_events(tmp_path: Path, executor: ExecutorFactory) -> None:
    """Every task's result comes back with its events, a raised error in place of a result."""
    events: list[Event] = []
    workers = Workers(jobs=2, watch=events.append, executor=executor)
    orders = {"B1": (), "B2": ("measure raise",), "B3": ()}
    outcomes = {task.name: outcome for task, outcome in workers.run(tasks(tmp_path, orders))}
    assert outcomes.keys() == orders.keys()
    assert isinstance(outcomes["B1"], Measured)
    assert isinstance(outcomes["B2"], Raised)
    assert repr(outcomes["B2"].error) == "RuntimeError('a bug')"
    assert sorted(event.student for event in events) == ["B1", "B3"]


def test_no_tasks() -> None:
    """Without a task, no worker is started."""

    def none(*about: object, **more: object) -> Executor:
        raise AssertionError(about, more)

    assert not list(Workers(jobs=2, watch=ignore, executor=none).run([]))


def test_death_of_a_worker(tmp_path: Path) -> None:
    """A task that kills its worker is tried twice and reported; the others get their results."""
    orders = {"B1": (), "B2": ("measure exit",), "B3": ("measure sleep 0.2",), "B4": ()}
    workers = Workers(jobs=2, watch=ignore)
    outcomes = {task.name: outcome for task, outcome in workers.run(tasks(tmp_path, orders))}
    assert outcomes.pop("B2") == Died()
    assert {name: type(outcome) for name, outcome in outcomes.items()} == dict.fromkeys(
        ("B1", "B3", "B4"), Measured
    )
    assert fake_stages.calls(tmp_path / "work").count("measure B2") == 2


def test_death_that_does_not_recur(tmp_path: Path) -> None:
    """A worker that died once, for whatever reason, costs a second try and nothing else."""
    workers = Workers(jobs=1, watch=ignore)
    [(_, outcome)] = workers.run(tasks(tmp_path, {"B1": ("measure exit-once",)}))
    assert isinstance(outcome, Measured)


def test_result_that_cannot_be_sent() -> None:
    """A result that cannot leave its process is that task's error."""
    task = Task(name="B1", function=unpicklable, arguments=())  # type: ignore[arg-type]
    [(_, outcome)] = Workers(jobs=1, watch=ignore).run([task])
    assert isinstance(outcome, Raised)


def test_closing_ends_the_workers(tmp_path: Path) -> None:
    """Closing the outcomes ends what is running at once, and nothing lives on."""
    orders = {"B1": (), "B2": ("measure beat",), "B3": ("measure beat",)}
    started = time.monotonic()
    with closing(Workers(jobs=2, watch=ignore).run(tasks(tmp_path, orders))) as outcomes:
        next(outcomes)
        while not (beats := tmp_path / "work" / BEATS).exists():
            time.sleep(0.01)
    assert time.monotonic() - started < 30  # a beating task takes a minute
    size = beats.stat().st_size
    time.sleep(0.2)
    assert beats.stat().st_size == size


def test_more_events_than_the_pipe_holds() -> None:
    """A task that reports more than a pipe holds is not held up for good."""
    events: list[Event] = []
    task = Task(name="B1", function=partial(report_often, 5000), arguments=())
    [(_, outcome)] = Workers(jobs=1, watch=events.append).run([task])
    assert isinstance(outcome, Measured)
    assert [event.done for event in events] == list(range(5000))


def report_often(times: int, watch: Watch) -> Measured:
    """Nothing but events, counted from 0."""
    for done in range(times):
        watch(Event(student="any", step="fake", done=done, of=times))
    return fake_stages.NOTHING
