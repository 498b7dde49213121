import threading
from dataclasses import replace
from pathlib import Path

import pytest

from grader.marks.store import Conflict, Marks, marks_of_class
from grader.types import Mark


def mark(points: float | None, student: str = "B1", author: str = "alice") -> Mark:
    """A mark for question 1.1."""
    return Mark(
        student=student, part="1.1", points=points, comment="so", author=author, at="now", version=0
    )


def test_a_mark_is_kept_with_its_history(database: str) -> None:
    """The newest counts, the earlier ones stay, and all are there after a reopen."""
    with Marks.open(database) as marks:
        first = marks.save(mark(1), 0)
        second = marks.save(mark(2), 1)
        withdrawn = marks.save(mark(None), 2)
    with Marks.open(database) as marks:
        assert marks.of("B1") == {"1.1": withdrawn}
        assert marks.current() == {("B1", "1.1"): withdrawn}
        assert marks.history("B1", "1.1") == (first, second, withdrawn)
        assert marks.all_histories("1.1") == {"B1": (first, second, withdrawn)}
        assert marks.every_history() == {"B1": {"1.1": (first, second, withdrawn)}}
        assert marks.comments() == {"1.1": ("so",)}
    assert [each.version for each in (first, second, withdrawn)] == [1, 2, 3]


def test_an_outdated_mark_is_refused(database: str) -> None:
    """The error has the newer mark, and nothing is overwritten."""
    with Marks.open(database) as marks:
        theirs = marks.save(mark(1), 0)
        with pytest.raises(Conflict) as told:
            marks.save(mark(2, author="bob"), 0)
        assert told.value.current == theirs
        assert marks.history("B1", "1.1") == (theirs,)


def test_one_of_many_simultaneous_marks_is_kept(database: str) -> None:
    """Each version is saved once, and the others get a conflict."""
    kept, refused = [], []

    def save(author: str) -> None:
        with Marks.open(database) as marks:
            try:
                kept.append(marks.save(mark(1, author=author), 0))
            except Conflict as conflict:
                refused.append(conflict.current)

    threads = [threading.Thread(target=save, args=(f"author {each}",)) for each in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(kept) == 1
    assert refused == kept * 7


@pytest.mark.parametrize("words", ["\0", "a\0b", "\udcff", "剪枝 \u202e", "'; DROP TABLE x; --"])
def test_any_text_is_kept(words: str, database: str) -> None:
    """A comment, a name or an id of any characters is saved and found again, maybe escaped."""
    with Marks.open(database) as marks:
        saved = marks.save(replace(mark(1, student=f"B{words}1"), comment=words, author=words), 0)
        (found,) = marks.of(f"B{words}1").values()
    assert found == saved
    assert found.points == 1


def test_several_are_kept_or_none(database: str) -> None:
    """One outdated mark prevents the whole save."""
    with Marks.open(database) as marks:
        marks.save(mark(1), 0)
        with pytest.raises(Conflict):
            marks.save_all([(mark(1, student="B2"), 0), (mark(2), 0)])
        assert marks.of("B2") == {}


def test_grading_makes_no_database_of_marks(tmp_path: Path) -> None:
    """Where nobody marked anything there is nothing to apply, and nothing is made."""
    assert marks_of_class(tmp_path, None) == {}
    assert list(tmp_path.iterdir()) == []
