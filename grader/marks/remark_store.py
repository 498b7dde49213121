"""The remarks in the database of marks, and what marks were made of; no row is ever changed."""

import json
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from grader.marks.database import explained
from grader.marks.remarks import Basis, Known, Remark, given, line_of
from grader.marks.tables import StoredBasis, StoredMark, StoredRemark

NOTHING = Basis()


class RemarkChanged(Exception):
    """Somebody changed the remark in the meantime: `current` is its newest version."""

    def __init__(self, current: Remark) -> None:
        super().__init__(f"{current.author} has meanwhile changed this remark")
        self.current = current


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedRemark:
    """A remark, and the number of students who have it."""

    remark: Remark
    students: int


def remarks_in(session: Session, part: str | None = None) -> Known:
    """Return the newest version of each remark of a part, or of all parts; also removed ones."""
    ascending = select(StoredRemark).order_by(StoredRemark.version)
    chosen = ascending if part is None else ascending.filter_by(part=part)
    return {row.id: remark_of(row) for row in session.scalars(chosen)}


def bases_in(session: Session, part: str | None = None) -> dict[tuple[str, str], Basis]:
    """Return what the newest marks were made of, by (person, part); without those without remarks.

    A newer mark that was typed without remarks, also by an older grader, has no basis.
    """
    newest = select(
        StoredMark.person, StoredMark.part, func.max(StoredMark.version).label("version")
    ).group_by(StoredMark.person, StoredMark.part)
    if part is not None:
        newest = newest.where(StoredMark.part == part)
    of = newest.subquery()
    same = (
        (StoredBasis.person == of.c.person)
        & (StoredBasis.part == of.c.part)
        & (StoredBasis.version == of.c.version)
    )
    rows = session.scalars(select(StoredBasis).join(of, same))
    return {(row.person, row.part): basis_of(row) for row in rows}


def basis_in(session: Session, person: str, part: str, version: int) -> Basis:
    """Return what one version of a mark was made of; `NOTHING` if it has no remarks."""
    chosen = select(StoredBasis).filter_by(person=person, part=part, version=version)
    row = session.scalars(chosen).first()
    return basis_of(row) if row else NOTHING


def add_basis(session: Session, person: str, part: str, version: int, basis: Basis) -> None:
    """Add what a new version of a mark was made of, if it has remarks."""
    if not basis.remarks:
        return
    kept = asdict(basis) | {"remarks": json.dumps(basis.remarks)}
    session.add(StoredBasis(person=person, part=part, version=version, **kept))


def counted_remarks(
    engine: Engine, people: Container[str] | None = None
) -> dict[str, tuple[CountedRemark, ...]]:
    """Return the remarks of each part, without removed ones, the most frequent first.

    Only `people` (as `storable`) are counted, or everybody if it is None.
    """
    with explained(engine), Session(engine) as session:
        known, bases = remarks_in(session), bases_in(session)
    theirs = (basis for (person, _), basis in bases.items() if people is None or person in people)
    return counted(known.values(), theirs)


def counted(
    known: Iterable[Remark], bases: Iterable[Basis]
) -> dict[str, tuple[CountedRemark, ...]]:
    """Return the remarks of each part with the number of `bases` that have each."""
    having = Counter(each for basis in bases for each in set(basis.remarks))
    found: dict[str, list[CountedRemark]] = {}
    for remark in known:
        if remark.words:
            one = CountedRemark(remark=remark, students=having[remark.id])
            found.setdefault(remark.part, []).append(one)
    return {
        part: tuple(sorted(several, key=lambda each: (-each.students, each.remark.words)))
        for part, several in found.items()
    }


def bases_of_all(engine: Engine) -> Mapping[tuple[str, str], Basis]:
    """Return what the newest marks were made of, by (person, part), and nothing without remarks."""
    with explained(engine), Session(engine) as session:
        return bases_in(session)


def newest_remarks(engine: Engine) -> Known:
    """Return the newest version of each remark, by id, also of removed ones."""
    with explained(engine), Session(engine) as session:
        return remarks_in(session)


def remark_of(row: StoredRemark) -> Remark:
    """Return the remark in a row."""
    return Remark(**{each.name: getattr(row, each.name) for each in fields(Remark)})


def basis_of(row: StoredBasis) -> Basis:
    """Return the basis in a row."""
    return Basis(
        remarks=tuple(_ids(row.remarks)),
        comment=row.comment,
        typed=row.typed,
        machine=row.machine,
    )


def _ids(stored: str) -> Iterator[str]:
    return (str(each) for each in json.loads(stored))


def lines_of_marks(engine: Engine) -> dict[tuple[str, str], str]:
    """Return the lines of the remarks that each newest mark has, by (person, part)."""
    with explained(engine), Session(engine) as session:
        known, bases = remarks_in(session), bases_in(session)
    return {where: "\n".join(map(line_of, given(basis, known))) for where, basis in bases.items()}
