"""The labs of a course as JSON."""

import json
from pathlib import Path

from grader.course.listing import render_labs
from tests.course.courses import course_in, grade_class, handed_in, lab_of


def test_the_labs_with_their_folders_and_results(tmp_path: Path) -> None:
    """One is graded."""
    course = course_in(tmp_path)
    grade_class(course, "lab1", [handed_in(lab_of(course, "lab1"), "B1")])
    labs = json.loads(render_labs(course))["labs"]
    assert [(each["id"], each["lab"], each["graded"]) for each in labs] == [
        ("lab1", "one", True),
        ("lab2", "two", False),
    ]
    assert labs[0]["due"] == "2024-04-04T23:55:00+08:00"
    assert labs[1]["results"] == str(tmp_path / "lab2" / "results")
