"""Worker processes: tasks go out, what became of each comes back, and no death takes the rest."""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Protocol, Self

from grader.evaluators.conditions import Watch
from grader.types import Event, Measured

_SECONDS_BETWEEN_EVENTS = 0.1


class ExecutorFactory(Protocol):
    """Any `concurrent.futures` executor whose workers can be initialised, `jobs` of them."""

    def __call__(
        self, jobs: int, /, *, initializer: Callable[..., None], initargs: tuple[Any, ...]
    ) -> Executor:
        """An executor of `jobs` workers, each of which calls `initializer(*initargs)` first."""


def spawned(
    jobs: int, /, *, initializer: Callable[..., None], initargs: tuple[Any, ...]
) -> ProcessPoolExecutor:
    """Processes started afresh: a fork would copy torch's threads in an unknown state."""
    return ProcessPoolExecutor(
        jobs, multiprocessing.get_context("spawn"), initializer=initializer, initargs=initargs
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One call of `function(*arguments, watch)`, picklable; `name` labels its progress events."""

    name: str
    function: Callable[..., Measured]
    arguments: tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Died:
    """The outcome of a task whose worker died under it twice, the second time alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """The outcome of a task that raised."""

    error: BaseException


Outcome = Measured | Raised | Died


@dataclass(frozen=True, slots=True, kw_only=True)
class Workers:
    """How many workers to use, made by what, and who hears of their progress."""

    jobs: int
    watch: Watch
    executor: ExecutorFactory = spawned

    def run(self, tasks: Iterable[Task]) -> Generator[tuple[Task, Outcome], None, None]:
        """Run every task and yield what became of it, first finished first.

        When a worker dies, whatever was running is tried once more at the end, each task alone in
        a fresh worker: the one at fault dies again, and the others lose nothing but time. Closing
        the generator ends the workers at once.
        """
        waiting = deque(tasks)
        suspects: list[Task] = []
        while waiting:
            with _Pool(replace(self, jobs=min(self.jobs, len(waiting)))) as pool:
                suspects += yield from pool.run(waiting)
        for suspect in suspects:
            with _Pool(replace(self, jobs=1)) as pool:
                dead = yield from pool.run(deque([suspect]))
            for task in dead:
                yield task, Died()


class _Pool:
    """One executor and its two pipes: events come up the one, the other is the workers' leash.

    Both are plain pipes, because a queue's lock would stay locked if a worker died holding it. An
    event is written by one write of less than PIPE_BUF bytes, which is atomic.
    """

    def __init__(self, workers: Workers) -> None:
        self._jobs = workers.jobs
        self._watch = workers.watch
        self._events, self._workers_events = multiprocessing.Pipe(duplex=False)
        self._workers_leash, self._leash = multiprocessing.Pipe(duplex=False)
        self._executor = workers.executor(
            self._jobs, initializer=_start, initargs=(self._workers_events, self._workers_leash)
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        error: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is not None:
            self._leash.close()
        self._executor.shutdown(wait=True, cancel_futures=True)
        for end in (self._leash, self._workers_leash, self._workers_events, self._events):
            end.close()

    def run(self, waiting: deque[Task]) -> Generator[tuple[Task, Outcome], None, tuple[Task, ...]]:
        """Take tasks from `waiting` until it is empty or a worker dies.

        Returns the tasks that were running when one died. No more than `jobs` are handed out at a
        time, so that a death casts doubt on few.
        """
        running: dict[Future[Measured], Task] = {}
        while waiting or running:
            while waiting and len(running) < self._jobs:
                task = waiting.popleft()
                try:
                    with _no_interrupts():  # to submit a task may start a worker
                        running[self._executor.submit(_run, task)] = task
                except BrokenExecutor:  # a worker died while it had nothing to do
                    return (task, *running.values())
            done, _ = wait(running, _SECONDS_BETWEEN_EVENTS, FIRST_COMPLETED)
            self._pass_events_on()
            finished = [each for each in done if not isinstance(each.exception(), BrokenExecutor)]
            for future in finished:
                error = future.exception()
                yield running.pop(future), Raised(error=error) if error else future.result()
            if len(finished) < len(done):
                return tuple(running.values())
        return ()

    def _pass_events_on(self) -> None:
        while self._events.poll():
            self._watch(self._events.recv())


@contextmanager
def _no_interrupts() -> Iterator[None]:
    """Hold Ctrl-C back: it counts at the end of the block.

    A worker that is started inside begins with SIGINT blocked, or it would print a traceback if
    it were interrupted before it ignores SIGINT. The parent must write the worker's first message
    to the end, or the worker would print one for half a message; another of the parent's threads
    may receive the signal, so that blocking it here is not enough.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    held: list[int] = []
    handler = None
    if threading.current_thread() is threading.main_thread():
        handler = signal.signal(signal.SIGINT, lambda number, _: held.append(number))
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        if handler is not None:
            signal.signal(signal.SIGINT, handler)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        if held:
            signal.raise_signal(signal.SIGINT)


_events: ContextVar[Connection] = ContextVar("_events")


def _start(events: Connection, leash: Connection) -> None:
    """Set one worker up; all of it but the pipe is for workers that are processes."""
    _events.set(events)
    if multiprocessing.parent_process() is None:
        return
    # Ctrl-C reaches every process of the terminal; the parent decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})  # `_no_interrupts` blocked it
    _follow(leash, 0)  # a parent that died meanwhile may have another grader in its place by now
    threading.Thread(target=_follow, args=(leash, None), daemon=True).start()


def _follow(leash: Connection, seconds: float | None) -> None:
    """End this process if, within `seconds`, the parent lets go of the leash or dies."""
    try:
        let_go = leash.poll(seconds)  # nothing is ever sent
    except OSError:  # Windows' word for it
        let_go = True
    if let_go:
        os._exit(1)


def _run(task: Task) -> Measured:
    return task.function(*task.arguments, partial(_send, _events.get(), task.name))


def _send(events: Connection, name: str, event: Event) -> None:
    events.send(replace(event, student=name))
