"""extensions.json in a results folder."""

from pathlib import Path

from grader.lms.extension_sheet import Allowance
from grader.lms.extensions import Extensions
from grader.lms.people import Person
from grader.results.folder import EXTENSIONS
from grader.results.kept_extensions import keep_extensions, kept_extensions


def test_extensions_are_kept_and_deleted(tmp_path: Path) -> None:
    """A class without any has no file."""
    assert kept_extensions(tmp_path) is None
    line = Allowance(file="a.csv", is_roster=False, line=2, person=Person(id="B1"), days=2)
    found = Extensions.of([line])
    keep_extensions(found, tmp_path)
    assert kept_extensions(tmp_path) == found
    keep_extensions(Extensions.of(()), tmp_path)
    assert not (tmp_path / EXTENSIONS).exists()


def test_a_damaged_file_is_none(tmp_path: Path) -> None:
    """As a damaged roster."""
    (tmp_path / EXTENSIONS).write_text('{"lines": [1]}')
    assert kept_extensions(tmp_path) is None
