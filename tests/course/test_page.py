"""totals.html."""

import re
from pathlib import Path

from grader.course.page import page
from grader.course.totals import Given, totals
from grader.lms.extensions import Extensions
from tests.course.courses import course_in
from tests.course.examples import example_totals
from tests.report.browsing import Page


def test_the_page_has_every_student_and_asks_no_network(tmp_path: Path) -> None:
    """Cells sort by their numbers; a name is never markup."""
    html = page(example_totals(tmp_path))
    found = Page.of(html)
    for word in ("李小龍", "B9", "excused", "absent", "lab2"):
        assert word in found.text
    assert found.policy["default-src"] == "'none'"
    values = [each["data-value"] for tag, each in found.elements if "data-value" in each]
    assert len(values) == 6 * 3
    assert "" in values
    assert not re.search(r"(?:src|href)=", html)


def test_a_course_without_students_has_a_page(tmp_path: Path) -> None:
    """And no script."""
    course = course_in(tmp_path)
    given = Given(reports={"lab1": []}, roster=None, extensions=Extensions.of(()))
    html = page(totals(course, given))
    assert "No students" in html
    assert "<script>" not in html
