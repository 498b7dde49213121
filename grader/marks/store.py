"""marks.db: every version of every mark, so that another TA or a re-grade loses none.

A mark is never changed or deleted: a change adds a version. The database is SQLite beside the
results, or PostgreSQL for TAs at several machines.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any, Self, TypeVar

from sqlalchemy import Engine, Select, desc, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from grader.errors import GraderError
from grader.intake.names import same_on_some_system
from grader.intake.person import person_of
from grader.marks.database import BEFORE, connect, explained
from grader.marks.decision_store import newest_decisions
from grader.marks.decisions import Given
from grader.marks.mark_rows import Conflict, add_mark, as_kept, newest_mark
from grader.marks.rules import MARKS, AllMarks
from grader.marks.tables import StoredBasis, StoredMark
from grader.text import storable
from grader.types import Mark, Submission

COMMENTS_OFFERED = 30
# Columns, not objects of the ORM, which take five times as long.
_SELECTED: Select[Any] = select(*(getattr(StoredMark, each.name) for each in fields(Mark)))

Key = TypeVar("Key")

# As `AllMarks`, with all versions of each mark, the oldest first.
AllHistories = Mapping[str, Mapping[str, tuple[Mark, ...]]]


class Marks:
    """An open database of marks, for any number of processes and threads; a context manager."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @classmethod
    def open(cls, database: str | Path) -> Self:
        """Open `database`, a file or a `postgresql://` address, and create it if needed.

        Raises `GraderError` as `connect` does.
        """
        return cls(connect(database))

    def close(self) -> None:
        """Close the database."""
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def current(self) -> dict[tuple[str, str], Mark]:
        """The newest mark of every (person, part), including withdrawn marks."""
        ascending = _SELECTED.order_by(StoredMark.version)
        with self._session() as session:
            return {
                (row.person, row.part): Mark(**row._mapping) for row in session.execute(ascending)
            }

    def of(self, person: str) -> dict[str, Mark]:
        """The newest mark of every part of one person, by part."""
        return {part: history[-1] for part, history in self.histories(person).items()}

    def history(self, person: str, part: str) -> tuple[Mark, ...]:
        """All versions of the mark of one part, the oldest first."""
        return self.histories(person).get(part, ())

    def histories(self, person: str) -> dict[str, tuple[Mark, ...]]:
        """All versions of the marks of one person, by part, the oldest first."""
        theirs = _SELECTED.where(StoredMark.person == storable(person))
        return self._grouped(theirs, lambda mark: mark.part)

    def all_histories(self, part: str) -> dict[str, tuple[Mark, ...]]:
        """All versions of the marks of one part, by person (as `storable`), the oldest first."""
        return self._grouped(_SELECTED.where(StoredMark.part == part), lambda mark: mark.person)

    def every_history(self) -> AllHistories:
        """All versions of all marks, the oldest first."""
        found: dict[str, dict[str, tuple[Mark, ...]]] = {}
        grouped = self._grouped(_SELECTED, lambda mark: (mark.person, mark.part))
        for (person, part), history in grouped.items():
            found.setdefault(person, {})[part] = history
        return found

    def comments(self) -> dict[str, tuple[str, ...]]:
        """The comments given so far, by part, without duplicates, the most frequent first.

        Those that were made of remarks are left out.
        """
        made = select(StoredBasis.key).where(
            StoredBasis.person == StoredMark.person,
            StoredBasis.part == StoredMark.part,
            StoredBasis.version == StoredMark.version,
        )
        used = (
            select(StoredMark.part, StoredMark.comment)
            .where(StoredMark.comment != "", ~made.exists())
            .group_by(StoredMark.part, StoredMark.comment)
            .order_by(StoredMark.part, desc(func.count()), StoredMark.comment)
        )
        found: dict[str, tuple[str, ...]] = {}
        with self._session() as session:
            for part, comment in session.execute(used):
                so_far = found.get(part, ())
                found[part] = (*so_far, comment) if len(so_far) < COMMENTS_OFFERED else so_far
        return found

    def save(self, mark: Mark, expected_version: int) -> Mark:
        """Save `mark` as the version after `expected_version`, which is 0 for a first mark.

        Raises `Conflict` if there is a newer version; then nothing is saved.
        """
        (saved,) = self.save_all([(mark, expected_version)])
        return saved

    def save_all(self, marks: Iterable[tuple[Mark, int]]) -> tuple[Mark, ...]:
        """Save several marks, each after its expected version: all of them or none.

        Raises `Conflict` for the first mark with a newer version.
        """
        asked = [(as_kept(mark, expected + 1), expected) for mark, expected in marks]
        with self._session() as session:
            try:
                for mark, expected in asked:
                    add_mark(session, mark, expected)
                session.commit()
            except IntegrityError:  # another process saved between our query and our insert
                session.rollback()
                overtaken = (_overtaking(session, mark, expected) for mark, expected in asked)
                current = next(filter(None, overtaken), None)
                if current is None:
                    raise
                raise Conflict(current) from None
        return tuple(mark for mark, _ in asked)

    def claim(self, submissions: Iterable[Submission]) -> None:
        """Give the marks of an older database, which are those of an id, to the person of that id.

        `submissions` are those of a class. Nobody gets the marks of an id that two of its people
        have, and a person who has marks already gets no others.
        """
        people: defaultdict[str, set[str]] = defaultdict(set)
        for each in submissions:
            people[same_on_some_system(storable(each.id))].add(storable(person_of(each)))
        with self._session() as session:
            unclaimed = select(StoredMark.person).where(StoredMark.person.startswith(BEFORE))
            for old in sorted(set(session.scalars(unclaimed))):
                theirs = people.get(same_on_some_system(old.removeprefix(BEFORE)), ())
                if len(theirs) != 1:
                    continue
                (person,) = theirs
                given = select(StoredMark.key).where(StoredMark.person == person)
                if session.scalars(given.limit(1)).first() is None:
                    mine = update(StoredMark).where(StoredMark.person == old)
                    session.execute(mine.values(person=person))
            session.commit()

    def _grouped(
        self, chosen: Select[Any], by: Callable[[Mark], Key]
    ) -> dict[Key, tuple[Mark, ...]]:
        found: dict[Key, tuple[Mark, ...]] = {}
        with self._session() as session:
            for row in session.execute(chosen.order_by(StoredMark.version)):
                mark = Mark(**row._mapping)
                found[by(mark)] = (*found.get(by(mark), ()), mark)
        return found

    @contextmanager
    def _session(self) -> Iterator[Session]:
        with explained(self.engine), Session(self.engine) as session:
            yield session


