import threading
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from grader.intake.person import person_with
from grader.marks.database import connect
from grader.marks.decisions import Given
from grader.marks.mark_rows import Conflict
from grader.marks.store import Marks, given_to
from grader.types import Arrival, Mark, Submission


def mark(points: float | None, student: str = "B1", author: str = "alice") -> Mark:
    """A mark for question 1.1."""
    return Mark(
        person=person_with(student),
        student=student,
        part="1.1",
        points=points,
        comment="so",
        author=author,
        at="now",
        version=0,
    )


def test_a_mark_is_kept_with_its_history(database: str) -> None:
    """The newest counts, the earlier ones stay, and all are there after a reopen."""
    with Marks.open(database) as marks:
        first = marks.save(mark(1), 0)
        second = marks.save(mark(2), 1)
        withdrawn = marks.save(mark(None), 2)
    with Marks.open(database) as marks:
        assert marks.of("id:b1") == {"1.1": withdrawn}
        assert marks.current() == {("id:b1", "1.1"): withdrawn}
        assert marks.history("id:b1", "1.1") == (first, second, withdrawn)
        assert marks.all_histories("1.1") == {"id:b1": (first, second, withdrawn)}
        assert marks.every_history() == {"id:b1": {"1.1": (first, second, withdrawn)}}
        assert marks.comments() == {"1.1": ("so",)}
    assert [each.version for each in (first, second, withdrawn)] == [1, 2, 3]


def test_an_outdated_mark_is_refused(database: str) -> None:
    """The error has the newer mark, and nothing is overwritten."""
    with Marks.open(database) as marks:
        theirs = marks.save(mark(1), 0)
        with pytest.raises(Conflict) as told:
            marks.save(mark(2, author="bob"), 0)
        assert told.value.current == theirs
        assert marks.history("id:b1", "1.1") == (theirs,)


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
        (found,) = marks.of(person_with(f"B{words}1")).values()
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
    assert given_to(tmp_path, None, ()) == Given()
    assert list(tmp_path.iterdir()) == []


def schema_1(database: str, *students: str) -> None:
    """Bring an empty database to schema 1, with a mark of 1.1 for each student."""
    engine = connect(database)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE grader_marks")
        connection.exec_driver_sql("DROP TABLE grader_decisions")
        connection.exec_driver_sql(
            "CREATE TABLE grader_marks (key INTEGER PRIMARY KEY, student TEXT NOT NULL, "
            "part TEXT NOT NULL, version INTEGER NOT NULL, points FLOAT, comment TEXT NOT NULL, "
            "author TEXT NOT NULL, at TEXT NOT NULL, UNIQUE (student, part, version))"
        )
        for key, student in enumerate(students, start=1):
            connection.execute(
                text("INSERT INTO grader_marks VALUES (:key, :id, '1.1', 1, 1, 'so', 'a', 'now')"),
                {"key": key, "id": student},
            )
        connection.exec_driver_sql("UPDATE grader_marks_schema SET version = 1")
    engine.dispose()


def test_the_people_of_a_class_claim_older_marks(database: str) -> None:
    """Those of their id; where two could, or a person has marks, nobody does."""
    schema_1(database, "B1", "b1~2", "B3", "B4", "b3")
    jane = Arrival(lms="canvas", lms_id="7")
    class_ = [
        submission("b1"),
        submission("B3", jane),
        submission("B4", Arrival(lms="canvas", lms_id="8")),
        submission("b4"),
    ]
    with Marks.open(database) as marks:
        for _ in range(2):
            marks.claim(class_)
            people = {person: mark.student for (person, _), mark in marks.current().items()}
            assert people == {
                "id:b1": "B1",
                "before:b1~2": "b1~2",
                "canvas:7": "B3",
                "before:b3": "b3",
                "before:B4": "B4",
            }
        saved = marks.save(replace(mark(2, "B1"), version=2), 1)
        assert marks.history("id:b1", "1.1")[1] == saved


def submission(student: str, came: Arrival | None = None) -> Submission:
    """A hand-in of `student`."""
    return Submission(id=student, source=Path("x.zip"), sha256="", handed_in=came)
