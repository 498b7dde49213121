"""marks.db: every mark that anybody gave, so that none is lost to another TA or to a re-grade.

A mark is never changed or deleted: a new version goes on top. SQLite beside the results, or one
PostgreSQL database for a class whose TAs sit at several machines.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Self, TypeVar

from sqlalchemy import Engine, Select, desc, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from grader.errors import GraderError
from grader.marks.database import MarkRow, connect, explained
from grader.marks.rules import MARKS, AllMarks
from grader.text import storable
from grader.types import Mark

COMMENTS_OFFERED = 30

Key = TypeVar("Key")

# As `AllMarks`, but every mark, the oldest first.
AllHistories = Mapping[str, Mapping[str, tuple[Mark, ...]]]


class Conflict(Exception):
    """Somebody was quicker: `current` is the mark that the one to be saved did not know of."""

    def __init__(self, current: Mark) -> None:
        super().__init__(f"{current.author} has marked {current.part} meanwhile")
        self.current = current


class Marks:
    """An open database of marks, for any number of processes and threads; a context manager."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, place: str | Path) -> Self:
        """Open the database at `place`, a file or a `postgresql://` address, or make it.

        Raises `GraderError` for an address that is none, a server that does not answer, and a
        database of something else or of a newer grader.
        """
        return cls(connect(place))

    def close(self) -> None:
        """Let go of the database; what was saved is saved already."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def current(self) -> dict[tuple[str, str], Mark]:
        """The newest mark of every (student, part), those taken back included."""
        newer = aliased(MarkRow)
        outdated = (
            select(newer.key)
            .where(newer.student == MarkRow.student)
            .where(newer.part == MarkRow.part)
            .where(newer.version > MarkRow.version)
        )
        with self._session() as session:
            rows = session.scalars(select(MarkRow).where(~outdated.exists()))
            return {(row.student, row.part): _mark(row) for row in rows}

    def of(self, student: str) -> dict[str, Mark]:
        """The newest mark of every part of one student's hand-in, by part."""
        ascending = select(MarkRow).filter_by(student=storable(student)).order_by(MarkRow.version)
        with self._session() as session:
            return {row.part: _mark(row) for row in session.scalars(ascending)}

    def history(self, student: str, part: str) -> tuple[Mark, ...]:
        """Every mark ever given for one part, the oldest first."""
        return self.histories(student).get(part, ())

    def histories(self, student: str) -> dict[str, tuple[Mark, ...]]:
        """The same for all parts of one student's hand-in, by part."""
        theirs = select(MarkRow).filter_by(student=storable(student))
        return self._grouped(theirs, lambda mark: mark.part)

    def all_histories(self, part: str) -> dict[str, tuple[Mark, ...]]:
        """The same for one part of everybody's hand-in, by student as `storable`."""
        return self._grouped(select(MarkRow).filter_by(part=part), lambda mark: mark.student)

    def every_history(self) -> AllHistories:
        """The same for all parts of everybody's hand-in."""
        found: dict[str, dict[str, tuple[Mark, ...]]] = {}
        grouped = self._grouped(select(MarkRow), lambda mark: (mark.student, mark.part))
        for (student, part), history in grouped.items():
            found.setdefault(student, {})[part] = history
        return found

    def comments(self) -> dict[str, tuple[str, ...]]:
        """The comments given so far, by part, each once, those used most first."""
        used = (
            select(MarkRow.part, MarkRow.comment)
            .where(MarkRow.comment != "")
            .group_by(MarkRow.part, MarkRow.comment)
            .order_by(MarkRow.part, desc(func.count()), MarkRow.comment)
        )
        found: dict[str, tuple[str, ...]] = {}
        with self._session() as session:
            for part, comment in session.execute(used):
                so_far = found.get(part, ())
                found[part] = (*so_far, comment) if len(so_far) < COMMENTS_OFFERED else so_far
        return found

    def save(self, mark: Mark, expected_version: int) -> Mark:
        """Keep `mark` as the version after `expected_version`, 0 where there was none.

        Raises `Conflict` when there is a newer one already: nothing is kept then.
        """
        (saved,) = self.save_all([(mark, expected_version)])
        return saved

    def save_all(self, marks: Iterable[tuple[Mark, int]]) -> tuple[Mark, ...]:
        """Keep several marks, each after the version expected: all of them or none.

        Raises `Conflict` for the first that somebody has overtaken.
        """
        asked = [(_as_kept(mark, expected + 1), expected) for mark, expected in marks]
        with self._session() as session:
            try:
                for mark, expected in asked:
                    _add(session, mark, expected)
                session.commit()
            except IntegrityError:  # another process was quicker by less than our question took
                session.rollback()
                overtaken = (_overtaking(session, mark, expected) for mark, expected in asked)
                current = next(filter(None, overtaken), None)
                if current is None:
                    raise
                raise Conflict(current) from None
        return tuple(mark for mark, _ in asked)

    def _grouped(
        self, chosen: Select[MarkRow], by: Callable[[Mark], Key]
    ) -> dict[Key, tuple[Mark, ...]]:
        found: dict[Key, tuple[Mark, ...]] = {}
        with self._session() as session:
            for row in session.scalars(chosen.order_by(MarkRow.version)):
                mark = _mark(row)
                found[by(mark)] = (*found.get(by(mark), ()), mark)
        return found

    @contextmanager
    def _session(self) -> Iterator[Session]:
        with explained(self._engine), Session(self._engine) as session:
            yield session


