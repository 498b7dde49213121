from pathlib import Path

import pytest

from grader.commands.classroom import classroom_in
from grader.errors import GraderError
from tests.review.classes import STUDENTS, of_three


def test_the_class_is_read_with_its_marks(tmp_path: Path) -> None:
    """Every student has a report, and the marks are those of the folder."""
    of_three(tmp_path)
    with classroom_in(tmp_path, None, None) as classroom:
        assert tuple(each.submission.id for each in classroom.reports()) == tuple(sorted(STUDENTS))
        assert classroom.marks.current() == {}


def test_a_folder_without_results_is_refused(tmp_path: Path) -> None:
    """The error says how a class is graded."""
    with pytest.raises(GraderError) as refused, classroom_in(tmp_path / "none", None, None):
        pass
    assert "grader grade" in (refused.value.help or "")
