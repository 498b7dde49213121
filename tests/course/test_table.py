"""The tables of course.toml."""

import pytest
from pydantic import ValidationError

from grader.course.table import CourseLabTable, CourseTable, TotalsTable

LAB = CourseLabTable(id="lab1", lab="prune-mobilenet-2024")


def test_what_a_short_file_means() -> None:
    """All labs weigh the same and count; the term has 100 points."""
    course = CourseTable(title="Edge AI", zone="UTC", labs=(LAB,))
    assert course.totals == TotalsTable(points=100, best=None)
    assert course.labs[0].weight == 1
    assert course.database is None


@pytest.mark.parametrize("address", ["marks.db", "postgresql://h/d", "postgres://h/d"])
def test_databases_that_the_grader_can_use(address: str) -> None:
    """A file, or PostgreSQL."""
    assert CourseTable(title="A", zone="UTC", labs=(LAB,), database=address).database == address


@pytest.mark.parametrize("address", ["", "mysql://h/d", "https://h/d"])
def test_other_databases_are_faults(address: str) -> None:
    """Before anything connects."""
    with pytest.raises(ValidationError):
        CourseTable(title="A", zone="UTC", labs=(LAB,), database=address)


def test_faults_between_the_valid_parts_of_a_file() -> None:
    """A table with a fault of its own hides none of the others."""
    labs = [{"id": "a", "lab": "x"}, {"id": "a", "lab": "y"}, {"id": "B"}, 3]
    content = {"labs": labs, "totals": {"best": 4}, "database": "x.db", "title": 1}
    found = list(CourseTable.faults_between(content, None))
    assert len(found) == 4
    for word in ("id", "folder", "best", "database"):
        assert any(word in each for each in found)
    assert list(CourseTable.faults_between({"labs": 3, "totals": 3, "database": 3}, None)) == []