def all_marks(marks: Marks) -> AllMarks:
    """The newest mark of every part, by student as `storable` and then by part."""
    found: dict[str, dict[str, Mark]] = {}
    for (student, part), mark in marks.current().items():
        found.setdefault(student, {})[part] = mark
    return found


def open_marks(out: Path, db: str | None) -> Marks:
    """The marks of the class in `out`. Raises `GraderError` where there are no results."""
    if db is None and not out.is_dir():  # or a mistyped folder would be made
        raise GraderError(
            f"There are no results in {out}.",
            help="Grade the class first: grader grade HAND-INS --out RESULTS.",
        )
    return Marks.open(db or out / MARKS)


def marks_of_class(out: Path, place: str | None) -> AllMarks:
    """The marks at `place`, else in the results folder `out`; none where nobody marked anything.

    Raises `GraderError` where the database cannot be read.
    """
    file = out / MARKS
    if place is None and not file.exists():  # grading alone makes no database of marks
        return {}
    with Marks.open(place or file) as marks:
        return all_marks(marks)


def _as_kept(mark: Mark, version: int) -> Mark:
    student, comment, author = map(storable, (mark.student, mark.comment, mark.author))
    return replace(mark, student=student, comment=comment, author=author, version=version)


def _add(session: Session, mark: Mark, expected: int) -> None:
    newest = _newest(session, mark)
    if (newest.version if newest else 0) != expected:
        if newest is None:
            raise GraderError(f"There is no version {expected} of this mark to put another on.")
        raise Conflict(newest)
    session.add(MarkRow(**asdict(mark)))
    session.flush()


def _overtaking(session: Session, mark: Mark, expected: int) -> Mark | None:
    newest = _newest(session, mark)
    return newest if newest and newest.version > expected else None


def _newest(session: Session, mark: Mark) -> Mark | None:
    descending = (
        select(MarkRow)
        .filter_by(student=mark.student, part=mark.part)
        .order_by(MarkRow.version.desc())
        .limit(1)
    )
    row = session.scalars(descending).first()
    return _mark(row) if row else None


def _mark(row: MarkRow) -> Mark:
    return Mark(
        student=row.student,
        part=row.part,
        points=row.points,
        comment=row.comment,
        author=row.author,
        at=row.at,
        version=row.version,
    )
