"""The lab's formula: MFLOPs and accuracy -> the terms of the score. Pure: no I/O.

    score = ((ceiling - MFLOPs) / (ceiling - goal)
             - factor * clamp(accuracy goal - accuracy, 0, 1)) * points

as in the lab's Evaluation Criteria; floor and cap are the lab file's.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from grader.labs.network_lab import ScoreSpec
from grader.types import Term

_NUMBER = r"(-?\d[\d.e+-]*)"
_GAIN = re.compile(rf"\({_NUMBER} - {_NUMBER}\) / \({_NUMBER} - {_NUMBER}\)")
_PENALTY = re.compile(rf"{_NUMBER} \* clamp\({_NUMBER} - ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """The formula of a stored grade: its constants, and the points without a floor or a cap."""

    ceiling: float
    goal: float
    accuracy_goal: float
    factor: float
    possible: float

    def points(self, mflops: float, accuracy: float) -> float:
        """Return the points for `mflops` in millions and `accuracy`, a fraction."""
        gain = (self.ceiling - mflops) / (self.ceiling - self.goal)
        penalty = self.factor * min(max(self.accuracy_goal - accuracy, 0.0), 1.0)
        return (gain - penalty) * self.possible


def stored_formula(terms: Sequence[Term], possible: float) -> Formula | None:
    """Return the formula that `formula_terms` wrote for `possible` points; None for other terms."""
    gain = next((found for each in terms if (found := _GAIN.fullmatch(each.text))), None)
    penalty = next((found for each in terms if (found := _PENALTY.match(each.text))), None)
    if gain is None or penalty is None:
        return None
    return Formula(
        ceiling=float(gain[1]),
        goal=float(gain[4]),
        factor=float(penalty[1]),
        accuracy_goal=float(penalty[2]),
        possible=possible,
    )


def formula_terms(score: ScoreSpec, mflops: float, accuracy: float) -> tuple[Term, ...]:
    """The formula with its numbers filled in; the last term is the points.

    `mflops` in millions, `accuracy` a fraction.
    """
    span = score.mflops_ceiling - score.mflops_goal
    gain = (score.mflops_ceiling - mflops) / span
    missing = min(max(score.accuracy_goal - accuracy, 0.0), 1.0)
    penalty = score.accuracy_factor * missing
    points = (gain - penalty) * score.points
    terms = [
        Term(
            name="MFLOPs term",
            text=f"({score.mflops_ceiling:g} - {mflops:.6f}) / "
            f"({score.mflops_ceiling:g} - {score.mflops_goal:g})",
            value=gain,
        ),
        Term(
            name="Accuracy penalty",
            text=f"{score.accuracy_factor:g} * clamp({score.accuracy_goal:g} - {accuracy:.4f}, "
            "0, 1)",
            value=penalty,
        ),
        Term(
            name="Score",
            text=f"({gain:.4f} - {penalty:.4f}) * {score.points:g}",
            value=points,
        ),
    ]
    for name, bound in (("Floor", score.floor), ("Cap", score.cap)):
        if bound is not None and (points < bound if name == "Floor" else points > bound):
            terms.append(Term(name=name, text=f"{name.lower()} of {bound:g}", value=bound))
    return tuple(terms)
