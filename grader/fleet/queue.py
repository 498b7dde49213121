"""The queue that the devices share."""

import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")

MAX_LOSSES = 2  # a task during which so many devices were lost may be the cause


@dataclass(slots=True)
class QueuedTask(Generic[T]):
    """An item, the number of devices lost during it, and the devices that cannot do it."""

    item: T
    losses: int = 0
    declined_by: set[str] = field(default_factory=set)


class TaskQueue(Generic[T]):
    """The waiting tasks, and the number of running ones, which may return to the queue."""

    def __init__(self, items: Iterable[T], devices: frozenset[str]) -> None:
        self._waiting = deque(QueuedTask(item) for item in items)
        self._devices = devices
        self._at_work = 0
        self._stopped = False
        self._why_left: list[str] = []
        self._changed = threading.Condition()

    def next(self, device: str) -> QueuedTask[T] | None:
        """Return the next task that `device` has not declined; None if nothing is left for it.

        Waits while a running task may return to the queue.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._next_for(device) or self._is_done(device))
            task = self._next_for(device)
            if task is None or self._stopped:
                return None
            self._at_work += 1
            self._waiting.remove(task)
            return task

    def is_done_within(self, seconds: float, device: str) -> bool:
        """Wait up to `seconds`; return True as soon as nothing is left for `device`."""
        with self._changed:
            return self._changed.wait_for(lambda: self._is_done(device), seconds)

    def put_back(self, task: QueuedTask[T]) -> None:
        """Return a task that was not started; it is the next one."""
        with self._changed:
            self._at_work -= 1
            self._waiting.appendleft(task)
            self._changed.notify_all()

    def declined(self, task: QueuedTask[T], device: str) -> bool:
        """Leave a task to the other devices; return False if all have declined it."""
        task.declined_by.add(device)
        with self._changed:
            self._at_work -= 1
            others = task.declined_by < self._devices
            if others:
                self._waiting.appendleft(task)
            self._changed.notify_all()
        return others

    def finished(self) -> None:
        """Note that a running task is finished."""
        with self._changed:
            self._at_work -= 1
            self._changed.notify_all()

    def lost(self, task: QueuedTask[T]) -> bool:
        """Put a task back as the next one; return False if it was lost `MAX_LOSSES` times."""
        task.losses += 1
        with self._changed:
            self._at_work -= 1
            again = task.losses < MAX_LOSSES
            if again:
                self._waiting.appendleft(task)
            self._changed.notify_all()
        return again

    def device_left(self, why: str) -> None:
        """Note why a device takes no more tasks."""
        with self._changed:
            self._why_left.append(why)

    def unfinished(self) -> tuple[tuple[T, ...], str]:
        """Return the items left after all devices are gone, and the reasons why they are gone."""
        return tuple(task.item for task in self._waiting), "; ".join(self._why_left)

    def stop(self) -> None:
        """Give out no more tasks."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def _next_for(self, device: str) -> QueuedTask[T] | None:
        return next((each for each in self._waiting if device not in each.declined_by), None)

    def _is_done(self, device: str) -> bool:
        return self._stopped or not (self._next_for(device) or self._at_work)
