import pytest

from grader.intake.person import person_with
from grader.marks.notes import HAND_IN, Note, NoteChanged, newest_notes, save_note
from grader.marks.store import Marks, everything


def note(words: str, author: str = "alice", part: str = "1.1") -> Note:
    """A note about a student."""
    return Note(
        person=person_with("B1"), part=part, words=words, author=author, at="now", version=0
    )


def test_a_note_has_versions(database: str) -> None:
    """The newest counts; a note is not among the marks."""
    with Marks.open(database) as marks:
        save_note(marks.engine, note("looks copied"), 0)
        second = save_note(marks.engine, note("asked him"), 1)
        whole = save_note(marks.engine, note("ill", part=HAND_IN), 0)
        assert newest_notes(marks.engine) == {
            ("id:b1", "1.1"): second,
            ("id:b1", ""): whole,
        }
        assert everything(marks).marks == {}


def test_a_note_changed_by_two_is_not_overwritten(database: str) -> None:
    """The second is told the first."""
    with Marks.open(database) as marks:
        first = save_note(marks.engine, note("hers"), 0)
        with pytest.raises(NoteChanged) as told:
            save_note(marks.engine, note("his", "bob"), 0)
        assert told.value.current == first
        assert newest_notes(marks.engine)["id:b1", "1.1"] == first
