import pytest

from grader.report.statistics_words import duration


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.0, "0.00 s"),
        (0.424, "0.42 s"),
        (12.34, "12.3 s"),
        (200.4, "3 min 20 s"),
        (3599.7, "1 h 0 min"),
        (7_500.0, "2 h 5 min"),
    ],
)
def test_a_duration_has_two_units_at_most(seconds: float, words: str) -> None:
    """Short ones have digits, long ones minutes and hours."""
    assert duration(seconds) == words
