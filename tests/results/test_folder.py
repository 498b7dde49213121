"""The names of a results folder, and how its files are written."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.results.folder import folder_name
from grader.results.write import write_results
from tests.results.test_write import LAB, content, report


@pytest.mark.parametrize(
    "student",
    [
        "results.db",
        "Grades.CSV",
        "index.html",
        "leaderboard.html",
        "results.lock",
        "rescore.json",
        ".pages",
        ".charts",
    ],
)
def test_student_named_like_our_files(tmp_path: Path, student: str) -> None:
    """A student whose id is the name of one of our files gets a folder beside it."""
    (tmp_path / "results.db").write_bytes(b"database")
    write_results([report(student)], LAB, tmp_path)
    assert (tmp_path / folder_name(student) / "report.json").is_file()
    assert content(tmp_path)["results.db"] == "database"


@given(st.text(min_size=1))
def test_folder_stays_in_results(student: str) -> None:
    """Whatever the id, its folder is one plain name below the results."""
    name = folder_name(student)
    assert Path(name).name == name
    assert name not in {"", ".", ".."}
