import pytest

from grader.writeup.cell import (
    as_count,
    as_fraction,
    in_bytes,
    in_seconds,
    is_empty,
    read_value,
)


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


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("5.885", "MB", 5_885_000),
        ("5884529", "bytes", 5_884_529),
        ("5885 KB", "MB", 5_885_000),
        ("5.61 MiB", None, 5.61 * 1024**2),
        ("5.885", None, None),
        ("5.885", "ms", None),
    ],
)
def test_sizes_are_in_bytes(text: str, unit: str | None, expected: float | None) -> None:
    """The cell's own unit comes first, then the heading's."""
    assert (value := read_value(text)) is not None
    assert in_bytes(value, unit) == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [("2.41 ms", "s", 0.00241), ("21", "ms", 0.021), ("350 µs", None, 0.00035), ("2", None, None)],
)
def test_times_are_in_seconds(text: str, unit: str | None, expected: float | None) -> None:
    """Milliseconds and microseconds too."""
    assert (value := read_value(text)) is not None
    assert in_seconds(value, unit) == (None if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("0.9718", None, 0.9718),
        ("97.18", None, 0.9718),
        ("97.18%", None, 0.9718),
        ("0.5%", None, 0.005),
        ("97.18", "%", 0.9718),
        ("0", "%", 0),
        ("0.97", "%", None),
        ("1", None, None),
        ("120", None, None),
        ("5 MB", None, None),
    ],
)
def test_a_fraction_may_be_in_percent(text: str, unit: str | None, expected: float | None) -> None:
    """Where a number could be both, there is none."""
    assert (value := read_value(text)) is not None
    assert as_fraction(value, unit) == (None if expected is None else pytest.approx(expected))


def test_counts_may_be_in_thousands_and_millions() -> None:
    """1.47 M parameters."""
    read = [value for text in ("1,470,474", "1470k", "1.47 M") if (value := read_value(text))]
    assert [as_count(each) for each in read] == pytest.approx([1_470_474, 1_470_000, 1_470_000])


@pytest.mark.parametrize("text", ["", "N/A", "n.a.", "--", "–", "not supported", "None"])  # noqa: RUF001
def test_a_cell_may_say_that_there_is_no_value(text: str) -> None:
    """A dash of any length."""
    assert is_empty(text)
    assert not is_empty("0")
