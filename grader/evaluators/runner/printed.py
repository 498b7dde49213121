"""What a runner printed, read by the lab's patterns: hostile text in, numbers out."""

import contextlib
import io
import re
from dataclasses import dataclass

from grader.labs.spec import RunnerSpec
from grader.text import masked

LINE_LETTERS = 1_000  # the patterns never see more of a line
_END_LETTERS = 400
_COUNT_DIGITS = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """The last accuracy that was printed: its text, and the number if it is one.

    `different` counts the different ones. `looked_at` is the last number of images that it said it
    had looked at. All but `different` are None where nothing was printed of it.
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
        """Whether it reads as one: with a sign, or as a number above 1 and up to 100."""
        above = self.number is not None and 1 < self.number <= 100
        return above or (self.text is not None and self.text.endswith("%"))


def read_printed(text: str, spec: RunnerSpec) -> Printed:
    """The numbers in `text`, by the lab's patterns."""
    accuracy, progress = re.compile(spec.accuracy_pattern), re.compile(spec.progress_pattern)
    last: str | None = None
    values: set[float | None] = set()
    looked_at: int | None = None
    for whole in io.StringIO(text, newline=None):
        line = whole[:LINE_LETTERS]
        if found := accuracy.search(line):
            last = found["accuracy"]
            values.add(_number(last))
        if found := progress.search(line):
            looked_at = _count(found["done"])
    number = None if last is None else _number(last)
    return Printed(text=last, number=number, different=len(values), looked_at=looked_at)


def end_of(text: str) -> str:
    """The last lines of `text`, a few hundred letters, with nothing in them that is not printed."""
    lines = io.StringIO(text[-_END_LETTERS:].strip(), newline=None).read().split("\n")
    return "\n".join(masked(line) for line in lines)


def _number(text: str) -> float | None:
    if "_" in text:  # Python's own way to write numbers, and no printf's
        return None
    with contextlib.suppress(ValueError):
        return float(text.rstrip(".,;"))
    return None


def _count(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) <= _COUNT_DIGITS else None
