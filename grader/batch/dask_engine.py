"""Measures hand-ins on the workers of a Dask cluster.

The machine that grades gives each fitting worker one hand-in at a time, as bytes, and gets records
back. So it knows which hand-in a worker had that died, and a worker that joins later gets work too.
"""

import asyncio
import queue
import time
import uuid
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from functools import partial
from typing import Any

from grader.batch.dask_transport import (
    BEGUN,
    connect,
    far,
    is_full_disk,
    is_of_the_cluster,
    keep,
    without_paths,
)
from grader.batch.dask_workers import Worker, is_pending, to_copy
from grader.batch.far_worker import (
    Described,
    Far,
    FarTask,
    Moved,
    describe,
    keep_data,
)
from grader.batch.fingerprint import differences
from grader.batch.packed import pack
from grader.batch.workers import Died, Outcome, Raised, Task
from grader.errors import GraderError, HarnessError
from grader.evaluators.conditions import Conditions, Watch
from grader.pipeline import setup_now
from grader.text import sentence
from grader.types import Event

WAIT = 60.0  # seconds without a fitting worker, or without the scheduler, before it is an error
LOOK = 0.5  # seconds between two looks at the workers
PAUSE = 0.02  # seconds between two looks at the results
DEATHS = 2  # of its worker, after which a hand-in is an ERROR
RUNNING = "running"  # Dask's word for a worker that takes work
SAVED = "What was measured is saved: run the same command again."


@dataclass(frozen=True, slots=True, kw_only=True)
class DaskCluster:
    """A scheduler's address, and the callback for a worker that does not fit: its reason."""

    address: str
    tell: Callable[[str], None]

    def engine(self, watch: Watch) -> "DaskEngine":
        """Return the engine of one stage; `watch` gets the events of the workers."""
        return DaskEngine(cluster=self, watch=watch)


@dataclass(frozen=True, slots=True, kw_only=True)
class DaskEngine:
    """Runs tasks of `(path, conditions)` on a cluster."""

    cluster: DaskCluster
    watch: Watch

    def run(self, tasks: Iterable[Task]) -> Generator[tuple[Task, Outcome], None, None]:
        """Run every task and yield its outcome, in the order in which they finish.

        Raises `GraderError` if the scheduler cannot be reached or goes away, or if it has no
        fitting worker for a minute.
        """
        waiting = deque(tasks)
        if not waiting:
            return
        with connect(self.cluster.address, WAIT) as client:
            run = _Run(
                client=client,
                cluster=self.cluster,
                watch=self.watch,
                conditions=waiting[0].arguments[1],
                waiting=waiting,
            )
            yield from run.outcomes()


