"""Private notes of TAs about a hand-in or one answer: only the review shows them."""

from dataclasses import asdict, dataclass, fields, replace

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from grader.marks.database import explained, in_turn
from grader.marks.tables import StoredNote
from grader.text import storable

HAND_IN = ""  # the part of a note about the whole hand-in
LONGEST_NOTE = 4_000  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """One version of a note about a person's hand-in, or about one part of it; `at` is ISO 8601.

    Empty `words` withdraw the note. No report, sheet or feedback has it.
    """

    person: str
    part: str
    words: str
    author: str
    at: str
    version: int


class NoteChanged(Exception):
    """Somebody changed the note in the meantime: `current` is its newest version."""

    def __init__(self, current: Note) -> None:
        super().__init__(f"{current.author} has meanwhile changed this note")
        self.current = current


def save_note(engine: Engine, note: Note, expected: int) -> Note:
    """Save `note` as the version after `expected`, which is 0 for a first one.

    Raises `NoteChanged` if there is a newer version; then nothing is saved.
    """
    kept = replace(
        note,
        person=storable(note.person),
        words=storable(note.words),
        author=storable(note.author),
        version=expected + 1,
    )

    def work(session: Session) -> Note:
        theirs = select(StoredNote).filter_by(person=kept.person, part=kept.part)
        row = session.scalars(theirs.order_by(StoredNote.version.desc()).limit(1)).first()
        if row is not None and row.version != expected:
            raise NoteChanged(_note(row))
        session.add(StoredNote(**asdict(kept)))
        return kept

    return in_turn(engine, work)


def newest_notes(engine: Engine) -> dict[tuple[str, str], Note]:
    """Return the newest note by (person as `storable`, part), also withdrawn ones."""
    ascending = select(StoredNote).order_by(StoredNote.version)
    with explained(engine), Session(engine) as session:
        return {(row.person, row.part): _note(row) for row in session.scalars(ascending)}


def _note(row: StoredNote) -> Note:
    return Note(**{each.name: getattr(row, each.name) for each in fields(Note)})
