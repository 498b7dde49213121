"""The database of marks: its address, its tables, and its errors."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    MetaData,
    Table,
    create_engine,
    func,
    insert,
    inspect,
    make_url,
    select,
    update,
)
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session

from grader.errors import GraderError
from grader.marks.tables import Schema, SchemaVersion, StoredMark

Result = TypeVar("Result")

SCHEMA_VERSION = 2
BEFORE = "before:"  # the person of a mark of schema 1, which has only an id
_SECONDS_TO_WAIT = 30
_TRIES = 3
_OUR_LOCK = int.from_bytes(
    b"GRDM"
)  # our advisory lock in PostgreSQL: any number that no other program uses
_DRIVERS = {
    "postgres": "postgresql+psycopg",
    "postgresql": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
    "sqlite": "sqlite",
}


def connect(database: str | Path) -> Engine:
    """Open `database`, a file or a `postgresql://` address, and create its tables if needed.

    Raises `GraderError` for an invalid address, a server that does not answer, a database of
    another program, and a database of another schema version.
    """
    engine = _engine(_url(database))
    try:
        with explained(engine), engine.begin() as connection:
            _prepare(connection)
    except GraderError:
        engine.dispose()
        raise
    return engine


@contextmanager
def explained(engine: Engine) -> Iterator[None]:
    """Turn the database's errors into `GraderError`, except for two saves of one version."""
    try:
        yield
    except IntegrityError:  # two saves of one version: the caller handles it
        raise
    except (DBAPIError, SQLAlchemyError) as error:
        why = error.orig if isinstance(error, DBAPIError) else error
        # Print the address without its password.
        raise GraderError(
            f"{engine.url.render_as_string(hide_password=True)} cannot be used: {why}",
            help="Check that the database exists, is writable and is intact. Saved marks are kept.",
        ) from error


def in_turn(engine: Engine, work: Callable[[Session], Result]) -> Result:
    """Return the result of `work` in a transaction that waits for every other one of this kind.

    What `work` reads is not changed by others before it is saved. A mark of an older grader, which
    takes no turn in PostgreSQL, may be saved in between: then `work` is done again. If `work`
    raises, nothing is saved.
    """
    for _ in range(_TRIES - 1):
        try:
            return _done(engine, work)
        except IntegrityError:
            continue
    return _done(engine, work)


def _done(engine: Engine, work: Callable[[Session], Result]) -> Result:
    with explained(engine), Session(engine) as session:
        connection = session.connection()
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_OUR_LOCK})")
        result = work(session)
        session.commit()
        return result


def _url(database: str | Path) -> URL:
    if isinstance(database, Path) or "://" not in database:
        return URL.create("sqlite", database=str(database))
    try:
        url = make_url(database)
    except (ArgumentError, ValueError):
        raise _unknown_address(
            database.partition("://")[0]
        ) from None  # the rest may hold a password
    driver = _DRIVERS.get(url.drivername)
    if driver is None:
        raise _unknown_address(url.drivername)
    return url.set(drivername=driver)


def _unknown_address(scheme: str) -> GraderError:
    return GraderError(
        f"The grader does not support a database at {scheme}://….",
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
            help="Install it: pip install 'edge-lab-grader[postgres]'.",
        ) from error


def _prepare(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        _refuse_others(connection)
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")  # readers do not wait for writers
        connection.exec_driver_sql(
            "BEGIN IMMEDIATE"
        )  # a kill during the next lines leaves no half schema
    else:  # two graders may open an empty database at once
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_OUR_LOCK})")
    if not inspect(connection).has_table(SchemaVersion.__tablename__):
        Schema.metadata.create_all(connection)
        connection.execute(insert(SchemaVersion).values(version=SCHEMA_VERSION))
    version = connection.execute(select(func.max(SchemaVersion.version))).scalar_one()
    if version == 1:
        _add_people(connection)
        version = SCHEMA_VERSION
    if version != SCHEMA_VERSION:
        raise GraderError(
            f"The database of marks has schema version {version}; this grader needs version "
            f"{SCHEMA_VERSION}.",
            help="Use the grader that wrote it, or export the marks with it and import them here.",
        )
    Schema.metadata.create_all(connection)  # the tables that an older grader has not made


def _add_people(connection: Connection) -> None:
    """Bring the tables of schema 1 to schema 2: until a class claims them, marks are of an id."""
    old = Table(StoredMark.__tablename__, MetaData(), autoload_with=connection)
    chosen = select(*(each for each in old.columns if each.name != "key")).order_by(old.c.key)
    rows = connection.execute(chosen).mappings().all()
    old.drop(connection)
    Schema.metadata.create_all(connection)
    if rows:
        added = [{**row, "person": BEFORE + row["student"]} for row in rows]
        connection.execute(insert(StoredMark), added)
    connection.execute(update(SchemaVersion).values(version=SCHEMA_VERSION))


def _refuse_others(connection: Connection) -> None:
    tables = inspect(connection).get_table_names()
    if tables and SchemaVersion.__tablename__ not in tables:
        raise GraderError(
            f"{connection.engine.url.database} is a database of another program.",
            help="Choose another with --db.",
        )
