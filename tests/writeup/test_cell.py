import pytest

from grader.writeup.cell import is_empty, read_value


@pytest.mark.parametrize(
    ("text", "number", "unit", "deviation"),
    [
        ("5.885", 5.885, None, None),
        ("5.885 MB", 5.885, "mb", None),
        ("5.885MB", 5.885, "mb", None),
        ("5 884 529 B", 5_884_529, "b", None),
        ("5'884'529", 5_884_529, None, None),
        ("1,470,474", 1_470_474, None, None),
        ("1.470.474", 1_470_474, None, None),
        ("5,88 MB", 5.88, "mb", None),
        ("0,971", 0.971, None, None),
        ("1.470,5", 1470.5, None, None),
        ("2.41 ± 0.05 ms", 2.41, "ms", 0.05),
        ("2.41ms ± 0.05ms", 2.41, "ms", 0.05),
        ("2.41 +/- 0.05", 2.41, None, 0.05),
        ("2.41 (0.05) ms", 2.41, "ms", 0.05),
        ("2.41 ms (std 0.05)", 2.41, "ms", 0.05),
        ("97.33%", 97.33, "%", None),
        ("97.33 %", 97.33, "%", None),
        ("−0.12", -0.12, None, None),  # noqa: RUF001 - a minus sign
        ("2.1e-3 s", 0.0021, "s", None),
        ("2.1 × 10^-3 s", 0.0021, "s", None),  # noqa: RUF001 - as in a paper
        ("~5.9 MB", 5.9, "mb", None),
        ("5.885*", 5.885, None, None),
        ("0.9718¹", 0.9718, None, None),
    ],
)
def test_a_value_is_read_with_its_unit(
    text: str, number: float, unit: str | None, deviation: float | None
) -> None:
    """As students write them: separators, units, deviations, marks of footnotes."""
    value = read_value(text)
    assert value is not None
    assert value.number == pytest.approx(number)
    assert (value.unit, value.deviation) == (unit, deviation)


@pytest.mark.parametrize(
    "text",
    [
        "N/A",
        "",
        "5,885 MB",  # 5.885 or 5885
        "2.41 0.05",
        "1,470,4 74",
        "1,47,0474",
        "5.88 MB ± 3 ms",
        "< 0.01",
        "2.1 ×103",  # noqa: RUF001 - the exponent has lost its place
        "5\N{REPLACEMENT CHARACTER}885",
        "about right",
        "2.41 / 0.05",
        "1.2.3",
    ],
)
def test_what_could_be_two_numbers_is_none(text: str) -> None:
    """A person reads it; no number is invented."""
    assert read_value(text) is None


def test_a_count_may_have_one_separator() -> None:
    """A count has no decimals."""
    assert (value := read_value("5,885", whole=True)) is not None
    assert value.number == 5885


def test_the_step_is_one_unit_of_the_last_digit() -> None:
    """Of a number with an exponent too."""
    steps = [value.step for text in ("5.885", "12", "1.2e-3") if (value := read_value(text))]
    assert steps == pytest.approx([0.001, 1, 0.0001])


@pytest.mark.parametrize("text", ["", "N/A", "n.a.", "--", "–", "not supported", "None"])  # noqa: RUF001
def test_a_cell_may_say_that_there_is_no_value(text: str) -> None:
    """A dash of any length."""
    assert is_empty(text)
    assert not is_empty("0")
