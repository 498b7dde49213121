"""Several boards share a queue: each takes the next piece of work when it is free.

A board's loss costs time and nothing else: what it was at goes back into the queue, for another
board or for its own return.
"""

import contextlib
import queue
import threading
import time
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar, cast

from grader.devices.connection import Connection, Lost, Unreachable
from grader.devices.pool import DeviceSpec
from grader.devices.reach import connect
from grader.errors import GraderError, HarnessError
from grader.fleet.queue import LOSSES, Piece, Work

T = TypeVar("T")
R = TypeVar("R")

_SECONDS_TO_LEAVE = 2.0  # for what is nearly done; a board that is let go of cleans up by itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a board that does not answer is waited for, and how often it is tried.

    A reboot takes a Raspberry Pi a minute.
    """

    seconds: float = 300.0
    between: float = 5.0


class Declined(Exception):
    """A board has not what a piece of work needs; another board may have.

    `result` is what to say of the piece where none has.
    """

    def __init__(self, result: object) -> None:
        super().__init__()
        self.result = result


class Spoiled(Exception):
    """A piece of work is done, with this `result`, and its board is not to be used any more."""

    def __init__(self, result: object, why: str) -> None:
        super().__init__(why)
        self.result = result


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Told while a board that does not answer is waited for, and why it is."""

    device: str
    why: str


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
    """Devices, and what each does with a piece of work.

    `visit` is called in a thread of its board's, with the connection and a function to tell of
    progress; what it tells arrives at `hear`, in the thread that asks for the results, and so does
    `Waiting`. Whatever it raises is the result's `error`, but for `Lost`, at which the piece is
    tried again, `Declined`, at which it is left to the other boards, and `Spoiled`.
    """

    devices: Sequence[DeviceSpec]
    visit: Callable[[Connection, T, Callable[[object], None]], R]
    hear: Callable[[object], None] = lambda _told: None
    patience: Patience = field(default_factory=Patience)

    def run(self, items: Iterable[T]) -> Generator[Came[T, R], None, None]:
        """Do every piece of work and yield what came of it, first finished first.

        Closing the generator lets no board begin anything more.
        """
        work = Work(items, frozenset(device.name for device in self.devices))
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
            items, why = work.abandoned()
            error = HarnessError(f"No board is left to do it: {why}")
            yield from (Came(item=item, device=None, error=error) for item in items)
        finally:
            work.stop()
            deadline = time.monotonic() + _SECONDS_TO_LEAVE
            for thread in threads:
                thread.join(max(0.0, deadline - time.monotonic()))

    def _serve(
        self,
        device: DeviceSpec,
        work: Work[T],
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
        work: Work[T],
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
            while self._reached() and (piece := self._work.next(self._device.name)):
                if self._is_connected():
                    self._do(piece)
                else:  # it broke while there was nothing to do, which is not the piece's fault
                    self._work.give_back(piece)
        except (GraderError, Spoiled) as error:
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
                waiting = Waiting(device=self._device.name, why=str(error))
                self._news.put(_Told(waiting))
                if self._work.is_done_within(self._fleet.patience.between, self._device.name):
                    return False
        return True

    def _is_connected(self) -> bool:
        assert self._connection is not None
        if self._connection.is_open:
            return True
        self._let_go()
        return False

    def _do(self, piece: Piece[T]) -> None:
        assert self._connection is not None
        try:
            result = self._fleet.visit(
                self._connection, piece.item, lambda what: self._news.put(_Told(what))
            )
        except Lost as lost:
            self._let_go()
            if not self._work.lost(piece):
                error = HarnessError(
                    f"The connection was lost {LOSSES} times while this was under way, the last "
                    f"time to {self._device.name}: {lost}"
                )
                self._tell(piece, error=error)
        except Declined as declined:
            if not self._work.declined(piece, self._device.name):
                self._tell(piece, result=cast("R", declined.result))
        except Spoiled as spoiled:
            self._work.finished()
            self._tell(piece, result=cast("R", spoiled.result))
            raise
        except Exception as error:  # one hand-in's trouble is not the board's, nor the class's
            self._work.finished()
            self._tell(piece, error=error)
        else:
            self._work.finished()
            self._tell(piece, result=result)

    def _tell(
        self, piece: Piece[T], *, result: R | None = None, error: Exception | None = None
    ) -> None:
        self._news.put(Came(item=piece.item, device=self._device.name, result=result, error=error))

    def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(HarnessError):  # it broke: there is nothing to let go of
                connection.close()
