"""Actions: what one person saved at once, in one transaction, so that it can be undone at once."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from grader.marks.database import explained
from grader.marks.mark_rows import add_mark, as_kept
from grader.marks.remark_store import NOTHING, add_basis
from grader.marks.remarks import Basis
from grader.marks.rules import Signature
from grader.marks.tables import StoredAction, StoredStep
from grader.text import storable
from grader.types import Mark

MARK, ZEROS, REMARK, UNDO = "mark", "zeros", "remark", "undo"  # the kinds


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A mark to be saved after version `expected`, and what it is made of.

    `restores` is the earlier version whose state it has, None if it has a new one.
    """

    mark: Mark
    expected: int
    basis: Basis = NOTHING
    restores: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A version of a mark that an action saved."""

    person: str
    part: str
    version: int
    restores: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something that `author` did at once; `undoes` is the id of another action, or empty.

    `remark` and `remark_version` are of the remark that it changed, if it did.
    """

    id: str
    kind: str
    author: str
    at: str
    undoes: str
    remark: str
    remark_version: int
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What an action is: its kind, who does it and when, and what it changes beside marks."""

    kind: str
    by: Signature
    undoes: str = ""
    remark: str = ""
    remark_version: int = 0
    id: str = field(default_factory=lambda: uuid.uuid4().hex)


def record(session: Session, intent: Intent, wanted: Sequence[Wanted]) -> tuple[Mark, ...]:
    """Save the marks of an action, and the action. Raises `Conflict` for a newer mark."""
    session.add(
        StoredAction(
            id=intent.id,
            kind=intent.kind,
            author=storable(intent.by.author),
            at=intent.by.at,
            undoes=intent.undoes,
            remark=intent.remark,
            remark_version=intent.remark_version,
        )
    )
    saved = []
    for each in wanted:
        mark = as_kept(each.mark, each.expected + 1)
        add_mark(session, mark, each.expected)
        add_basis(session, mark.person, mark.part, mark.version, each.basis)
        session.add(
            StoredStep(
                action=intent.id,
                person=mark.person,
                part=mark.part,
                version=mark.version,
                restores=each.restores,
            )
        )
        saved.append(mark)
    return tuple(saved)


def last_action(engine: Engine, author: str) -> Action | None:
    """Return the newest action of `author` that is not undone; None if there is none."""
    with explained(engine), Session(engine) as session:
        return last_in(session, author)


def last_in(session: Session, author: str) -> Action | None:
    """Return the same in a transaction."""
    undone = select(StoredAction.undoes).where(StoredAction.undoes != "")
    chosen = (
        select(StoredAction)
        .where(StoredAction.author == storable(author), StoredAction.kind != UNDO)
        .where(StoredAction.id.not_in(undone))
        .order_by(StoredAction.key.desc())
        .limit(1)
    )
    row = session.scalars(chosen).first()
    return _action(session, row) if row else None


def _action(session: Session, row: StoredAction) -> Action:
    steps = session.scalars(select(StoredStep).filter_by(action=row.id).order_by(StoredStep.key))
    return Action(
        id=row.id,
        kind=row.kind,
        author=row.author,
        at=row.at,
        undoes=row.undoes,
        remark=row.remark,
        remark_version=row.remark_version,
        steps=tuple(
            Step(person=each.person, part=each.part, version=each.version, restores=each.restores)
            for each in steps
        ),
    )
