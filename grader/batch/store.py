"""results.db: the stored measurements, so that no hand-in is measured twice.

SQLite, through SQLAlchemy. A row is the hand-in of one student under one fingerprint. Scores are
not stored, because they follow from the measurements and the lab.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, ClassVar, Self

from sqlalchemy import (
    JSON,
    URL,
    Connection,
    Dialect,
    Engine,
    ForeignKey,
    Text,
    TypeDecorator,
    UniqueConstraint,
    create_engine,
    delete,
    event,
    inspect,
    select,
)
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

from grader.batch.folder_lock import FolderLock
from grader.batch.folder_secret import kept_secret
from grader.errors import GraderError, HarnessError
from grader.text import sentence, storable
from grader.types import Measured, Measurement, Role, Setup, Status, Submission, SubmittedFile

SCHEMA_VERSION = 2
_APPLICATION = int.from_bytes(b"GRDR")  # marks the file as ours in SQLite's header
_SECONDS_TO_WAIT_FOR_A_READER = 30
_ROWS_AT_ONCE = 200  # with all rows at once, a class needs half as much memory again


class _UntrustedText(TypeDecorator[str]):
    """Text from a student: a lone surrogate, from a name not in UTF-8, is stored as its escape.

    SQLite would refuse it, and one badly named file would stop the class.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else storable(value)


class _Table(DeclarativeBase):
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: _UntrustedText,
        dict[str, Any]: JSON,
        list[Any]: JSON,
    }


class _SubmissionRow(_Table):
    __tablename__ = "submissions"
    __table_args__ = (UniqueConstraint("student", "fingerprint"),)

    key: Mapped[int] = mapped_column(primary_key=True)
    student: Mapped[str]
    fingerprint: Mapped[str]
    source: Mapped[str]
    sha256: Mapped[str]
    layout: Mapped[str | None]
    files: Mapped[list[Any]]
    setup: Mapped[dict[str, Any]]
    measurements: Mapped[list["_MeasurementRow"]] = relationship(
        order_by="_MeasurementRow.place", lazy="selectin"
    )


class _MeasurementRow(_Table):
    __tablename__ = "measurements"

    submission: Mapped[int] = mapped_column(
        ForeignKey("submissions.key", ondelete="CASCADE"), primary_key=True
    )
    place: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str]
    status: Mapped[str]
    value: Mapped[float | None]
    unit: Mapped[str]
    reason: Mapped[str | None]
    help: Mapped[str | None]
    expected: Mapped[str | None]
    actual: Mapped[str | None]
    review: Mapped[str | None]
    evidence: Mapped[dict[str, Any]]
    seconds: Mapped[float]


class Store:
    """An open results.db, locked by this process until it is closed; a context manager."""

    def __init__(self, path: Path, engine: Engine, lock: FolderLock) -> None:
        self._path = path
        self._engine = engine
        self._lock = lock

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the database at `path`, or create it and its folder.

        Raises `GraderError` if another grader still has it open after a wait of ten seconds, if it
        is another application's or version's database, or if the folder cannot be written.
        """
        lock = _lock(path)
        engine = create_engine(
            URL.create("sqlite", database=str(path)),
            connect_args={"timeout": _SECONDS_TO_WAIT_FOR_A_READER},
        )
        event.listen(engine, "connect", _on_connect)
        store = cls(path, engine, lock)
        try:
            with _explained(path), engine.connect() as connection:
                _prepare(connection, path)
        except GraderError:
            store.close()
            raise
        return store

    def close(self) -> None:
        """Close the database and unlock the results folder; all saved data is already on disk."""
        self._engine.dispose()
        self._lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def secret(self) -> bytes:
        """Return this folder's secret, 32 bytes. Raises `GraderError` if it cannot be saved."""
        with _explained(self._path), self._engine.connect() as connection:
            return kept_secret(connection)

    def measured(self, student: str, fingerprint: str) -> Measured | None:
        """Return what was measured of this student's hand-in under this fingerprint, or None."""
        return self.all_measured([(student, fingerprint)]).get((student, fingerprint))

    def all_measured(self, keys: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Measured]:
        """Return the same for many, by (student, fingerprint); those without results are left out.

        One query for a class of 200 takes a tenth of the time of 200 queries.
        """
        wanted = {(storable(student), print_): (student, print_) for student, print_ in keys}
        prints = {print_ for _, print_ in wanted}
        chosen = (
            select(_SubmissionRow)
            .where(_SubmissionRow.fingerprint.in_(prints))
            .execution_options(yield_per=_ROWS_AT_ONCE)
        )
        with _explained(self._path), Session(self._engine) as session:
            return {
                wanted[row.student, row.fingerprint]: _measured(row)
                for row in session.scalars(chosen)
                if (row.student, row.fingerprint) in wanted
            }

    def known(self, fingerprints: Iterable[str]) -> frozenset[str]:
        """Return those of `fingerprints` under which the hand-in of any student was measured."""
        wanted = set(fingerprints)
        chosen = select(_SubmissionRow.fingerprint).where(_SubmissionRow.fingerprint.in_(wanted))
        with _explained(self._path), Session(self._engine) as session:
            return frozenset(session.scalars(chosen))

    def save(self, student: str, fingerprint: str, measured: Measured) -> None:
        """Replace the result of this student and fingerprint by `measured`, in one transaction.

        Raises `GraderError` if the disk is full or the file cannot be written, `HarnessError` if
        the evidence is not JSON.
        """
        with _explained(self._path), Session(self._engine) as session, session.begin():
            session.execute(
                delete(_SubmissionRow).filter_by(student=student, fingerprint=fingerprint)
            )
            session.add(_row(student, fingerprint, measured))


