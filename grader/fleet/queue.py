"""The queue that boards share: what waits, what is at work, and who has not what it needs."""

import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

T = TypeVar("T")

LOSSES = 2  # a piece of work that was under way at so many losses may be what brings boards down


@dataclass(slots=True)
class Piece(Generic[T]):
    """An item, how often a board was lost over it, and who has not what it needs."""

    item: T
    losses: int = 0
    declined_by: set[str] = field(default_factory=set)


class Work(Generic[T]):
    """The queue, and how many pieces are at work: such a piece may come back into the queue."""

    def __init__(self, items: Iterable[T], boards: frozenset[str]) -> None:
        self._waiting = deque(Piece(item) for item in items)
        self._boards = boards
        self._at_work = 0
        self._stopped = False
        self._why_left: list[str] = []
        self._changed = threading.Condition()

    def next(self, board: str) -> Piece[T] | None:
        """The next piece that `board` has not declined.

        Waits while one that is at work may come back; None when there is nothing left for it.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._for(board) or self._is_done(board))
            piece = self._for(board)
            if piece is None or self._stopped:
                return None
            self._at_work += 1
            self._waiting.remove(piece)
            return piece

    def is_done_within(self, seconds: float, board: str) -> bool:
        """Wait so long, or less if nothing is left for `board` meanwhile; whether that is so."""
        with self._changed:
            return self._changed.wait_for(lambda: self._is_done(board), seconds)

    def give_back(self, piece: Piece[T]) -> None:
        """A piece was not begun after all: it is the next."""
        with self._changed:
            self._at_work -= 1
            self._waiting.appendleft(piece)
            self._changed.notify_all()

    def declined(self, piece: Piece[T], board: str) -> bool:
        """Leave a piece to the other boards; False if they all have declined it."""
        piece.declined_by.add(board)
        with self._changed:
            self._at_work -= 1
            others = piece.declined_by < self._boards
            if others:
                self._waiting.appendleft(piece)
            self._changed.notify_all()
        return others

    def finished(self) -> None:
        """A piece that was at work is done."""
        with self._changed:
            self._at_work -= 1
            self._changed.notify_all()

    def lost(self, piece: Piece[T]) -> bool:
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

    def abandoned(self) -> tuple[tuple[T, ...], str]:
        """What is left once every board has gone, and why they went."""
        return tuple(piece.item for piece in self._waiting), "; ".join(self._why_left)

    def stop(self) -> None:
        """Hand out nothing more."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def _for(self, board: str) -> Piece[T] | None:
        return next((each for each in self._waiting if board not in each.declined_by), None)

    def _is_done(self, board: str) -> bool:
        return self._stopped or not (self._for(board) or self._at_work)
