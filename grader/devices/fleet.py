"""Several boards share a queue: each takes the next piece of work when it is free.

A board's loss costs time and nothing else: what it was at goes back into the queue, for another
board or for its own return.
"""

import contextlib
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from grader.devices.connection import Connection, Lost, Unreachable, connect
from grader.devices.pool import DeviceSpec
from grader.errors import GraderError, HarnessError

T = TypeVar("T")
R = TypeVar("R")

LOSSES = 2  # a piece of work that was under way at so many losses may be what brings boards down
_SECONDS_TO_LEAVE = 2.0  # for what is nearly done; a board that is let go of cleans up by itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a board that does not answer is waited for, and how often it is tried.

    A reboot takes a Raspberry Pi a minute.
    """

    seconds: float = 300.0
    between: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Came(Generic[T, R]):
    """What came of one piece of work: a `result`, or the `error` that stands in its place.

    `device` is the board it came from; None where no board was left to try.
    """

    item: T
    device: str | None
    result: R | None = None
    error: Exception | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet(Generic[T, R]):
    """Boards, and what each does with a piece of work.

    `visit` is called in a thread of its board's, with the connection and a function to tell of
    progress; what it tells arrives at `hear`, in the thread that asks for the results. Whatever it
    raises is the result's `error`, but for `Lost`, at which the piece is tried again.
    """

    devices: Sequence[DeviceSpec]
    visit: Callable[[Connection, T, Callable[[object], None]], R]
    hear: Callable[[object], None] = lambda _told: None
    patience: Patience = field(default_factory=Patience)

    def run(self, items: Iterable[T]) -> Generator[Came[T, R], None, None]:
        """Do every piece of work and yield what came of it, first finished first.

        Closing the generator lets no board begin anything more.
        """
        work = _Work(items)
        news: queue.SimpleQueue[Came[T, R] | _Told | None] = queue.SimpleQueue()
        threads = [
            threading.Thread(target=self._serve, args=(device, work, news), daemon=True)
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
                    case _Told(what=what):
                        self.hear(what)
                    case Came() as came:
                        yield came
            yield from work.abandoned()
        finally:
            work.stop()
            deadline = time.monotonic() + _SECONDS_TO_LEAVE
            for thread in threads:
                thread.join(max(0.0, deadline - time.monotonic()))

    def _serve(
        self,
        device: DeviceSpec,
        work: "_Work[T]",
        news: "queue.SimpleQueue[Came[T, R] | _Told | None]",
    ) -> None:
        try:
            _Board(self, device, work, news).serve()
        except Exception as error:  # a thread's end must be told, or the class would wait for ever
            work.board_left(f"{device.name}: {type(error).__name__}: {error}")
        finally:
            news.put(None)


@dataclass(frozen=True, slots=True)
class _Told:
    what: object


class _Board(Generic[T, R]):
    """One board's thread: connects, works, and comes back after a loss."""

    def __init__(
        self,
        fleet: Fleet[T, R],
        device: DeviceSpec,
        work: "_Work[T]",
        news: "queue.SimpleQueue[Came[T, R] | _Told | None]",
    ) -> None:
        self._fleet = fleet
        self._device = device
        self._work = work
        self._news = news
        self._connection: Connection | None = None

    def serve(self) -> None:
        """Work until there is none left, or the board stays away."""
        try:
            while self._reached() and (piece := self._work.next()):
                self._do(piece)
        except GraderError as error:
            self._work.board_left(f"{self._device.name}: {error}")
        finally:
            self._let_go()

    def _reached(self) -> bool:
        """Whether there is a connection; waits for the board's return while there is work."""
        deadline = time.monotonic() + self._fleet.patience.seconds
        while self._connection is None:
            try:
                self._connection = connect(self._device)
            except (Unreachable, Lost) as error:
                if time.monotonic() > deadline:
                    self._work.board_left(f"{self._device.name}: {error}")
                    return False
                if self._work.is_done_within(self._fleet.patience.between):
                    return False
        return True

    def _do(self, piece: "_Piece[T]") -> None:
        assert self._connection is not None
        came: Came[T, R]
        try:
            result = self._fleet.visit(
                self._connection, piece.item, lambda what: self._news.put(_Told(what))
            )
        except Lost as lost:
            self._let_go()
            if self._work.lost(piece):
                return
            error = HarnessError(
                f"The connection was lost {LOSSES} times while this hand-in was at work, the last "
                f"time to {self._device.name}: {lost}"
            )
            came = Came(item=piece.item, device=self._device.name, error=error)
        except Exception as error:  # one hand-in's trouble is not the board's, nor the class's
            came = Came(item=piece.item, device=self._device.name, error=error)
            self._work.finished()
        else:
            came = Came(item=piece.item, device=self._device.name, result=result)
            self._work.finished()
        self._news.put(came)

    def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(HarnessError):  # it broke: there is nothing to let go of
                connection.close()


@dataclass(slots=True)
class _Piece(Generic[T]):
    item: T
    losses: int = 0


class _Work(Generic[T]):
    """The queue, and how many pieces are at work: such a piece may come back into the queue."""

    def __init__(self, items: Iterable[T]) -> None:
        self._waiting = deque(_Piece(item) for item in items)
        self._at_work = 0
        self._stopped = False
        self._why_left: list[str] = []
        self._changed = threading.Condition()

    def next(self) -> "_Piece[T] | None":
        """The next piece; waits while one that is at work may come back. None when all is done."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._is_done())
            if self._is_done():
                return None
            self._at_work += 1
            return self._waiting.popleft()

    def is_done_within(self, seconds: float) -> bool:
        """Wait so long, or less if everything is done meanwhile; whether it is."""
        with self._changed:
            return self._changed.wait_for(self._is_done, seconds)

    def finished(self) -> None:
        """A piece that was at work is done."""
        with self._changed:
            self._at_work -= 1
            self._changed.notify_all()

    def lost(self, piece: "_Piece[T]") -> bool:
        """Put a piece back, to be done next; False if it was lost too often and is done with."""
        piece.losses += 1
        with self._changed:
            self._at_work -= 1
            again = piece.losses < LOSSES
            if again:
                self._waiting.appendleft(piece)
            self._changed.notify_all()
        return again

    def board_left(self, why: str) -> None:
        """Note why a board takes no more work."""
        with self._changed:
            self._why_left.append(why)

    def abandoned(self) -> Generator[Came[T, R], None, None]:
        """What is left once every board has gone."""
        why = "; ".join(self._why_left)
        for piece in self._waiting:
            error = HarnessError(f"No board is left to do it: {why}")
            yield Came(item=piece.item, device=None, error=error)

    def stop(self) -> None:
        """Hand out nothing more."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def _is_done(self) -> bool:
        return self._stopped or not (self._waiting or self._at_work)


def answering(
    devices: Sequence[DeviceSpec],
) -> tuple[tuple[DeviceSpec, ...], tuple[GraderError, ...]]:
    """The devices that answer now, and why the others do not."""
    there: list[DeviceSpec] = []
    away: list[GraderError] = []
    for device in devices:
        try:
            connect(device).close()
        except GraderError as error:
            away.append(error)
        except HarnessError as error:
            away.append(GraderError(f"{device.name}: {error}"))
        else:
            there.append(device)
    return tuple(there), tuple(away)
