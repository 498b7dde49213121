"""What a cell of a write-up's table must be: its correct values and the mistakes that are known.

Values are bytes, counts and fractions of one. Nothing here knows an experiment, or imports torch.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Unit = Literal["bytes", "count", "fraction"]


class Fit(StrEnum):
    """How a cell fits: its value is correct, cannot be right, or needs a person."""

    EQUAL = "equal"
    CONTRADICTS = "contradicts"
    DOUBTFUL = "doubtful"


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectValue:
    """A value that a cell may have; `variant` says which of the correct ways gives it.

    `remark` is what a person should look at although the value is correct; "" if it is nothing.
    """

    value: float
    tolerance: float = 0.0
    variant: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownMistake:
    """A wrong value with its usual cause, in words that follow "it is"; see `CorrectValue`.

    With `doubtful` a person decides: another reading of the lab's text gives this value.
    """

    value: float
    cause: str
    tolerance: float = 0.0
    doubtful: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CellFit:
    """The result for one cell: `expected` is the correct value that it has, else the usual one.

    `difference` is the found value minus the expected one. `mistake` is None if no known mistake
    explains the value, and if the value is correct.
    """

    fit: Fit
    expected: CorrectValue
    difference: float
    mistake: KnownMistake | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """The correct values of a cell, at least one, the first being the usual one; and mistakes.

    If it is not `complete`, there are correct values that are not listed, and another value is
    doubtful instead of wrong.
    """

    unit: Unit
    correct: tuple[CorrectValue, ...]
    mistakes: tuple[KnownMistake, ...] = ()
    complete: bool = True

    def fit(self, found: float, step: float = 0.0) -> CellFit:
        """Return how a value fits; `step` is one unit of its last digit, in the same unit.

        A value may be rounded or cut off, so it may differ by one step besides the tolerance.
        """
        fitting = [each for each in self.correct if _is_near(each, found, step)]
        if fitting:
            expected = min(fitting, key=lambda each: abs(found - each.value))
            return CellFit(fit=Fit.EQUAL, expected=expected, difference=found - expected.value)
        known = [each for each in self.mistakes if _is_near(each, found, step)]
        mistake = min(known, key=lambda each: abs(found - each.value)) if known else None
        doubtful = not self.complete if mistake is None else mistake.doubtful
        usual = self.correct[0]
        return CellFit(
            fit=Fit.DOUBTFUL if doubtful else Fit.CONTRADICTS,
            expected=usual,
            difference=found - usual.value,
            mistake=mistake,
        )


def _is_near(value: CorrectValue | KnownMistake, found: float, step: float) -> bool:
    rounding = 1e-9 * max(1.0, abs(found))  # of the arithmetic, not of the value
    return abs(found - value.value) <= value.tolerance + step + rounding
