"""The workers of a cluster with what they have in hand, and which hand-in a second one should try.

At the end of a class some workers are idle while a slow one, or one with a long hand-in, is still
at work. An idle worker then gets a copy of the hand-in that has taken longest, and the first
outcome counts (Dean and Ghemawat, "MapReduce", 2004, section 3.6).
"""

import statistics
from collections import Counter
from collections.abc import Collection
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from grader.batch.workers import Task


@dataclass(slots=True, kw_only=True)
class Worker:
    """A fitting worker; `task` and `future` are what it has in hand, `result` comes from it.

    `since` is the time at which it got the task. `is_late` is True if the task's outcome came from
    another worker: this one's is dropped. `paused_since` is the time at which Dask stopped giving
    it work, because its memory is nearly full; None if it works. A task that it has begun goes on.
    """

    process: str
    task: Task | None = None
    future: Any = None
    result: "Future[Any] | None" = None
    since: float = 0.0
    has_begun: bool = False
    is_late: bool = False
    paused_since: float | None = None

    @property
    def pending(self) -> Task | None:
        """The task in hand whose outcome is not known yet."""
        return None if self.is_late else self.task

    def take(self, task: Task, now: float) -> None:
        """Have `task` in hand from `now` on."""
        self.task, self.since, self.has_begun, self.is_late = task, now, False, False

    def put_down(self) -> None:
        """Have nothing in hand; the cluster may forget the result."""
        self.task = self.future = self.result = None
        self.is_late = False


def is_pending(name: str, workers: Collection[Worker]) -> bool:
    """True if a worker has the task `name` in hand, and its outcome is not known."""
    return any(each.pending and each.pending.name == name for each in workers)


def to_copy(workers: Collection[Worker], seconds: Collection[float], now: float) -> Task | None:
    """Return the task that an idle worker should try too; None if there is none.

    It has one worker, for longer than half of the finished tasks took: `seconds` are theirs. Of
    several, the one that was begun first.
    """
    pending = [each for each in workers if each.pending]
    holders = Counter(each.pending.name for each in pending if each.pending)
    usual = statistics.median(seconds) if seconds else float("inf")
    slow = [
        each
        for each in pending
        if each.pending and holders[each.pending.name] == 1 and now - each.since > usual
    ]
    return min(slow, key=lambda each: each.since).task if slow else None
