"""marks.db: every mark that anybody gave, so that none is lost to another TA or to a re-grade.

A mark is never changed or deleted: a new version goes on top. SQLite beside the results, or one
PostgreSQL database for a class whose TAs sit at several machines.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    Select,
    Text,
    UniqueConstraint,
    create_engine,
    desc,
    func,
    insert,
    inspect,
    make_url,
    select,
)
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, aliased, mapped_column

from grader.errors import GraderError
from grader.types import Mark

SCHEMA_VERSION = 1
MARKS = "marks.db"
COMMENTS_OFFERED = 30
_SECONDS_TO_WAIT = 30
_OUR_LOCK = int.from_bytes(b"GRDM")  # PostgreSQL's advisory locks are numbers that programs choose
_DRIVERS = {
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
    "sqlite": "sqlite",
}

AllMarks = Mapping[str, Mapping[str, Mark]]  # by student as `kept`, then by part


class Conflict(Exception):
    """Somebody was quicker: `current` is the mark that the one to be saved did not know of."""

    def __init__(self, current: Mark) -> None:
        super().__init__(f"{current.author} has marked {current.part} meanwhile")
        self.current = current


class _Row(DeclarativeBase):
    type_annotation_map = {str: Text}  # noqa: RUF012 - SQLAlchemy reads it once


class _SchemaRow(_Row):
    __tablename__ = "grader_marks_schema"

    version: Mapped[int] = mapped_column(primary_key=True)


class _MarkRow(_Row):
    __tablename__ = "grader_marks"
    # Of two who save at the same moment the database itself turns one away.
    __table_args__ = (UniqueConstraint("student", "part", "version"),)

    key: Mapped[int] = mapped_column(primary_key=True)
    student: Mapped[str]
    part: Mapped[str]
    version: Mapped[int]
    points: Mapped[float | None]
    comment: Mapped[str]
    author: Mapped[str]
    at: Mapped[str]


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
        url = _url(place)
        engine = _engine(url)
        try:
            with _explained(engine), engine.begin() as connection:
                _prepare(connection)
        except GraderError:
            engine.dispose()
            raise
        return cls(engine)

    def close(self) -> None:
        """Let go of the database; what was saved is saved already."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        error: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def current(self) -> dict[tuple[str, str], Mark]:
        """The newest mark of every (student, part), those taken back included."""
        newer = aliased(_MarkRow)
        outdated = (
            select(newer.key)
            .where(newer.student == _MarkRow.student)
            .where(newer.part == _MarkRow.part)
            .where(newer.version > _MarkRow.version)
        )
        with self._session() as session:
            rows = session.scalars(select(_MarkRow).where(~outdated.exists()))
            return {(row.student, row.part): _mark(row) for row in rows}

    def of(self, student: str) -> dict[str, Mark]:
        """The newest mark of every part of one student's hand-in, by part."""
        ascending = select(_MarkRow).filter_by(student=kept(student)).order_by(_MarkRow.version)
        with self._session() as session:
            return {row.part: _mark(row) for row in session.scalars(ascending)}

    def history(self, student: str, part: str) -> tuple[Mark, ...]:
        """Every mark ever given for one part, the oldest first."""
        return self.histories(student).get(part, ())

    def histories(self, student: str) -> dict[str, tuple[Mark, ...]]:
        """The same for all parts of one student's hand-in, by part."""
        theirs = select(_MarkRow).filter_by(student=kept(student))
        return self._grouped(theirs, lambda mark: mark.part)

    def all_histories(self, part: str) -> dict[str, tuple[Mark, ...]]:
        """The same for one part of everybody's hand-in, by student as `kept`."""
        return self._grouped(select(_MarkRow).filter_by(part=part), lambda mark: mark.student)

    def comments(self) -> dict[str, tuple[str, ...]]:
        """The comments given so far, by part, each once, those used most first."""
        used = (
            select(_MarkRow.part, _MarkRow.comment)
            .where(_MarkRow.comment != "")
            .group_by(_MarkRow.part, _MarkRow.comment)
            .order_by(_MarkRow.part, desc(func.count()), _MarkRow.comment)
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
        self, chosen: Select[_MarkRow], by: Callable[[Mark], str]
    ) -> dict[str, tuple[Mark, ...]]:
        found: dict[str, tuple[Mark, ...]] = {}
        with self._session() as session:
            for row in session.scalars(chosen.order_by(_MarkRow.version)):
                mark = _mark(row)
                found[by(mark)] = (*found.get(by(mark), ()), mark)
        return found

    @contextmanager
    def _session(self) -> Iterator[Session]:
        with _explained(self._engine), Session(self._engine) as session:
            yield session


