"""The rows of marks in one transaction: the newest of a part, and a new version of it."""

from dataclasses import asdict, fields, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from grader.errors import GraderError
from grader.marks.tables import StoredMark
from grader.text import storable
from grader.types import Mark


class Conflict(Exception):
    """A newer mark exists: `current`, which the mark to be saved is not based on."""

    def __init__(self, current: Mark) -> None:
        super().__init__(f"{current.author} has saved a newer mark of {current.part}")
        self.current = current


def as_kept(mark: Mark, version: int) -> Mark:
    """Return the mark as version `version`, with its texts as the database keeps them."""
    person, student, comment, author = map(
        storable, (mark.person, mark.student, mark.comment, mark.author)
    )
    return replace(
        mark, person=person, student=student, comment=comment, author=author, version=version
    )


def add_mark(session: Session, mark: Mark, expected: int) -> None:
    """Add `mark`, the version after `expected`. Raises `Conflict` if there is a newer version."""
    newest = newest_mark(session, mark.person, mark.part)
    if (newest.version if newest else 0) != expected:
        if newest is None:
            raise GraderError(f"This mark has no version {expected}.")
        raise Conflict(newest)
    session.add(StoredMark(**asdict(mark)))
    session.flush()


def newest_mark(session: Session, person: str, part: str) -> Mark | None:
    """Return the newest mark of a part of a person, also a withdrawn one; None without marks."""
    descending = (
        select(StoredMark)
        .filter_by(person=person, part=part)
        .order_by(StoredMark.version.desc())
        .limit(1)
    )
    row = session.scalars(descending).first()
    return mark_of(row) if row else None


def mark_of(row: StoredMark) -> Mark:
    """Return the mark in a row."""
    return Mark(**{each.name: getattr(row, each.name) for each in fields(Mark)})
