"""Sheets about people: rosters and times, whatever their columns are called."""

import pytest

from grader.lms.people import Index, Person, name_key


def test_names_in_either_order() -> None:
    """A sheet for sorting has the last name first."""
    assert name_key("Doe, Jane") == name_key("jane  DOE")


def zeros(*ids: str) -> Index:
    """A sheet of these ids."""
    return Index.of([Person(id=each) for each in ids])


@pytest.mark.parametrize(
    ("listed", "student", "row"),
    [
        (("12345", "2"), "0012345", 0),
        (("0012345", "2"), "12345", 0),
        (("0012345", "12345"), "12345", 1),
        (("0012345", "12345"), "012345", None),
        (("12345",), "123450", None),
        (("B12345",), "B012345", None),
        (("0",), "000", 0),
        (("١٢",), "٠١٢", None),
    ],
)
def test_leading_zeros_do_not_count_where_one_id_is_left(
    listed: tuple[str, ...], student: str, row: int | None
) -> None:
    """A spreadsheet that saves a sheet removes them; an exact match comes first."""
    match = zeros(*listed).find(Person(id=student))
    assert match.row == row
    exact = row is not None and listed[row] == student
    assert bool(match.note) is (row is not None and not exact)


def test_zeros_do_not_outweigh_a_name() -> None:
    """Another name is another person."""
    index = Index.of([Person(id="12345", name="Jane Doe")])
    match = index.find(Person(id="0012345", name="Eve"))
    assert match.row is None
    assert "Eve" in match.why
