"""The database that marks are kept in: its address, its tables, and what it says when it fails."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    Text,
    UniqueConstraint,
    create_engine,
    func,
    insert,
    inspect,
    make_url,
    select,
)
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from grader.errors import GraderError

SCHEMA_VERSION = 1
_SECONDS_TO_WAIT = 30
_OUR_LOCK = int.from_bytes(b"GRDM")  # PostgreSQL's advisory locks are numbers that programs choose
_DRIVERS = {
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
    "sqlite": "sqlite",
}


class _Row(DeclarativeBase):
    type_annotation_map = {str: Text}  # noqa: RUF012 - SQLAlchemy reads it once


class _SchemaRow(_Row):
    __tablename__ = "grader_marks_schema"

    version: Mapped[int] = mapped_column(primary_key=True)


class MarkRow(_Row):
    """One version of a mark, in the columns of `grader.types.Mark`."""

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


def connect(place: str | Path) -> Engine:
    """The database at `place`, a file or a `postgresql://` address, with its tables made.

    Raises `GraderError` for an address that is none, a server that does not answer, and a
    database of something else or of a newer grader.
    """
    engine = _engine(_url(place))
    try:
        with explained(engine), engine.begin() as connection:
            _prepare(connection)
    except GraderError:
        engine.dispose()
        raise
    return engine


@contextmanager
def explained(engine: Engine) -> Iterator[None]:
    """Turns what the database refuses into a `GraderError`, but two who save at once."""
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
