"""A results folder read back."""

from pathlib import Path

import pytest

from grader.errors import GraderError
from grader.results.folder import UNFINISHED
from grader.results.read import as_it_was, check_finished, keep_as_it_was
from grader.results.write import write_results
from tests.results.test_write import LAB, report


def test_what_was_is_kept_until_the_class_is_whole(tmp_path: Path) -> None:
    """The reports come back as they were; to write a whole class ends it."""
    assert as_it_was(tmp_path) is None
    keep_as_it_was([report("B1")], tmp_path)
    assert as_it_was(tmp_path) == (report("B1"),)
    with pytest.raises(GraderError, match="half rescored"):
        check_finished(tmp_path)
    write_results([report("B1")], LAB, tmp_path)
    check_finished(tmp_path)
    assert as_it_was(tmp_path) is None


@pytest.mark.parametrize("damaged", ["", "[]", '{"reports": [1]}', '{"reports": ["{}"]}', "\xff"])
def test_what_was_kept_and_is_damaged_is_told_of(tmp_path: Path, damaged: str) -> None:
    """Nobody is scored from half a file."""
    (tmp_path / UNFINISHED).write_bytes(damaged.encode("latin-1"))
    with pytest.raises(GraderError):
        as_it_was(tmp_path)
