"""What was saved in the database of marks since somebody looked, by whomever."""

from dataclasses import dataclass

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from grader.marks.database import explained
from grader.marks.tables import StoredMark, StoredNote, StoredRemark

OVERLAP = 50  # keys: PostgreSQL may show a larger key first


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """The newest keys of marks, remarks and notes: they differ as soon as one is saved."""

    marks: int
    remarks: int
    notes: int


def stamp(engine: Engine) -> Stamp:
    """Return the newest keys now; 0 where nothing is saved."""
    with explained(engine), Session(engine) as session:
        marks, remarks, notes = (
            session.scalar(select(func.max(table.key))) or 0
            for table in (StoredMark, StoredRemark, StoredNote)
        )
        return Stamp(marks=marks, remarks=remarks, notes=notes)


def marks_since(engine: Engine, key: int) -> dict[tuple[str, str], int]:
    """Return the newest version by (person, part) of the marks saved after `key`, and some more."""
    newer = (
        select(StoredMark.person, StoredMark.part, func.max(StoredMark.version).label("version"))
        .where(StoredMark.key > key - OVERLAP)
        .group_by(StoredMark.person, StoredMark.part)
    )
    with explained(engine), Session(engine) as session:
        return {(row.person, row.part): row.version for row in session.execute(newer)}
