"""How to earn the next point: the slope of the lab's formula at one hand-in.

    score = ((ceiling - MFLOPs) / (ceiling - goal)
             - factor * clamp(accuracy goal - accuracy, 0, 1)) * points

falls by points / (ceiling - goal) per MFLOP, and below the accuracy goal rises by
factor * points / images per image classified correctly. Both are exact: the decimals of the lab
file are used as written.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from grader.labs.network_lab import ScoreSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class FormulaInput:
    """The inputs of the formula: MFLOPs, and the number of correct images out of `images`."""

    mflops: float
    correct: int
    images: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NextPoint:
    """What gives `gain` more points, by one change alone: one point, or the rest to the cap.

    `mflops` is the decrease that is needed, None if MFLOPs cannot give so much. `images` is the
    number of further correct images, None if no number gives so much: then the `images_left`
    below the goal give `images_worth` points together. `lost` is the distance of the formula
    below the lab's floor; it is made up first and is subtracted from `images_worth`.
    """

    gain: Fraction
    mflops: Fraction | None
    images: int | None
    images_left: int
    images_worth: Fraction
    lost: Fraction
    at_the_cap: bool


def next_point(score: ScoreSpec, at: FormulaInput) -> NextPoint:
    """Return the slope of `score` at one hand-in, in exact fractions of the decimals."""
    span = _exact(score.mflops_ceiling) - _exact(score.mflops_goal)
    points, factor = _exact(score.points), _exact(score.accuracy_factor)
    goal = _exact(score.accuracy_goal)
    missing = max(goal - Fraction(at.correct, at.images), Fraction())
    formula = (
        (_exact(score.mflops_ceiling) - _exact(at.mflops)) / span - factor * missing
    ) * points
    floor = None if score.floor is None else _exact(score.floor)
    lost = Fraction() if floor is None else max(floor - formula, Fraction())
    per_image = factor * points / at.images
    worth = missing * factor * points
    # The last image can pass the goal, above which accuracy gives no points.
    left = math.ceil(missing * at.images)
    room = None if score.cap is None else max(_exact(score.cap) - formula - lost, Fraction())
    gain = Fraction(1) if room is None else min(Fraction(1), room)
    needed = gain + lost
    mflops = needed * span / points if points else None
    return NextPoint(
        gain=gain,
        mflops=mflops if mflops is not None and mflops <= _exact(at.mflops) else None,
        images=math.ceil(needed / per_image) if worth >= needed and per_image else None,
        images_left=left,
        images_worth=max(worth - lost, Fraction()),
        lost=lost,
        at_the_cap=room == 0,
    )


def advice(score: ScoreSpec, at: FormulaInput) -> tuple[str, ...]:
    """Return the same as messages for the student."""
    return tuple(_advice(score, next_point(score, at), f"of the {at.images:,} images"))


def _advice(score: ScoreSpec, found: NextPoint, images: str) -> Iterator[str]:
    if found.at_the_cap:
        yield f"You have the maximum of the formula, {score.cap:g} points."
        return
    if found.lost:
        yield (
            f"The formula is {float(found.lost):.2f} points below its floor of {score.floor:g}; "
            "the numbers below include this difference."
        )
    more = "One more point" if found.gain == 1 else f"The {_down(found.gain)} points to the cap"
    goal = f"{100 * score.accuracy_goal:.10g}%"
    if found.mflops is not None:
        yield f"{more} for {_up(found.mflops)} MFLOPs fewer at the same accuracy."
    if found.images is not None:
        yield f"{more} for {found.images} more {images} classified correctly."
    elif found.images_left:
        bring = (
            f"give {_down(found.images_worth)} points in total; more give nothing."
            if found.images_worth
            else "give nothing without fewer MFLOPs."
        )
        yield f"{found.images_left} more {images} classified correctly reach {goal} and {bring}"
    else:
        yield (
            f"The accuracy has reached its goal of {goal}: more accuracy gives no points, and any "
            "accuracy above the goal can be traded for fewer MFLOPs."
        )


def _up(value: Fraction) -> str:
    """Return the value rounded up to 0.01: the advised amount must be enough."""
    return f"{math.ceil(100 * value) / 100:.2f}"


def _down(value: Fraction) -> str:
    """Return the value rounded down to 0.01: never promise too much."""
    return f"{math.floor(100 * value) / 100:.2f}"


def _exact(value: float) -> Fraction:
    return Fraction(str(value))
