"""The database of marks: addresses and files that cannot be used."""

import socket
from pathlib import Path

import pytest

from grader.errors import GraderError
from grader.marks.store import Marks


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    """It is named, with what to do."""
    (tmp_path / "marks.db").write_text("not a database " * 100)
    with pytest.raises(GraderError, match="cannot be used"):
        Marks.open(tmp_path / "marks.db")


def test_an_address_that_is_unknown() -> None:
    """Its password is not printed."""
    with pytest.raises(GraderError, match="none that the grader knows") as told:
        Marks.open("mysql://ta:secret@host/marks")
    assert "secret" not in str(told.value)


def test_a_server_that_does_not_answer() -> None:
    """It is named without the password."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(GraderError, match=r"127\.0\.0\.1") as told:
        Marks.open(f"postgresql://ta:secret@127.0.0.1:{port}/marks")
    assert "secret" not in f"{told.value} {told.value.help}"
