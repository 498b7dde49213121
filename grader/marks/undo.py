"""Takes back the last action of a TA, unless somebody has saved something newer over it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from grader.marks.actions import UNDO, Action, Intent, Step, Wanted, last_in, record
from grader.marks.database import in_turn
from grader.marks.mark_rows import mark_of, newest_mark
from grader.marks.remark_store import NOTHING, basis_in, remark_of, remarks_in
from grader.marks.remarks import Remark, comment_of, points_of
from grader.marks.rules import Part, Signature
from grader.marks.tables import StoredAction, StoredMark, StoredRemark, StoredStep
from grader.types import Mark


class NotUndone(Exception):
    """Nothing was undone, because something newer counts: a mark, a remark, or another action.

    `newer` is that mark or remark. It is None if the last action is not the one that was asked for:
    then `last` is the last one, None if there is nothing to undo.
    """

    def __init__(self, newer: Mark | Remark | None, last: Action | None) -> None:
        super().__init__("nothing was undone")
        self.newer = newer
        self.last = last


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """What was undone, and the marks that count now; a mark without points is pending again."""

    action: Action
    marks: tuple[Mark, ...]


def undo(engine: Engine, id: str, parts: Mapping[str, Part], by: Signature) -> Undone:
    """Bring everything that the last action of the author changed back to the state before it.

    `id` is the action that the TA saw as the last one. An undo adds versions, as every change. A
    remark that was changed since counts with its newest points. Raises `NotUndone`; then nothing
    is saved.
    """

    def work(session: Session) -> Undone:
        action = last_in(session, by.author)
        if action is None or action.id != id:
            raise NotUndone(None, action)
        newest = _newest_marks(session, action)
        intent = Intent(kind=UNDO, by=by, undoes=action.id)
        if action.remark:
            renewed = _remark_before(session, action, by)
            session.add(StoredRemark(**asdict(renewed)))
            intent = replace(intent, remark=renewed.id, remark_version=renewed.version)
            session.flush()
        wanted = [
            _before(session, step, mark, parts, by)
            for step, mark in zip(action.steps, newest, strict=True)
        ]
        return Undone(action=action, marks=record(session, intent, wanted))

    return in_turn(engine, work)


def _newest_marks(session: Session, action: Action) -> Sequence[Mark]:
    """Return the newest mark of each step. Raises `NotUndone` if one has a later state."""
    found = []
    for step in action.steps:
        newest = newest_mark(session, step.person, step.part)
        assert newest is not None
        if _state(session, step, newest.version) != step.version:
            raise NotUndone(newest, action)
        found.append(newest)
    return found


def _before(
    session: Session, step: Step, newest: Mark, parts: Mapping[str, Part], by: Signature
) -> Wanted:
    """Return the mark as it was before a step, to be saved after the newest one."""
    version = _state(session, step, step.version - 1)
    basis = basis_in(session, step.person, step.part, version) if version else NOTHING
    row = session.scalars(
        select(StoredMark).filter_by(person=step.person, part=step.part, version=version)
    ).first()
    old = mark_of(row) if row else replace(newest, points=None, comment="")
    part = parts.get(step.part)
    if basis.remarks and part is not None:
        known = remarks_in(session, step.part)
        old = replace(old, points=points_of(part, basis, known), comment=comment_of(basis, known))
    mark = replace(old, author=by.author, at=by.at)
    return Wanted(mark=mark, expected=newest.version, basis=basis, restores=version)


def _state(session: Session, step: Step, version: int) -> int:
    """Return the version whose state this version has: an undo restores an earlier one."""
    chosen = select(StoredStep.version, StoredStep.restores).filter_by(
        person=step.person, part=step.part
    )
    restored = {
        each.version: each.restores for each in session.execute(chosen) if each.restores is not None
    }
    while version in restored:
        version = restored[version]
    return version


def _remark_before(session: Session, action: Action, by: Signature) -> Remark:
    """Return the next version of the action's remark: as it was before the action.

    Raises `NotUndone` if somebody has changed it since.
    """
    rows = session.scalars(select(StoredRemark).filter_by(id=action.remark))
    versions = {row.version: remark_of(row) for row in rows}
    newest = versions[max(versions)]
    if _remark_state(session, action.remark, newest.version) != action.remark_version:
        raise NotUndone(newest, action)
    before = versions[_remark_state(session, action.remark, action.remark_version - 1)]
    return replace(before, author=by.author, at=by.at, version=newest.version + 1)


def _remark_state(session: Session, remark: str, version: int) -> int:
    """Return the version whose state this version of a remark has."""
    rows = session.scalars(select(StoredAction).filter_by(remark=remark)).all()
    made = {row.id: row.remark_version for row in rows}
    restored = {row.remark_version: made[row.undoes] - 1 for row in rows if row.undoes}
    while version in restored:
        version = restored[version]
    return version
