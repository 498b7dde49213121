"""How a value fits the expectation of its cell."""

from grader.experiments.expectation import CorrectValue, Expectation, Fit, KnownMistake

CELL = Expectation(
    unit="bytes",
    correct=(CorrectValue(value=100, tolerance=5), CorrectValue(value=50, variant="half")),
    mistakes=(
        KnownMistake(value=200, tolerance=2, cause="twice"),
        KnownMistake(value=300, cause="three times", doubtful=True),
    ),
)


def test_a_value_within_the_tolerance_is_equal() -> None:
    """With the nearest of the correct values, and the difference from it."""
    found = CELL.fit(103)
    assert (found.fit, found.expected.value, found.difference) == (Fit.EQUAL, 100, 3)
    assert CELL.fit(50).expected.variant == "half"


def test_the_last_digit_may_be_rounded_or_cut_off() -> None:
    """A value is as exact as it is written."""
    assert CELL.fit(108).fit is Fit.CONTRADICTS
    assert CELL.fit(108, step=5).fit is Fit.EQUAL


def test_a_known_mistake_has_its_cause() -> None:
    """A doubtful one is a person's to judge; the usual value is expected."""
    found = CELL.fit(201)
    assert found.fit is Fit.CONTRADICTS
    assert found.mistake is not None
    assert (found.mistake.cause, found.expected.value) == ("twice", 100)
    assert CELL.fit(300).fit is Fit.DOUBTFUL


def test_an_unknown_value_contradicts_only_if_all_correct_values_are_known() -> None:
    """Otherwise it is doubtful."""
    other = Expectation(unit="bytes", correct=CELL.correct, complete=False)
    assert CELL.fit(1_000).fit is Fit.CONTRADICTS
    assert other.fit(1_000).fit is Fit.DOUBTFUL