def all_marks(marks: Marks) -> AllMarks:
    """The newest mark of every part, by person (as `storable`) and then by part."""
    found: dict[str, dict[str, Mark]] = {}
    for (person, part), mark in marks.current().items():
        found.setdefault(person, {})[part] = mark
    return found


def everything(marks: Marks) -> Given:
    """All marks and decisions, the newest of each."""
    decisions = newest_decisions(marks.engine)
    return Given(marks=all_marks(marks), decisions=decisions)


def open_marks(out: Path, db: str | None) -> Marks:
    """Open the marks of the class in `out`. Raises `GraderError` if there are no results."""
    if db is None and not out.is_dir():  # a mistyped folder must not be created
        raise GraderError(
            f"There are no results in {out}.",
            help="Grade the class first: grader grade HAND-INS --out RESULTS.",
        )
    return Marks.open(db or out / MARKS)


def given_to(out: Path, database: str | None, class_: Iterable[Submission]) -> Given:
    """The marks and decisions in `database`, by default in the results folder `out`.

    They are empty if there is no database yet. `class_` claims the marks of an older database.
    Raises `GraderError` if the database cannot be read.
    """
    file = out / MARKS
    if database is None and not file.exists():  # grading alone creates no database of marks
        return Given()
    with Marks.open(database or file) as marks:
        marks.claim(class_)
        return everything(marks)


def _overtaking(session: Session, mark: Mark, expected: int) -> Mark | None:
    newest = newest_mark(session, mark.person, mark.part)
    return newest if newest and newest.version > expected else None
