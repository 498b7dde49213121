import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from grader.report.terminal.student_lines import student_lines, width_of


@pytest.mark.parametrize(
    ("student", "lines"),
    [
        ("109550017", ("109550017",)),
        ("lin.chia-hao@x.edu", ("lin.chia-", "hao@x.edu")),
        ("abcdefghijklmnop", ("abcdefghijklmnop",)),
        ("Ada Lin, Ben Wu", ("Ada Lin,", "Ben Wu")),
        ("", ("",)),
    ],
)
def test_an_id_breaks_between_its_words(student: str, lines: tuple[str, ...]) -> None:
    """A word that is wider than the column has a line of its own, and is whole."""
    assert student_lines(student, 9) == lines


@given(st.text(alphabet="ab-_. 王", max_size=60), st.integers(min_value=1, max_value=30))
def test_no_character_is_lost(student: str, widest: int) -> None:
    """All characters but spaces are on the lines, in order."""
    lines = student_lines(student, widest)
    assert "".join(lines).replace(" ", "") == student.replace(" ", "")
    assert width_of(lines) == max(map(cell_len, lines))
