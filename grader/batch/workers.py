"""Worker processes: they run tasks and return outcomes; a worker's death loses no other task."""

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
    """Makes a `concurrent.futures` executor with `jobs` workers and an initializer."""

    def __call__(
        self, jobs: int, /, *, initializer: Callable[..., None], initargs: tuple[Any, ...]
    ) -> Executor:
        """Return an executor of `jobs` workers; each calls `initializer(*initargs)` first."""


def spawned(
    jobs: int, /, *, initializer: Callable[..., None], initargs: tuple[Any, ...]
) -> ProcessPoolExecutor:
    """Return an executor that spawns processes: a fork would copy torch's threads' state."""
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
    """The outcome of a task whose worker died twice, the second time running it alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """The outcome of a task that raised."""

    error: BaseException


Outcome = Measured | Raised | Died


class Engine(Protocol):
    """Runs tasks somewhere: on this machine, or on others."""

    def run(self, tasks: Iterable[Task]) -> Generator[tuple[Task, Outcome], None, None]:
        """Run every task and yield its outcome, in the order in which they finish."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workers:
    """The number of workers, the executor that makes them, and the callback for their progress."""

    jobs: int
    watch: Watch
    executor: ExecutorFactory = spawned

    def run(self, tasks: Iterable[Task]) -> Generator[tuple[Task, Outcome], None, None]:
        """Run every task and yield its outcome, in the order in which they finish.

        When a worker dies, all running tasks are tried once more at the end, each alone in a new
        worker: the task at fault dies again, and the others lose only time. Closing the generator
        ends the workers at once.
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
    """One executor and its two pipes: one for events, one to end the workers by closing it.

    Both are plain pipes, because a queue's lock would stay locked if a worker died while it holds
    the lock. An event is one write of less than PIPE_BUF bytes, which is atomic.
    """

    def __init__(self, workers: Workers) -> None:
        self._jobs = workers.jobs
        self._watch = workers.watch
        self._events, self._workers_events = multiprocessing.Pipe(duplex=False)
        self._stop_reader, self._stop_writer = multiprocessing.Pipe(duplex=False)
        self._executor = workers.executor(
            self._jobs, initializer=_start, initargs=(self._workers_events, self._stop_reader)
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
            self._stop_writer.close()
        self._executor.shutdown(wait=True, cancel_futures=True)
        for end in (self._stop_writer, self._stop_reader, self._workers_events, self._events):
            end.close()

    def run(self, waiting: deque[Task]) -> Generator[tuple[Task, Outcome], None, tuple[Task, ...]]:
        """Take tasks from `waiting` until it is empty or a worker dies.

        Return the tasks that were running when a worker died. At most `jobs` tasks are submitted at
        a time, so that few tasks run again after a death.
        """
        running: dict[Future[Measured], Task] = {}
        while waiting or running:
            while waiting and len(running) < self._jobs:
                task = waiting.popleft()
                try:
                    with _no_interrupts():  # submit() may start a worker
                        running[self._executor.submit(_run, task)] = task
                except BrokenExecutor:  # a worker died while it was idle
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
    """Delay Ctrl-C until the end of the block.

    A worker that starts in the block has SIGINT blocked; otherwise it would print a traceback if it
    were interrupted before it ignores SIGINT. The parent must also finish writing the worker's
    first message; otherwise the worker would print a traceback for half a message. Another thread
    of the parent may receive the signal, so blocking it in this thread is not enough.
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


def _start(events: Connection, stop: Connection) -> None:
    """Set up one worker; everything except the pipe is for workers that are processes."""
    _events.set(events)
    if multiprocessing.parent_process() is None:
        return
    # The terminal sends Ctrl-C to every process; only the parent handles it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})  # `_no_interrupts` blocked it
    _end_with_parent(stop, 0)  # if the parent has died, another grader may already run
    threading.Thread(target=_end_with_parent, args=(stop, None), daemon=True).start()


def _end_with_parent(stop: Connection, seconds: float | None) -> None:
    """End this process if, within `seconds`, the parent closes the pipe or dies."""
    try:
        closed = stop.poll(seconds)  # nothing is ever sent
    except OSError:  # Windows raises instead
        closed = True
    if closed:
        os._exit(1)


def _run(task: Task) -> Measured:
    return task.function(*task.arguments, partial(_send, _events.get(), task.name))


def _send(events: Connection, name: str, event: Event) -> None:
    events.send(replace(event, student=name))
