"""The statistics of a class as a self-contained page, which names no student."""

from dataclasses import dataclass
from itertools import pairwise

from grader.report.class_statistics import ClassStatistics
from grader.report.pages.template import environment, policy, style
from grader.report.part_statistics import Bin, PartStatistics
from grader.report.statistics_words import DISCRIMINATION, duration

WIDE, HIGH = 100.0, 20.0  # of the drawing of a distribution, in its own units
GAP = 1.0
WIDEST = 10.0  # of a bar, with its gap


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar of a distribution in the drawing's units, with its words."""

    x: float
    width: float
    height: float
    words: str


def page(found: ClassStatistics) -> str:
    """Return the page as HTML, without a script."""
    return (
        environment()
        .get_template("statistics.html")
        .render(
            found=found,
            bars={each.id: bars(each) for each in found.parts},
            meaning=DISCRIMINATION,
            duration=duration,
            wide=WIDE,
            high=HIGH,
            style=style(),
            policy=policy(),
        )
    )


def bars(part: PartStatistics) -> tuple[Bar, ...]:
    """Return the bars of a part's distribution, each at its points on the part's scale."""
    shown = part.distribution
    most = max((each.count for each in shown), default=0)
    low, high = part.scale
    across = WIDE / (high - low)
    nearest = min((one.low - other.low for other, one in pairwise(shown)), default=high - low)
    width = min(WIDEST, across * nearest) - GAP
    found = []
    for at, each in enumerate(shown):
        begin = (each.low - low) * across
        if each.low == each.high:  # a single value: its bar stays within the drawing
            begin *= (WIDE - width) / WIDE
        found.append(
            Bar(
                x=begin,
                width=width,
                height=HIGH * each.count / most,
                words=f"{_points(each, at == len(shown) - 1)}: {each.count}",
            )
        )
    return tuple(found)


def _points(each: Bin, is_last: bool) -> str:
    if each.low == each.high:
        return f"{each.low:.4g} points"
    return f"{each.low:.4g} to {'' if is_last else 'below '}{each.high:.4g} points"
