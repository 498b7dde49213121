import threading
from dataclasses import replace
from pathlib import Path

import pytest

from grader.marks.store import Conflict, Marks, marks_of_class
from grader.types import Mark


def mark(points: float | None, student: str = "B1", author: str = "alice") -> Mark:
    """A mark for question 1.1, of which the points matter."""
    return Mark(
        student=student, part="1.1", points=points, comment="so", author=author, at="now", version=0
    )


def test_a_mark_is_kept_with_its_history(place: str) -> None:
    """The newest counts, the earlier ones stay, and all of it outlives the process."""
    with Marks.open(place) as marks:
        first = marks.save(mark(1), 0)
        second = marks.save(mark(2), 1)
        taken_back = marks.save(mark(None), 2)
    with Marks.open(place) as marks:
        assert marks.of("B1") == {"1.1": taken_back}
        assert marks.current() == {("B1", "1.1"): taken_back}
        assert marks.history("B1", "1.1") == (first, second, taken_back)
        assert marks.all_histories("1.1") == {"B1": (first, second, taken_back)}
        assert marks.every_history() == {"B1": {"1.1": (first, second, taken_back)}}
        assert marks.comments() == {"1.1": ("so",)}
    assert [each.version for each in (first, second, taken_back)] == [1, 2, 3]


def test_who_is_late_is_told_and_nothing_is_overwritten(place: str) -> None:
    """A mark that knows of an older version is refused with the newer one."""
    with Marks.open(place) as marks:
        theirs = marks.save(mark(1), 0)
        with pytest.raises(Conflict) as told:
            marks.save(mark(2, author="bob"), 0)
        assert told.value.current == theirs
        assert marks.history("B1", "1.1") == (theirs,)


def test_of_many_at_once_one_is_kept(place: str) -> None:
    """Whoever saves at the same moment, each version is one person's, and the others know."""
    kept, refused = [], []

    def save(author: str) -> None:
        with Marks.open(place) as marks:
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
def test_any_words_are_kept(words: str, place: str) -> None:
    """A comment, a name or an id of any letters is saved and found again, or shown as an escape."""
    with Marks.open(place) as marks:
        saved = marks.save(replace(mark(1, student=f"B{words}1"), comment=words, author=words), 0)
        (found,) = marks.of(f"B{words}1").values()
    assert found == saved
    assert found.points == 1


def test_several_are_kept_or_none(place: str) -> None:
    """One overtaken mark of a sheet keeps the others out."""
    with Marks.open(place) as marks:
        marks.save(mark(1), 0)
        with pytest.raises(Conflict):
            marks.save_all([(mark(1, student="B2"), 0), (mark(2), 0)])
        assert marks.of("B2") == {}


def test_grading_makes_no_database_of_marks(tmp_path: Path) -> None:
    """Where nobody marked anything there is nothing to apply, and nothing is made."""
    assert marks_of_class(tmp_path, None) == {}
    assert list(tmp_path.iterdir()) == []
