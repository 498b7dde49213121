"""The value in a cell: a number with its unit and its deviation, as a student writes it.

Where a text could mean two numbers, there is no value: a person reads it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

BYTES: Mapping[str, float] = {
    "b": 1,
    "byte": 1,
    "bytes": 1,
    "kb": 1e3,
    "kbyte": 1e3,
    "kbytes": 1e3,
    "kilobytes": 1e3,
    "mb": 1e6,
    "mbyte": 1e6,
    "mbytes": 1e6,
    "megabytes": 1e6,
    "gb": 1e9,
    "kib": 1024,
    "mib": 1024**2,
    "gib": 1024**3,
}
SECONDS: Mapping[str, float] = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1.0),
    **dict.fromkeys(("ms", "msec", "msecs", "millisecond", "milliseconds"), 1e-3),
    **dict.fromkeys(("us", "µs", "μs", "usec", "microsecond", "microseconds"), 1e-6),
    **dict.fromkeys(("ns", "nanosecond", "nanoseconds"), 1e-9),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), 60.0),
}
PERCENT = ("%", "percent", "pct")
COUNTS: Mapping[str, float] = {"k": 1e3, "m": 1e6, "million": 1e6, "": 1}
_EMPTY = re.compile(
    r"[-–—−./\s]*|n\.?\s*/?\s*a\.?|none|nan|"  # noqa: RUF001
    r"not (?:supported|available|applicable)|unsupported|x|✗|❌",
    re.IGNORECASE,
)
_SIGNS = str.maketrans({"−": "-", "–": "-", "×": "x", "·": "x", "’": "'", "μ": "µ"})  # noqa: RUF001
_UNIT = r"(?:%|[A-Za-zµ]+)"
_PLAIN = r"[-+]?(?:\d{1,3}(?:[ ']\d{3})+(?:[.,]\d+)?|\d[\d.,]*|[.,]\d+)"
_TEN = r"\s*[xX*]\s*10\s*(?:\^\s*\{?\s*[-+]?\d{1,2}\s*\}?|[-+]\d{1,2})"
_POWER = rf"(?:\s*[eE]\s*[-+]?\d{{1,3}}|{_TEN})?"


def _named(name: str) -> str:
    return rf"(?P<{name}>{_PLAIN})(?P<{name}_power>{_POWER})\s*(?P<{name}_unit>{_UNIT})?"


_VALUE = re.compile(
    r"\s*[~≈]?\s*"
    + _named("mean")
    + r"\s*(?:(?:±|\+\s*/?\s*-|\(\s*(?:±|\+\s*/?\s*-|(?:std|sd|stdev)[:.=]?)?)\s*"
    + _named("deviation")
    + r"\s*\)?\s*(?P<last_unit>%|[A-Za-zµ]+)?)?\s*"
)
LONGEST = 80  # characters of a cell with a value
_MARKS = re.compile(r"[*†‡§⁰¹²³⁴-⁹ᵃᵇᶜ]+$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A number as written, in `unit` (lower case; None if it has none).

    `step` is one unit of its last digit: 0.001 for "5.885". `deviation` is None if there is none.
    """

    number: float
    step: float
    unit: str | None = None
    deviation: float | None = None


def is_empty(text: str) -> bool:
    """True if the cell says that there is no value: "N/A", a dash, "unsupported"."""
    return _EMPTY.fullmatch(text.strip()) is not None


def read_value(text: str, *, whole: bool = False) -> Value | None:
    """Return the value in a cell, None if it is none or if it could be two.

    `whole` says that the cell holds a count: "5,885" is 5885 there, and could be two numbers
    elsewhere.
    """
    if len(text) > LONGEST:
        return None
    found = _VALUE.fullmatch(_MARKS.sub("", text.strip().translate(_SIGNS)))
    if found is None:
        return None
    number = _number(found["mean"], found["mean_power"], whole=whole)
    if number is None:
        return None
    units = {
        each.casefold()
        for each in (found["mean_unit"], found["deviation_unit"], found["last_unit"])
        if each
    }
    if len(units) > 1:
        return None
    deviation = None
    if found["deviation"]:
        second = _number(found["deviation"], found["deviation_power"], whole=whole)
        if second is None or second[0] < 0:
            return None
        deviation = second[0] if "." in found["deviation"] or "." not in found["mean"] else None
    unit = units.pop() if units else None
    return Value(number=number[0], step=number[1], unit=unit, deviation=deviation)


def _number(digits: str, power: str, *, whole: bool) -> tuple[float, float] | None:
    """Return a number and the step of its last digit, None if the digits could be two numbers."""
    plain = _with_point(re.sub(r"[ ']", "", digits).rstrip(".,"), whole=whole)
    if plain is None:
        return None
    exponent = int((re.search(r"[-+]?\d+\D*$", power) or ["0"])[0].strip(" }")) if power else 0
    decimals = len(plain.partition(".")[2])
    return float(plain) * 10.0**exponent, 10.0 ** (exponent - decimals)


def _with_point(digits: str, *, whole: bool) -> str | None:
    """Return the digits with a decimal point and without separators of thousands."""
    commas, points = digits.count(","), digits.count(".")
    if commas and points:
        last = max(",", ".", key=digits.rfind)
        other = "." if last == "," else ","
        if digits.count(last) > 1 or not _grouped(digits[: digits.rfind(last)], other):
            return None
        return digits.replace(other, "").replace(last, ".")
    mark = "," if commas else "."
    if commas + points > 1:
        return digits.replace(mark, "") if _grouped(digits, mark) else None
    if commas == 0:
        return digits
    before, after = digits.split(",")
    if len(after) == 3 and before.lstrip("+-") not in {"", "0"} and len(before.lstrip("+-")) <= 3:
        return before + after if whole else None
    return digits.replace(",", ".")


def _grouped(digits: str, mark: str) -> bool:
    return re.fullmatch(rf"[-+]?\d{{1,3}}(?:{re.escape(mark)}\d{{3}})*", digits) is not None