@dataclass(slots=True, kw_only=True)
class _Run:
    """One run over the tasks: who has which, and how often a worker died with one."""

    client: Any
    cluster: DaskCluster
    watch: Watch
    conditions: Conditions
    waiting: deque[Task]
    topic: str = field(default_factory=lambda: f"grader-{uuid.uuid4().hex}")
    events: "queue.SimpleQueue[dict[str, Any]]" = field(default_factory=queue.SimpleQueue)
    workers: dict[str, Worker] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)
    deaths: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)  # of each finished task
    alone_since: float = field(default_factory=time.monotonic)
    looked_at: float = 0.0

    def outcomes(self) -> Iterator[tuple[Task, Outcome]]:
        """Yield the outcome of each task, until none is left."""
        self.client.subscribe_topic(self.topic, lambda event: self.events.put(event[1]))
        while self.waiting or any(each.pending for each in self.workers.values()):
            if time.monotonic() - self.looked_at >= LOOK:
                yield from self._look()
            self._assign()
            yield from self._finished()
            self._pass_events_on()
            time.sleep(PAUSE)

    def _look(self) -> Iterator[tuple[Task, Outcome]]:
        """Find new workers, and yield what is lost with those that are gone."""
        self.looked_at = time.monotonic()
        known = self._known()
        for address in sorted(known.keys() - self.workers.keys() - self.refused):
            if known[address] == RUNNING:
                self._meet(address)
        for address in sorted(self.workers.keys() - known.keys()):
            yield from self._lost(address)
        self.refused &= known.keys()
        for address, worker in list(self.workers.items()):
            yield from self._noted(address, worker, known.get(address, RUNNING))
        if any(each.task or each.paused_since is None for each in self.workers.values()):
            self.alone_since = self.looked_at
        elif self.looked_at - self.alone_since > WAIT:
            raise GraderError(
                f"No worker at {self.cluster.address} could take a hand-in for {WAIT:.0f} s.",
                help=f"Start workers that fit this machine (docs/cluster.md). {SAVED}",
            )

    def _noted(self, address: str, worker: Worker, status: str) -> Iterator[tuple[Task, Outcome]]:
        """Note whether Dask gives the worker work, and take back what it cannot do or deliver."""
        if status == RUNNING:
            worker.paused_since = None
            return
        if worker.paused_since is None:
            worker.paused_since = self.looked_at
            self.cluster.tell(
                f"The worker {address} is {status} by Dask. If its memory is full, start it with "
                "a greater --memory-limit."
            )
        waited = self.looked_at - worker.paused_since
        if worker.task is None or waited <= WAIT:
            return
        if not worker.has_begun:
            worker.future.cancel()
            if not worker.is_late:
                self.waiting.appendleft(worker.task)
            worker.put_down()
        elif worker.result is not None:
            yield from self._lost(address)

    def _known(self) -> dict[str, str]:
        """Return the workers' states by address; none while the scheduler is away for a moment."""
        with suppress(OSError, TimeoutError):
            if self.client.status == RUNNING:
                workers = self.client.scheduler_info(-1)["workers"]
                return {address: str(each["status"]) for address, each in workers.items()}
        if self.looked_at - self.alone_since > WAIT or self.client.status == "closed":
            raise GraderError(
                f"The Dask scheduler at {self.cluster.address} is gone.",
                help=f"Start it and its workers again. {SAVED}",
            )
        return {}

    def _meet(self, address: str) -> None:
        """Add a worker if its measurements would be this machine's; otherwise say why not."""
        travelling = without_paths(self.conditions)
        found = self._call(address, describe, travelling)
        if isinstance(found, Described):
            here = setup_now(self.conditions)
            why = "; ".join(f"it has {each}" for each in differences(found.setup, here))
            if not why and not found.has_data:
                assert self.conditions.data is not None
                data = self.conditions.data
                sent = self._call(address, keep_data, data.sha256, data.path.read_bytes())
                why = f"it cannot keep the test set: {sent}" if sent is not None else ""
            if not why:
                self.workers[address] = Worker(process=found.process)
                return
        else:
            why = f"it cannot run this grader: {type(found).__name__}: {found}"
        self.refused.add(address)
        self.cluster.tell(f"The worker {address} gets no work: {sentence(why)}")

    def _call(self, address: str, function: Callable[..., Any], *arguments: Any) -> Any:
        """Return what `function` returns in a worker, or the exception that it raised."""
        try:
            found = self.client.run(function, *arguments, workers=[address], on_error="return")
        except Exception as error:
            return error
        return found.get(address, RuntimeError("it is gone"))

    def _assign(self) -> None:
        for address, worker in self.workers.items():
            if worker.task is not None or worker.paused_since is not None:
                continue
            now = time.monotonic()
            task = (
                self.waiting.popleft()
                if self.waiting
                else to_copy(self.workers.values(), self.seconds, now)
            )
            if task is None:
                return
            path, conditions = task.arguments
            worker.take(task, now)
            try:
                hand_in = pack(path)
            except HarnessError as error:
                worker.future = Future()
                worker.future.set_exception(error)
                continue
            far_task = FarTask(
                name=task.name,
                function=task.function,
                hand_in=hand_in,
                conditions=without_paths(conditions),
                process=worker.process,
            )
            worker.future = self.client.submit(
                partial(far, topic=self.topic), far_task, workers=[address], pure=False
            )

    def _finished(self) -> Iterator[tuple[Task, Outcome]]:
        for address, worker in list(self.workers.items()):
            task = worker.task
            if task is None:
                continue
            if worker.result is None and worker.future.done():
                worker.result = self._fetch(worker.future)
            if worker.result is None or not worker.result.done():
                continue
            if worker.is_late:
                worker.put_down()
                continue
            outcome = self._outcome(task, worker.result)
            if isinstance(outcome, Raised) and is_full_disk(outcome.error):
                self.refused.add(address)
                self.cluster.tell(f"The worker {address} gets no more work: its disk is full.")
                outcome = None
            if outcome is None:
                yield from self._lost(address)
                continue
            yield task, outcome
            self.seconds.append(time.monotonic() - worker.since)
            worker.put_down()
            self._drop_copies(task)

    def _drop_copies(self, task: Task) -> None:
        """Drop what other workers will find of a task whose outcome is known."""
        for worker in self.workers.values():
            if worker.pending is not None and worker.pending.name == task.name:
                worker.is_late = True

    def _fetch(self, future: Any) -> "Future[Any]":
        """Begin to fetch the result of a future that has ended; others go on meanwhile."""
        if isinstance(future, Future):
            return future
        fetching = self.client.gather(future, asynchronous=True)
        return asyncio.run_coroutine_threadsafe(fetching, self.client.loop.asyncio_loop)

    def _outcome(self, task: Task, result: "Future[Any]") -> Outcome | None:
        """Return the outcome of a result that is there, None if its worker died."""
        try:
            found = result.result()
        except (GraderError, HarnessError, MemoryError) as error:
            return Raised(error=error)
        except Moved:
            return None
        except Exception as error:
            return None if is_of_the_cluster(error) else Raised(error=error)
        assert isinstance(found, Far)
        path, conditions = task.arguments
        keep(found, conditions)
        submission = replace(found.measured.submission, source=path)
        return replace(found.measured, submission=submission)

    def _lost(self, address: str) -> Iterator[tuple[Task, Outcome]]:
        """Forget a worker that died; its hand-in is tried once more, by another one."""
        worker = self.workers.pop(address)
        task = worker.pending
        if task is None:
            return
        with suppress(Exception):
            worker.future.cancel()
        self.deaths[task.name] += 1
        if self.deaths[task.name] >= DEATHS:
            yield task, Died()
            self._drop_copies(task)
        elif not is_pending(task.name, self.workers.values()):
            self.waiting.append(task)  # at the end: it may be what killed the worker

    def _pass_events_on(self) -> None:
        with suppress(queue.Empty):
            while True:
                said = self.events.get_nowait()  # Dask adds keys of its own
                event = Event(**{each.name: said[each.name] for each in fields(Event)})
                for each in self.workers.values():
                    if each.task is not None and each.task.name == event.student:
                        each.has_begun = True
                if event.step != BEGUN:
                    self.watch(event)
