"""The lines of the plot on which the lab's formula gives the same points."""

import math

from grader.labs.network_lab import ScoreSpec
from grader.report.charts.plot_frame import Corner, Frame
from grader.scoring.formula import Formula

MOST_LINES = 8
STEPS = (1.0, 2.0, 5.0, 10.0)  # times a power of ten


def levels(score: ScoreSpec, within: Frame) -> tuple[float, ...]:
    """Return the points of the lines that cross the frame, round numbers in ascending order.

    None are below 0 or the lab's floor, or above its cap. Empty if the formula gives no points.
    """
    formula = _formula(score)
    if score.points <= 0:
        return ()
    least = formula.points(within.right, within.lowest)
    most = formula.points(within.left, within.highest)
    least = max(0.0, least, -math.inf if score.floor is None else score.floor)
    most = min(most, math.inf if score.cap is None else score.cap)
    if most <= least:
        return ()
    step = _step((most - least) / MOST_LINES)
    numbers = range(math.ceil(least / step), math.floor(most / step) + 1)
    every = (number * step for number in numbers)
    return tuple(each for each in every if equal_score(score, each, within))


def equal_score(score: ScoreSpec, points: float, within: Frame) -> tuple[Corner, ...]:
    """Return the corners of the line in the frame on which the formula gives `points`, from above.

    Solved for the MFLOPs, the formula is ceiling - (ceiling - goal)(points/most + factor * a),
    where a is the accuracy goal minus the accuracy, at least 0. So the line is vertical down to the
    goal, then slanted to the left. Empty if the line is outside the frame.
    """
    span = score.mflops_ceiling - score.mflops_goal
    straight = score.mflops_ceiling - span * points / score.points
    slant = span * score.accuracy_factor  # MFLOPs for each accuracy of 1 below the goal
    goal = score.accuracy_goal

    def mflops(accuracy: float) -> float:
        return straight - slant * max(goal - accuracy, 0.0)

    top, bottom = within.highest, within.lowest
    if mflops(top) < within.left or mflops(bottom) > within.right:
        return ()
    if mflops(top) > within.right:
        top = goal - (straight - within.right) / slant
    if mflops(bottom) < within.left:
        bottom = goal - (straight - within.left) / slant
    ends = (top, *((goal,) if bottom < goal < top else ()), bottom)
    corners = (Corner(mflops=mflops(each), accuracy=each) for each in dict.fromkeys(ends))
    return tuple(map(within.nearest, corners))  # it rounds at the edge


def _step(least: float) -> float:
    """Return the smallest of 1, 2, 5 times a power of ten that is at least `least`."""
    power = 10.0 ** math.floor(math.log10(least))
    return next(step * power for step in STEPS if step * power >= least * (1 - 1e-9))


def _formula(score: ScoreSpec) -> Formula:
    return Formula(
        ceiling=score.mflops_ceiling,
        goal=score.mflops_goal,
        accuracy_goal=score.accuracy_goal,
        factor=score.accuracy_factor,
        possible=score.points,
    )
