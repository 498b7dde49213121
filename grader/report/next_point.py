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

from grader.lab import ScoreSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the formula is asked about: MFLOPs, and the correct answers of how many images."""

    mflops: float
    correct: int
    images: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NextPoint:
    """What brings one more point, by one way alone.

    `mflops`: so many fewer; None where MFLOPs bring nothing. `images`: so many more answered
    correctly; None where no number of them brings a whole point, and then the `images_left` below
    the goal bring `images_worth` points together. `lost` is how far the formula is below the lab's
    floor: that comes first.
    """

    mflops: Fraction | None
    images: int | None
    images_left: int
    images_worth: Fraction
    lost: Fraction
    at_the_cap: bool


def next_point(score: ScoreSpec, at: Standing) -> NextPoint:
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
    needed = 1 + lost
    mflops = needed * span / points if points else None
    return NextPoint(
        mflops=mflops if mflops is not None and mflops <= _exact(at.mflops) else None,
        images=math.ceil(needed / per_image) if worth >= needed else None,
        images_left=left,
        images_worth=worth,
        lost=lost,
        at_the_cap=score.cap is not None and formula >= _exact(score.cap),
    )


def advice(score: ScoreSpec, at: Standing) -> tuple[str, ...]:
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
    if found.mflops is not None:
        yield f"One more point for {float(found.mflops):.2f} MFLOPs fewer at the same accuracy."
    if found.images is not None:
        yield f"One more point for {found.images} more {images} answered correctly."
    elif found.images_left:
        yield (
            f"{found.images_left} more {images} answered correctly reach "
            f"{score.accuracy_goal:.0%} and bring {float(found.images_worth):.2f} points together; "
            "more bring nothing."
        )
    else:
        yield (
            f"The accuracy is at its goal of {score.accuracy_goal:.0%} or above: more of it brings "
            "nothing, and what is above it may be spent on fewer MFLOPs."
        )


def _exact(value: float) -> Fraction:
    return Fraction(str(value))