def _lock(path: Path) -> FolderLock:
    lock = FolderLock(path.with_suffix(".lock"))
    try:
        lock.acquire()
    except OSError as error:
        raise _unwritable(path, error.strerror or str(error)) from error
    return lock


def _on_connect(connection: Any, record: object) -> None:  # noqa: ARG001 - the event's signature
    connection.execute("PRAGMA foreign_keys=ON")


def _prepare(connection: Connection, path: Path) -> None:
    application = connection.exec_driver_sql("PRAGMA application_id").scalar_one()
    version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
    if application == _APPLICATION and version == SCHEMA_VERSION:
        return
    if application == _APPLICATION:
        age = "a newer" if version > SCHEMA_VERSION else "an older"
        raise GraderError(
            f"{path} was written by {age} grader (schema {version}, this one's {SCHEMA_VERSION}).",
            help="Use that grader, or choose another folder with --out to measure again.",
        )
    if inspect(connection).get_table_names():
        raise GraderError(
            f"{path} is a database of another application.",
            help="Choose another folder with --out.",
        )
    connection.rollback()  # the journal's mode cannot change within a transaction
    connection.exec_driver_sql("PRAGMA journal_mode=WAL")  # stored in the file permanently
    connection.exec_driver_sql("BEGIN IMMEDIATE")  # or a kill here would leave half a schema
    _Table.metadata.create_all(connection)
    connection.exec_driver_sql(f"PRAGMA application_id={_APPLICATION}")
    connection.exec_driver_sql(f"PRAGMA user_version={SCHEMA_VERSION}")
    connection.commit()


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise _unwritable(path, str(error.orig)) from error
    except StatementError as error:
        raise HarnessError(
            f"A measurement has a value that cannot be stored: {error.orig}"
        ) from error


def _unwritable(path: Path, why: str) -> GraderError:
    return GraderError(
        f"{path} cannot be used: {sentence(why)}",
        help="Check that the disk is not full, the folder is writable and the file is undamaged. "
        "Saved results are kept. To start again, choose another folder with --out.",
    )


def _row(student: str, fingerprint: str, measured: Measured) -> _SubmissionRow:
    submission = measured.submission
    return _SubmissionRow(
        student=student,
        fingerprint=fingerprint,
        source=str(submission.source),
        sha256=submission.sha256,
        layout=submission.layout,
        files=[{**asdict(file), "path": str(file.path)} for file in submission.files],
        setup=asdict(measured.setup),
        measurements=[
            _MeasurementRow(place=index, **_columns(measurement))
            for index, measurement in enumerate(measured.measurements)
        ],
    )


def _columns(measurement: Measurement) -> dict[str, Any]:
    columns = {field.name: getattr(measurement, field.name) for field in fields(measurement)}
    return {**columns, "evidence": dict(measurement.evidence)}


def _measured(row: _SubmissionRow) -> Measured:
    return Measured(
        submission=Submission(
            id=row.student,
            source=Path(row.source),
            sha256=row.sha256,
            layout=row.layout,
            files=tuple(
                SubmittedFile(**{**file, "role": Role(file["role"]), "path": Path(file["path"])})
                for file in row.files
            ),
        ),
        measurements=tuple(_measurement(each) for each in row.measurements),
        setup=Setup(**row.setup),
    )


def _measurement(row: _MeasurementRow) -> Measurement:
    columns = {field.name: getattr(row, field.name) for field in fields(Measurement)}
    return Measurement(**{**columns, "status": Status(row.status)})
