"""Which hand-in an idle worker tries too at the end of a class."""

from grader.batch.dask_workers import Worker, is_pending, to_copy
from grader.batch.workers import Task
from grader.pipeline import measure_one


def task(name: str) -> Task:
    """A task of this name."""
    return Task(name=name, function=measure_one, arguments=())


def at_work(name: str, since: float) -> Worker:
    """A worker that has this task in hand since then."""
    worker = Worker(process="a")
    worker.take(task(name), since)
    return worker


def test_the_one_that_has_taken_longest_is_copied() -> None:
    """Only if it takes longer than half of the finished ones took."""
    workers = [at_work("quick", 9.0), at_work("slow", 1.0), at_work("slower", 0.5)]
    copied = to_copy(workers, (4.0, 5.0, 6.0), now=10.0)
    assert copied is not None
    assert copied.name == "slower"
    assert to_copy(workers, (50.0,), now=10.0) is None


def test_nothing_is_copied_before_one_has_finished() -> None:
    """Nobody knows yet what is long."""
    assert to_copy([at_work("first", 0.0)], (), now=1_000.0) is None


def test_a_hand_in_has_two_workers_at_most() -> None:
    """Then the next one is copied."""
    workers = [at_work("a", 0.0), at_work("a", 8.0), at_work("b", 2.0)]
    copied = to_copy(workers, (1.0,), now=10.0)
    assert copied is not None
    assert copied.name == "b"


def test_what_is_known_is_neither_pending_nor_copied() -> None:
    """The slower worker goes on until its task ends, and its outcome is dropped."""
    worker = at_work("a", 0.0)
    assert is_pending("a", [worker])
    worker.is_late = True
    assert worker.task is not None
    assert not is_pending("a", [worker])
    assert to_copy([worker], (1.0,), now=10.0) is None
    worker.put_down()
    assert worker.task is None
    assert worker.is_late is False
