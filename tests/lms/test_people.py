"""Sheets about people: rosters and times, whatever their columns are called."""

from grader.lms.people import name_key


def test_names_in_either_order() -> None:
    """A sheet for sorting has the last name first."""
    assert name_key("Doe, Jane") == name_key("jane  DOE")
