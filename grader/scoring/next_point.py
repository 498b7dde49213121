"""Where the next point is cheapest: the slope of the lab's formula at one hand-in.

    score = ((ceiling - MFLOPs) / (ceiling - goal)
             - factor * clamp(accuracy goal - accuracy, 0, 1)) * points

falls by points / (ceiling - goal) with each MFLOP, and below the accuracy's goal rises by
factor * points / images with each image answered correctly. The lab file's decimals are taken as
written, so that both are exact.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from grader.labs.spec import ScoreSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class FormulaInput:
    """What the formula is asked about: MFLOPs, and the correct answers of how many images."""

    mflops: float
    correct: int
    images: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NextPoint:
    """What brings `gain` more points, by one way alone: one, or what is left to the lab's cap.

    `mflops`: so many fewer; None where MFLOPs bring nothing. `images`: so many more answered
    correctly; None where no number of them brings so much, and then the `images_left` below the
    goal bring `images_worth` points together. `lost` is how far the formula is below the lab's
    floor: that comes first, and is off `images_worth`.
    """

    gain: Fraction
    mflops: Fraction | None
    images: int | None
    images_left: int
    images_worth: Fraction
    lost: Fraction
    at_the_cap: bool


def next_point(score: ScoreSpec, at: FormulaInput) -> NextPoint:
    """The slope of `score` at one hand-in; the sums are exact, those of the decimals as written."""
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
    # The last image may lead past the goal, where the formula stops counting.
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
    """The same in sentences."""
    return tuple(_advice(score, next_point(score, at), f"of the {at.images:,} images"))


def _advice(score: ScoreSpec, found: NextPoint, images: str) -> Iterator[str]:
    if found.at_the_cap:
        yield f"The formula stops at {score.cap:g} points, and you have them."
        return
    if found.lost:
        yield (
            f"The formula is {float(found.lost):.2f} points below its floor of {score.floor:g}: "
            "the figures below make good for that, too."
        )
    more = "One more point" if found.gain == 1 else f"The {_down(found.gain)} points to the cap"
    goal = f"{100 * score.accuracy_goal:.10g}%"
    if found.mflops is not None:
        yield f"{more} for {_up(found.mflops)} MFLOPs fewer at the same accuracy."
    if found.images is not None:
        yield f"{more} for {found.images} more {images} answered correctly."
    elif found.images_left:
        bring = (
            f"bring {_down(found.images_worth)} points together; more bring nothing."
            if found.images_worth
            else "bring nothing without fewer MFLOPs."
        )
        yield f"{found.images_left} more {images} answered correctly reach {goal} and {bring}"
    else:
        yield (
            f"The accuracy is at its goal of {goal} or above: more of it brings nothing, and what "
            "is above it may be spent on fewer MFLOPs."
        )


def _up(value: Fraction) -> str:
    """To the hundredth above: what is asked for must be enough."""
    return f"{math.ceil(100 * value) / 100:.2f}"


def _down(value: Fraction) -> str:
    """To the hundredth below: no more is promised than comes."""
    return f"{math.floor(100 * value) / 100:.2f}"


def _exact(value: float) -> Fraction:
    return Fraction(str(value))
