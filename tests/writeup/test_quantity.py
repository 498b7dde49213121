import pytest

from grader.labs.write_up_table import CellKind, WriteUpColumn
from grader.writeup.cell import read_value
from grader.writeup.quantity import is_whole, readings


def numbers(text: str, kind: CellKind, heading: str | None, usual: str | None) -> list[float]:
    """The numbers that a cell may be, below a heading with a unit, in a column with a usual one."""
    value = read_value(text, whole=kind == "count")
    assert value is not None
    column = WriteUpColumn(id="column", names=("Column",), cell=kind, unit=usual)
    return [each.number for each in readings(value, column, heading)]


@pytest.mark.parametrize(
    ("text", "heading", "usual", "expected"),
    [
        ("5.885", "MB", None, [5_885_000]),
        ("5.885", None, "MB", [5_885_000]),
        ("5884529", "bytes", "MB", [5_884_529]),
        ("5885 KB", "MB", "MB", [5_885_000]),
        ("5.61 MiB", None, "MB", [5.61 * 1024**2]),
        ("5.885", None, None, []),
        ("5.885", "ms", None, []),
    ],
)
def test_sizes_are_in_bytes(
    text: str, heading: str | None, usual: str | None, expected: list[float]
) -> None:
    """The cell's own unit comes first, then the heading's, then the lab's."""
    assert numbers(text, "size", heading, usual) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("text", "heading", "expected"),
    [
        ("2.41 ms", "s", [0.00241]),
        ("21", "ms", [0.021]),
        ("350 µs", None, [0.00035]),
        ("2", None, [2]),
        ("2 MB", None, []),
    ],
)
def test_times_are_in_seconds(text: str, heading: str | None, expected: list[float]) -> None:
    """Milliseconds and microseconds too."""
    assert numbers(text, "time", heading, "s") == pytest.approx(expected)


@pytest.mark.parametrize(
    ("text", "heading", "expected"),
    [
        ("0.9718", None, [0.9718, 0.009718]),
        ("97.18", None, [0.9718]),
        ("97.18%", None, [0.9718]),
        ("0.5%", None, [0.005]),
        ("97.18", "%", [0.9718]),
        ("0.97", "%", [0.0097, 0.97]),
        ("1", None, [1, 0.01]),
        ("5 MB", None, []),
    ],
)
def test_a_fraction_may_be_in_percent(
    text: str, heading: str | None, expected: list[float]
) -> None:
    """Where a number could be both it has both values, the likely one first."""
    assert numbers(text, "fraction", heading, None) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("text", "expected"), [("1,470,474", 1_470_474), ("1470k", 1_470_000), ("1.47 M", 1_470_000)]
)
def test_counts_may_be_in_thousands_and_millions(text: str, expected: float) -> None:
    """1.47 M parameters."""
    assert numbers(text, "count", None, None) == pytest.approx([expected])


def test_the_last_digit_and_the_deviation_are_scaled_too() -> None:
    """By the same factor as the number."""
    column = WriteUpColumn(id="latency", names=("Latency",), cell="time", unit="s")
    value = read_value("2.41 ± 0.05 ms")
    assert value is not None
    (found,) = readings(value, column, None)
    assert (found.step, found.deviation) == pytest.approx((1e-5, 5e-5))


@pytest.mark.parametrize(
    ("kind", "heading", "expected"),
    [("count", None, True), ("size", "Bytes", True), ("size", "kB", False), ("time", None, False)],
)
def test_bytes_and_counts_are_whole(kind: CellKind, heading: str | None, expected: bool) -> None:
    """24,800 bytes are no 24.8."""
    column = WriteUpColumn(id="column", names=("Column",), cell=kind)
    assert is_whole(column, heading) is expected