def all_marks(marks: Marks) -> AllMarks:
    """The newest mark of every part, by student as `kept` and then by part."""
    found: dict[str, dict[str, Mark]] = {}
    for (student, part), mark in marks.current().items():
        found.setdefault(student, {})[part] = mark
    return found


def marks_for(student: str, marks: AllMarks) -> Mapping[str, Mark]:
    """One student's marks among those of all, by part."""
    return marks.get(kept(student), {})


def marks_of_class(out: Path, place: str | None) -> AllMarks:
    """The marks at `place`, else in the results folder `out`; none where nobody marked anything.

    Raises `GraderError` where the database cannot be read.
    """
    file = out / MARKS
    if place is None and not file.exists():  # grading alone makes no database of marks
        return {}
    with Marks.open(place or file) as marks:
        return all_marks(marks)


def kept(words: str) -> str:
    """Text as any database can hold it: a lone surrogate or a NUL is kept as its escape."""
    return words.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")


def _as_kept(mark: Mark, version: int) -> Mark:
    student, comment, author = map(kept, (mark.student, mark.comment, mark.author))
    return replace(mark, student=student, comment=comment, author=author, version=version)


def _url(place: str | Path) -> URL:
    if isinstance(place, Path) or "://" not in place:
        return URL.create("sqlite", database=str(place))
    try:
        url = make_url(place)
    except (ArgumentError, ValueError):
        raise _no_address(place.partition("://")[0]) from None  # the rest may hold a password
    driver = _DRIVERS.get(url.drivername)
    if driver is None:
        raise _no_address(url.drivername)
    return url.set(drivername=driver)


def _no_address(scheme: str) -> GraderError:
    return GraderError(
        f"The address of the database, {scheme}://…, is none that the grader knows.",
        help="Give --db postgresql://NAME:PASSWORD@HOST/DATABASE, or a file for SQLite.",
    )


def _engine(url: URL) -> Engine:
    if url.drivername == "sqlite":
        return create_engine(url, connect_args={"timeout": _SECONDS_TO_WAIT})
    try:
        return create_engine(url, connect_args={"connect_timeout": 10}, pool_pre_ping=True)
    except ModuleNotFoundError as error:
        raise GraderError(
            "PostgreSQL needs the package psycopg.",
            help="pip install 'edge-lab-grader[postgres]'",
        ) from error


def _prepare(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        _refuse_others(connection)
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")  # who reads waits for nobody
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # or a kill here would leave half a schema
    else:  # two graders may come to an empty database at once
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_OUR_LOCK})")
    if not inspect(connection).has_table(_SchemaRow.__tablename__):
        _Row.metadata.create_all(connection)
        connection.execute(insert(_SchemaRow).values(version=SCHEMA_VERSION))
    version = connection.execute(select(func.max(_SchemaRow.version))).scalar_one()
    if version != SCHEMA_VERSION:
        raise GraderError(
            f"The marks were written by another grader (schema {version}, this one's "
            f"{SCHEMA_VERSION}).",
            help="Use that grader, or export the marks with it and import them with this one.",
        )


def _refuse_others(connection: Connection) -> None:
    tables = inspect(connection).get_table_names()
    if tables and _SchemaRow.__tablename__ not in tables:
        raise GraderError(
            f"{connection.engine.url.database} is a database of something else.",
            help="Choose another with --db.",
        )


def _add(session: Session, mark: Mark, expected: int) -> None:
    newest = _newest(session, mark)
    if (newest.version if newest else 0) != expected:
        if newest is None:
            raise GraderError(f"There is no version {expected} of this mark to put another on.")
        raise Conflict(newest)
    session.add(_MarkRow(**asdict(mark)))
    session.flush()


def _overtaking(session: Session, mark: Mark, expected: int) -> Mark | None:
    newest = _newest(session, mark)
    return newest if newest and newest.version > expected else None


def _newest(session: Session, mark: Mark) -> Mark | None:
    descending = (
        select(_MarkRow)
        .filter_by(student=mark.student, part=mark.part)
        .order_by(_MarkRow.version.desc())
        .limit(1)
    )
    row = session.scalars(descending).first()
    return _mark(row) if row else None


def _mark(row: _MarkRow) -> Mark:
    return Mark(
        student=row.student,
        part=row.part,
        points=row.points,
        comment=row.comment,
        author=row.author,
        at=row.at,
        version=row.version,
    )


@contextmanager
def _explained(engine: Engine) -> Iterator[None]:
    try:
        yield
    except IntegrityError:  # two at once: for whoever saves to sort out
        raise
    except (DBAPIError, SQLAlchemyError) as error:
        why = error.orig if isinstance(error, DBAPIError) else error
        # The address without its password.
        raise GraderError(
            f"{engine.url.render_as_string(hide_password=True)} cannot be used: {why}",
            help="Is the database there, writable and undamaged? What was saved stays saved.",
        ) from error
