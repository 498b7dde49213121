"""The decisions in the database of marks; like a mark, a decision is never changed or deleted."""

from dataclasses import asdict, fields, replace

from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from grader.marks.database import explained
from grader.marks.decisions import AllDecisions
from grader.marks.tables import StoredDecision
from grader.text import storable
from grader.types import Decision


class Overtaken(Exception):
    """Somebody decided the same in the meantime: `current` is that decision."""

    def __init__(self, current: Decision) -> None:
        super().__init__(f"{current.author} has meanwhile decided on {current.subject}")
        self.current = current


def newest_decisions(engine: Engine) -> AllDecisions:
    """Return the newest decision on every subject, by person (as `storable`) and then subject."""
    found: dict[str, dict[str, Decision]] = {}
    ascending = select(StoredDecision).order_by(StoredDecision.version)
    with explained(engine), Session(engine) as session:
        for row in session.scalars(ascending):
            found.setdefault(row.person, {})[row.subject] = _decision(row)
    return found


def decisions_of(engine: Engine, person: str) -> tuple[Decision, ...]:
    """Return all decisions on a person's hand-in, the oldest first."""
    theirs = select(StoredDecision).filter_by(person=storable(person)).order_by(StoredDecision.key)
    with explained(engine), Session(engine) as session:
        return tuple(_decision(row) for row in session.scalars(theirs))


def save_decision(engine: Engine, decision: Decision, expected: int) -> Decision:
    """Save `decision` as the version after `expected`, which is 0 for a first one.

    Raises `Overtaken` if there is a newer version; then nothing is saved.
    """
    texts = {
        each.name: storable(value)
        for each in fields(decision)
        if isinstance(value := getattr(decision, each.name), str)
    }
    kept = replace(decision, **texts, version=expected + 1)
    newest = (
        select(StoredDecision)
        .filter_by(person=kept.person, subject=kept.subject)
        .order_by(StoredDecision.version.desc())
        .limit(1)
    )
    with explained(engine), Session(engine) as session:
        current = session.scalars(newest).first()
        if (current.version if current else 0) == expected:
            session.add(StoredDecision(**asdict(kept)))
            try:
                session.commit()
                return kept
            except IntegrityError:  # another process saved between our query and our insert
                session.rollback()
                current = session.scalars(newest).first()
    assert current is not None
    raise Overtaken(_decision(current))


def _decision(row: StoredDecision) -> Decision:
    return Decision(**{each.name: getattr(row, each.name) for each in fields(Decision)})
