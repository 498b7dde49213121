"""What a TA does with marks: points, remarks, the change of a remark, and zeros for many answers.

Each is one action: it is saved whole or not at all, and can be undone: see `marks.undo`.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from grader.marks.actions import MARK, REMARK, ZEROS, Intent, Wanted, record
from grader.marks.database import in_turn
from grader.marks.mark_rows import newest_mark
from grader.marks.remark_store import (
    NOTHING,
    RemarkChanged,
    bases_in,
    basis_in,
    remarks_in,
)
from grader.marks.remarks import (
    Basis,
    Known,
    Remark,
    comment_of,
    objection_to_remark,
    points_of,
    typed_for,
)
from grader.marks.rules import LONGEST_COMMENT, Part, Signature, objection
from grader.marks.tables import StoredRemark
from grader.text import storable
from grader.types import Mark


class Refused(Exception):
    """The mark or the remark is not valid; the message is the reason, without a full stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An answer to mark, after version `expected`; `machine` are its points without marks."""

    person: str
    student: str
    part: Part
    machine: float | None
    expected: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Toggle:
    """The version of a remark that the TA saw, and whether the answer is to have it."""

    remark: str
    version: int
    on: bool


def give(engine: Engine, target: Target, points: float | None, comment: str, by: Signature) -> Mark:
    """Save typed points and words beside the answer's remarks; None as points withdraws the mark.

    A mark without points keeps no remarks. Raises `Refused` and `Conflict`.
    """

    def work(session: Session) -> Mark:
        known, before = remarks_in(session, target.part.id), _basis(session, target)
        if points is None:
            return _save(session, _checked(target, None, comment, by), target.expected, NOTHING)
        basis = replace(before, comment=comment, machine=target.machine)
        if not before.remarks or points != points_of(target.part, basis, known):
            basis = replace(basis, typed=typed_for(points, basis, known))
        mark = _checked(target, points, comment_of(basis, known), by)
        return _save(session, mark, target.expected, basis)

    return in_turn(engine, work)


def toggle(engine: Engine, target: Target, sent: Toggle, by: Signature) -> Mark:
    """Give the answer a remark, or take it off again; its other remarks and words stay.

    Raises `Refused`, `Conflict`, and `RemarkChanged` if the TA saw another version of the remark.
    """

    def work(session: Session) -> Mark:
        known, before = remarks_in(session, target.part.id), _basis(session, target)
        remark = known.get(sent.remark)
        if remark is None:
            raise Refused("there is no such remark")
        if remark.version != sent.version:
            raise RemarkChanged(remark)
        others = tuple(each for each in before.remarks if each != remark.id)
        basis = replace(
            before, remarks=(*others, remark.id) if sent.on else others, machine=target.machine
        )
        points, comment = points_of(target.part, basis, known), comment_of(basis, known)
        mark = _checked(target, points, comment, by)
        return _save(session, mark, target.expected, basis)

    return in_turn(engine, work)


def add_remark(engine: Engine, part: Part, words: str, points: float, by: Signature) -> Remark:
    """Save a new remark of a part, which nobody has yet. Raises `Refused`."""

    def work(session: Session) -> Remark:
        _check(part, words, points, remarks_in(session, part.id).values())
        remark = Remark(
            id=uuid.uuid4().hex,
            part=part.id,
            words=storable(words),
            points=points,
            author=storable(by.author),
            at=by.at,
            version=1,
        )
        session.add(StoredRemark(**asdict(remark)))
        return remark

    return in_turn(engine, work)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """New words and points of the remark `id`, based on its version `expected`.

    Empty words remove the remark.
    """

    id: str
    words: str
    points: float
    expected: int


def edit_remark(engine: Engine, part: Part, edit: Edit, by: Signature) -> tuple[Mark, ...]:
    """Change a remark, and the marks of everyone who has it; return these marks.

    Raises `RemarkChanged` if the remark has a newer version, and `Refused`, also for the removal of
    a remark that somebody has; then nothing is saved.
    """

    def work(session: Session) -> tuple[Mark, ...]:
        known = dict(remarks_in(session, part.id))
        current = known.get(edit.id)
        if current is None:
            raise Refused("there is no such remark")
        if current.version != edit.expected:
            raise RemarkChanged(current)
        having = {
            person: basis
            for (person, _), basis in bases_in(session, part.id).items()
            if edit.id in basis.remarks
        }
        if edit.words:
            others = [each for each in known.values() if each.id != edit.id]
            _check(part, edit.words, edit.points, others)
        elif having:
            raise Refused(f"students who have this remark: {len(having)}. Take it off there first")
        known[edit.id] = renewed = replace(
            current,
            words=storable(edit.words),
            points=edit.points,
            author=storable(by.author),
            at=by.at,
            version=edit.expected + 1,
        )
        session.add(StoredRemark(**asdict(renewed)))
        intent = Intent(kind=REMARK, by=by, remark=edit.id, remark_version=renewed.version)
        return record(session, intent, reapplied(session, part, having, known, by))

    return in_turn(engine, work)


def zeros(
    engine: Engine, targets: Sequence[Target], comment: str, by: Signature
) -> tuple[Mark, ...]:
    """Give 0 points for all of these answers, or none. Raises `Refused` and `Conflict`."""

    def work(session: Session) -> tuple[Mark, ...]:
        wanted = [
            Wanted(mark=_checked(each, 0.0, comment, by), expected=each.expected)
            for each in targets
        ]
        return record(session, Intent(kind=ZEROS, by=by), wanted)

    return in_turn(engine, work)


def reapplied(
    session: Session, part: Part, having: dict[str, Basis], known: Known, by: Signature
) -> list[Wanted]:
    """Return the marks of these people as they follow from `known`, without unchanged ones.

    Raises `Refused` if a comment becomes too long.
    """
    wanted = []
    for person, basis in having.items():
        mark = newest_mark(session, person, part.id)
        assert mark is not None
        points, comment = points_of(part, basis, known), comment_of(basis, known)
        if len(comment) > LONGEST_COMMENT:
            raise Refused(f"with it, a comment is longer than {LONGEST_COMMENT:,} characters")
        if (points, comment) != (mark.points, mark.comment):
            new = replace(mark, points=points, comment=comment, author=by.author, at=by.at)
            wanted.append(Wanted(mark=new, expected=mark.version, basis=basis))
    return wanted


def _basis(session: Session, target: Target) -> Basis:
    """Return what the newest mark was made of; a mark without remarks was typed."""
    person = storable(target.person)
    basis = basis_in(session, person, target.part.id, target.expected)
    if basis.remarks:
        return basis
    mark = newest_mark(session, person, target.part.id)
    if mark is None:
        return NOTHING
    return Basis(comment=mark.comment, typed=mark.points, machine=target.machine)


def _save(session: Session, mark: Mark, expected: int, basis: Basis) -> Mark:
    intent = Intent(kind=MARK, by=Signature(author=mark.author, at=mark.at))
    (saved,) = record(session, intent, [Wanted(mark=mark, expected=expected, basis=basis)])
    return saved


def _checked(target: Target, points: float | None, comment: str, by: Signature) -> Mark:
    wrong = objection(target.part, points, comment, target.machine)
    if wrong:
        raise Refused(wrong)
    return Mark(
        person=target.person,
        student=target.student,
        part=target.part.id,
        points=points,
        comment=comment,
        author=by.author,
        at=by.at,
        version=target.expected + 1,
    )


def _check(part: Part, words: str, points: float, others: Iterable[Remark]) -> None:
    wrong = objection_to_remark(part, words, points, others)
    if wrong:
        raise Refused(wrong)
