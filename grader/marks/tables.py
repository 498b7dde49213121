"""The tables of the database of marks."""

from sqlalchemy import Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Schema(DeclarativeBase):
    """The tables of this file."""

    type_annotation_map = {str: Text}  # noqa: RUF012 - SQLAlchemy reads it once


class SchemaVersion(Schema):
    """The version of the tables of marks and decisions, in one row."""

    __tablename__ = "grader_marks_schema"

    version: Mapped[int] = mapped_column(primary_key=True)


class StoredMark(Schema):
    """One version of a mark; the columns are the fields of `grader.types.Mark`."""

    __tablename__ = "grader_marks"
    # If two people save the same version at once, the database refuses one of them.
    __table_args__ = (UniqueConstraint("person", "part", "version"),)

    key: Mapped[int] = mapped_column(primary_key=True)
    person: Mapped[str]
    student: Mapped[str]
    part: Mapped[str]
    version: Mapped[int]
    points: Mapped[float | None]
    comment: Mapped[str]
    author: Mapped[str]
    at: Mapped[str]


class StoredDecision(Schema):
    """One version of a decision; the columns are the fields of `grader.types.Decision`."""

    __tablename__ = "grader_decisions"
    __table_args__ = (UniqueConstraint("person", "subject", "version"),)

    key: Mapped[int] = mapped_column(primary_key=True)
    person: Mapped[str]
    student: Mapped[str]
    subject: Mapped[str]
    case: Mapped[str]
    choice: Mapped[str]
    comment: Mapped[str]
    author: Mapped[str]
    at: Mapped[str]
    version: Mapped[int]


# The tables below are younger than version 2 of the schema. An older grader opens the database and
# leaves them alone, and a newer one adds them to an older database: see `database.connect`.


class StoredRemark(Schema):
    """One version of a remark; the columns are the fields of `marks.remarks.Remark`."""

    __tablename__ = "grader_remarks"
    __table_args__ = (UniqueConstraint("id", "version"),)

    key: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str]
    part: Mapped[str]
    words: Mapped[str]
    points: Mapped[float]
    author: Mapped[str]
    at: Mapped[str]
    version: Mapped[int]


class StoredBasis(Schema):
    """How one version of a mark was made of remarks; `remarks` are their ids as JSON.

    The mark itself has the points and the comment that follow, so that every reader of marks,
    also an older grader, has them without this table.
    """

    __tablename__ = "grader_mark_bases"
    __table_args__ = (UniqueConstraint("person", "part", "version"),)

    key: Mapped[int] = mapped_column(primary_key=True)
    person: Mapped[str]
    part: Mapped[str]
    version: Mapped[int]
    remarks: Mapped[str]
    comment: Mapped[str]
    typed: Mapped[float | None]
    machine: Mapped[float | None]


class StoredAction(Schema):
    """Something that one person did at once, so that it can be undone at once."""

    __tablename__ = "grader_actions"

    key: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    author: Mapped[str]
    at: Mapped[str]
    undoes: Mapped[str]
    remark: Mapped[str]
    remark_version: Mapped[int]


class StoredStep(Schema):
    """A version of a mark that an action saved; `restores` is the version whose state it has."""

    __tablename__ = "grader_action_marks"

    key: Mapped[int] = mapped_column(primary_key=True)
    action: Mapped[str] = mapped_column(index=True)
    person: Mapped[str]
    part: Mapped[str]
    version: Mapped[int]
    restores: Mapped[int | None]


class StoredNote(Schema):
    """One version of a private note; the columns are the fields of `marks.notes.Note`."""

    __tablename__ = "grader_notes"
    __table_args__ = (UniqueConstraint("person", "part", "version"),)

    key: Mapped[int] = mapped_column(primary_key=True)
    person: Mapped[str]
    part: Mapped[str]
    words: Mapped[str]
    author: Mapped[str]
    at: Mapped[str]
    version: Mapped[int]


class StoredPresence(Schema):
    """What somebody marks in one window now: the only rows that are replaced and deleted."""

    __tablename__ = "grader_presence"

    window: Mapped[str] = mapped_column(primary_key=True)
    author: Mapped[str]
    person: Mapped[str]
    part: Mapped[str]
    beat: Mapped[int]
