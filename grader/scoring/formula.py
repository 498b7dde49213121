"""The lab's formula: MFLOPs and accuracy -> the terms of the score. Pure: no I/O.

    score = ((ceiling - MFLOPs) / (ceiling - goal)
             - factor * clamp(accuracy goal - accuracy, 0, 1)) * points

as in the lab's Evaluation Criteria; floor and cap are the lab file's.
"""

from grader.labs.spec import ScoreSpec
from grader.types import Term


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
