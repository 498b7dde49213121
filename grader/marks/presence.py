"""What each TA marks now, in each window, through the database that they share."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import Engine, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from grader.marks.database import explained
from grader.marks.tables import StoredPresence
from grader.text import storable

SECONDS_UNTIL_GONE = 20.0  # without a sign of life
SECONDS_UNTIL_FORGOTTEN = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """What somebody marks in one window: a person's answer; empty for no person or no part."""

    window: str
    author: str
    person: str
    part: str


@dataclass(slots=True, kw_only=True)
class Presences:
    """The windows of all TAs, also at other machines.

    A window is present as long as its count goes up: the clocks of several machines may differ. So
    a window that has ended is not shown, also to a server that starts later.
    """

    engine: Engine
    clock: Callable[[], float] = time.monotonic
    _seen: dict[str, "_Sign"] = field(default_factory=dict)

    def be(self, presence: Presence) -> None:
        """Give a sign of life of a window."""
        values = {
            "author": storable(presence.author),
            "person": storable(presence.person),
            "part": storable(presence.part),
        }
        mine = StoredPresence.window == presence.window
        with explained(self.engine), Session(self.engine) as session:
            again = update(StoredPresence).where(mine)
            known = session.execute(again.values(beat=StoredPresence.beat + 1, **values))
            if not known.rowcount:  # type: ignore[attr-defined]  # an update has one
                session.add(StoredPresence(window=presence.window, beat=1, **values))
            try:
                session.commit()
            except IntegrityError:  # the same window twice at once: the other one is as good
                session.rollback()

    def leave(self, window: str) -> None:
        """Forget a window."""
        with explained(self.engine), Session(self.engine) as session:
            session.execute(delete(StoredPresence).where(StoredPresence.window == window))
            session.commit()

    def others(self, window: str) -> tuple[Presence, ...]:
        """Return the windows that are present, without this one, sorted by author."""
        now = self.clock()
        with explained(self.engine), Session(self.engine) as session:
            rows = session.scalars(select(StoredPresence)).all()
            found = [
                Presence(window=row.window, author=row.author, person=row.person, part=row.part)
                for row in rows
                if self._is_alive(row.window, row.beat, now) and row.window != window
            ]
        self._forget(now)
        return tuple(sorted(found, key=lambda each: (each.author, each.window)))

    def _is_alive(self, window: str, beat: int, now: float) -> bool:
        """Return True if the count went up in the last seconds; one that was never seen may not."""
        known = self._seen.get(window)
        if known is None:
            known = self._seen[window] = _Sign(beat=beat, at=now, moved=False)
        elif known.beat != beat:
            known = self._seen[window] = _Sign(beat=beat, at=now, moved=True)
        return known.moved and now - known.at <= SECONDS_UNTIL_GONE

    def _forget(self, now: float) -> None:
        """Delete the windows that were silent for long."""
        for window, sign in tuple(self._seen.items()):
            if now - sign.at > SECONDS_UNTIL_FORGOTTEN:
                self._seen.pop(window, None)
                self.leave(window)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sign:
    """The newest count of a window, when it was seen first, and if an older one was seen before."""

    beat: int
    at: float
    moved: bool
