"""The database of marks: addresses and files that cannot be used."""

import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import insert, inspect
from sqlalchemy.exc import IntegrityError

from grader.errors import GraderError
from grader.marks.database import SCHEMA_VERSION, connect, explained
from grader.marks.store import Marks
from grader.marks.tables import StoredMark

YOUNGER = (
    "grader_remarks", "grader_mark_bases", "grader_actions", "grader_action_marks", "grader_notes",
    "grader_presence",
)  # fmt: skip


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    """It is named, with what to do."""
    (tmp_path / "marks.db").write_text("not a database " * 100)
    with pytest.raises(GraderError, match=r"marks\.db"):
        Marks.open(tmp_path / "marks.db")


def test_an_address_that_is_unknown() -> None:
    """Its password is not printed."""
    with pytest.raises(GraderError, match="mysql") as told:
        Marks.open("mysql://ta:secret@host/marks")
    assert "secret" not in str(told.value)


def test_a_server_that_does_not_answer() -> None:
    """The error names the server, without the password."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(GraderError, match=r"127\.0\.0\.1") as told:
        Marks.open(f"postgresql://ta:secret@127.0.0.1:{port}/marks")
    assert "secret" not in f"{told.value} {told.value.help}"


def test_a_database_of_something_else_is_left_alone(tmp_path: Path) -> None:
    """Its tables stay as they were, and ours are not put beside them."""
    file = tmp_path / "other.db"
    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE pupils (name TEXT)")
        other.commit()
    with pytest.raises(GraderError, match="another program") as told:
        connect(file)
    assert told.value.help
    with closing(sqlite3.connect(file)) as other:
        tables = other.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    assert tables == [("pupils",)]


def test_marks_of_another_schema_are_refused(tmp_path: Path) -> None:
    """Both versions are told, and nothing is changed."""
    file = tmp_path / "marks.db"
    connect(file).dispose()
    with closing(sqlite3.connect(file)) as marks:
        marks.execute("UPDATE grader_marks_schema SET version = 7")
        marks.commit()
    with pytest.raises(GraderError, match=rf"schema version 7.*{SCHEMA_VERSION}"):
        connect(file)


def test_tables_are_made_once(tmp_path: Path) -> None:
    """To connect again finds what there is."""
    for _ in range(2):
        engine = connect(str(tmp_path / "marks.db"))
        with engine.begin() as connection:
            names = inspect(connection).get_table_names()
        engine.dispose()
        assert sorted(names) == sorted(
            ("grader_decisions", "grader_marks", "grader_marks_schema", *YOUNGER)
        )


def test_a_second_version_of_a_mark_is_for_who_saves_to_sort_out(tmp_path: Path) -> None:
    """Every other refusal of the database becomes a `GraderError` without a password."""
    engine = connect(tmp_path / "marks.db")
    row = {
        "student": "B1", "part": "1.1", "version": 1,
        "points": 1.0, "comment": "", "author": "a", "at": "",
    }  # fmt: skip
    with pytest.raises(IntegrityError), explained(engine), engine.begin() as connection:
        connection.execute(insert(StoredMark), [row, row])
    with (
        pytest.raises(GraderError, match="no such table"),
        explained(engine),
        engine.begin() as connection,
    ):
        connection.exec_driver_sql("SELECT * FROM pupils")
    engine.dispose()


@pytest.mark.parametrize("place", ["mysql://ta:secret@host/x", "postgresql://ta:secret@host:x/y"])
def test_an_address_that_is_none_is_named_by_its_scheme(place: str) -> None:
    """The rest may hold a password."""
    with pytest.raises(GraderError, match=place.partition(":")[0]) as told:
        connect(place)
    assert "secret" not in f"{told.value} {told.value.help}"


def test_a_database_of_an_older_grader_gets_the_younger_tables(tmp_path: Path) -> None:
    """Its marks stay, and its version, so that the older grader opens it again."""
    file = tmp_path / "marks.db"
    connect(file).dispose()
    with closing(sqlite3.connect(file)) as old:
        for table in YOUNGER:
            old.execute(f"DROP TABLE {table}")
        old.execute(
            "INSERT INTO grader_marks VALUES (1, 'id:b1', 'B1', '1.1', 1, 2.0, 'so', 'old', 'now')"
        )
        old.commit()
    with Marks.open(file) as marks:
        assert marks.of("id:b1")["1.1"].points == 2
        assert set(YOUNGER) <= set(inspect(marks.engine).get_table_names())
    with closing(sqlite3.connect(file)) as old:
        assert old.execute("SELECT version FROM grader_marks_schema").fetchall() == [(2,)]
