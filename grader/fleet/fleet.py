"""Several devices share a queue: each takes the next task when it is free.

The task of a lost device goes back into the queue, for another device or for the same one later.
"""

import contextlib
import queue
import threading
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar, cast

from grader.devices.connection import Connection, ConnectionLost, Unreachable
from grader.devices.pool import DeviceSpec
from grader.devices.reach import connect
from grader.errors import GraderError, HarnessError
from grader.fleet.queue import MAX_LOSSES, QueuedTask, TaskQueue

T = TypeVar("T")
R = TypeVar("R")

_SECONDS_TO_LEAVE = (
    2.0  # for tasks that are nearly finished; a disconnected device cleans up by itself
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconnectPolicy:
    """The time and interval for which a connection to a device is retried, in seconds.

    A Raspberry Pi reboots in about a minute.
    """

    give_up_seconds: float = 300.0
    interval_seconds: float = 5.0


class Declined(Exception):
    """The device cannot do this task; another device may be able to.

    `result` is the result of the task if no device can do it.
    """

    def __init__(self, result: object) -> None:
        super().__init__()
        self.result = result


class Compromised(Exception):
    """The task is finished with `result`, but its device must not be used any more."""

    def __init__(self, result: object, why: str) -> None:
        super().__init__(why)
        self.result = result


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingForDevice:
    """A device does not answer, for the reason `why`; the fleet waits for it."""

    device: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskResult(Generic[T, R]):
    """The `result` of one task, or its `error`.

    `device` is the name of the device that did it; None if no device was left.
    """

    item: T
    device: str | None
    result: R | None = None
    error: Exception | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet(Generic[T, R]):
    """Devices, and the function that runs a task on one of them.

    `run_task` is called in the thread of its device, with the connection, the item, and a function
    that reports progress. `on_news` is called with each such report, and with `WaitingForDevice`,
    in the thread that consumes the results.

    An exception of `run_task` becomes the `error` of the result. Exceptions to this rule are
    `ConnectionLost` (the task is tried again), `Declined` (it is left to the other devices) and
    `Compromised` (the device is not used any more).
    """

    devices: Sequence[DeviceSpec]
    run_task: Callable[[Connection, T, Callable[[object], None]], R]
    on_news: Callable[[object], None] = lambda _told: None
    reconnect: ReconnectPolicy = field(default_factory=ReconnectPolicy)

    def run(self, items: Iterable[T]) -> Generator[TaskResult[T, R], None, None]:
        """Run every task and yield the results in the order in which they finish.

        After the generator is closed, no task is started.
        """
        tasks = TaskQueue(items, frozenset(device.name for device in self.devices))
        news: queue.SimpleQueue[TaskResult[T, R] | _News | None] = queue.SimpleQueue()
        threads = [
            threading.Thread(target=self._serve, args=(device, tasks, news), daemon=True)
            for device in self.devices
        ]
        for thread in threads:
            thread.start()
        serving = len(threads)
        try:
            while serving:
                match news.get():
                    case None:
                        serving -= 1
                    case _News(news_item=news_item):
                        self.on_news(news_item)
                    case TaskResult() as done:
                        yield done
            items, why = tasks.unfinished()
            error = HarnessError(f"No device is left for this: {why}")
            yield from (TaskResult(item=item, device=None, error=error) for item in items)
        finally:
            tasks.stop()
            deadline = time.monotonic() + _SECONDS_TO_LEAVE
            for thread in threads:
                thread.join(max(0.0, deadline - time.monotonic()))

    def _serve(
        self,
        device: DeviceSpec,
        tasks: TaskQueue[T],
        news: "queue.SimpleQueue[TaskResult[T, R] | _News | None]",
    ) -> None:
        try:
            _DeviceThread(self, device, tasks, news).serve()
        except Exception as error:  # report the end of the thread, or `run` would wait forever
            tasks.device_left(f"{device.name}: {type(error).__name__}: {error}")
        finally:
            news.put(None)


@dataclass(frozen=True, slots=True)
class _News:
    news_item: object


class _DeviceThread(Generic[T, R]):
    """The thread of one device: it connects, runs tasks, and reconnects after a loss."""

    def __init__(
        self,
        fleet: Fleet[T, R],
        device: DeviceSpec,
        tasks: TaskQueue[T],
        news: "queue.SimpleQueue[TaskResult[T, R] | _News | None]",
    ) -> None:
        self._fleet = fleet
        self._device = device
        self._tasks = tasks
        self._news = news
        self._connection: Connection | None = None

    def serve(self) -> None:
        """Run tasks until none is left, or the device stays away."""
        try:
            while self._connect() and (task := self._tasks.next(self._device.name)):
                if self._is_connected():
                    self._do(task)
                else:  # the connection broke while idle: not a loss of this task
                    self._tasks.put_back(task)
        except (GraderError, Compromised) as error:
            self._tasks.device_left(f"{self._device.name}: {error}")
        finally:
            self._disconnect()

    def _connect(self) -> bool:
        """Connect if necessary; return False if the device stays away or no task is left."""
        deadline = time.monotonic() + self._fleet.reconnect.give_up_seconds
        while self._connection is None:
            try:
                self._connection = connect(self._device)
            except (Unreachable, ConnectionLost) as error:
                if time.monotonic() > deadline:
                    self._tasks.device_left(f"{self._device.name}: {error}")
                    return False
                waiting = WaitingForDevice(device=self._device.name, why=str(error))
                self._news.put(_News(waiting))
                if self._tasks.is_done_within(
                    self._fleet.reconnect.interval_seconds, self._device.name
                ):
                    return False
        return True

    def _is_connected(self) -> bool:
        assert self._connection is not None
        if self._connection.is_open:
            return True
        self._disconnect()
        return False

    def _do(self, task: QueuedTask[T]) -> None:
        assert self._connection is not None
        try:
            result = self._fleet.run_task(
                self._connection, task.item, lambda news_item: self._news.put(_News(news_item))
            )
        except ConnectionLost as lost:
            self._disconnect()
            if not self._tasks.lost(task):
                error = HarnessError(
                    f"The connection was lost {MAX_LOSSES} times during this measurement, the last "
                    f"time to {self._device.name}: {lost}"
                )
                self._report(task, error=error)
        except Declined as declined:
            if not self._tasks.declined(task, self._device.name):
                self._report(task, result=cast("R", declined.result))
        except Compromised as spoiled:
            self._tasks.finished()
            self._report(task, result=cast("R", spoiled.result))
            raise
        except Exception as error:  # an error of one task stops neither the device nor the class
            self._tasks.finished()
            self._report(task, error=error)
        else:
            self._tasks.finished()
            self._report(task, result=result)

    def _report(
        self, task: QueuedTask[T], *, result: R | None = None, error: Exception | None = None
    ) -> None:
        self._news.put(
            TaskResult(item=task.item, device=self._device.name, result=result, error=error)
        )

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(HarnessError):  # it is broken: nothing to close
                connection.close()
