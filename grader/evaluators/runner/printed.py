"""Reads the numbers in the output of a runner by the lab's patterns; the text is untrusted."""

import contextlib
import io
import re
from dataclasses import dataclass

from grader.labs.network_lab import RunnerSpec
from grader.text import masked

LINE_CHARACTERS = 1_000  # the patterns are applied to this much of a line
_END_CHARACTERS = 400
_COUNT_DIGITS = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """The last printed accuracy: its text, and its number if the text is one.

    `different` counts the distinct accuracies. `looked_at` is the last printed number of processed
    images. Each except `different` is None if it was not printed.
    """

    text: str | None
    number: float | None
    different: int
    looked_at: int | None

    @property
    def fraction(self) -> float | None:
        """The accuracy, if it is a number from 0 to 1."""
        return self.number if self.number is not None and 0 <= self.number <= 1 else None

    @property
    def is_percentage(self) -> bool:
        """True if it ends with a percent sign, or is a number above 1 and up to 100."""
        above = self.number is not None and 1 < self.number <= 100
        return above or (self.text is not None and self.text.endswith("%"))


def read_printed(text: str, spec: RunnerSpec) -> Printed:
    """Return the numbers in `text`, by the lab's patterns."""
    accuracy, progress = re.compile(spec.accuracy_pattern), re.compile(spec.progress_pattern)
    last: str | None = None
    values: set[float | None] = set()
    looked_at: int | None = None
    for whole in io.StringIO(text, newline=None):
        line = whole[:LINE_CHARACTERS]
        if found := accuracy.search(line):
            last = found["accuracy"]
            values.add(_number(last))
        if found := progress.search(line):
            looked_at = _count(found["done"])
    number = None if last is None else _number(last)
    return Printed(text=last, number=number, different=len(values), looked_at=looked_at)


def end_of(text: str) -> str:
    """Return the last lines of `text`, at most 400 characters, all printable."""
    lines = io.StringIO(text[-_END_CHARACTERS:].strip(), newline=None).read().split("\n")
    return "\n".join(masked(line) for line in lines)


def _number(text: str) -> float | None:
    if "_" in text:  # only Python accepts it in numbers, printf does not write it
        return None
    with contextlib.suppress(ValueError):
        return float(text.rstrip(".,;"))
    return None


def _count(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) <= _COUNT_DIGITS else None
