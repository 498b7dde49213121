"""The area of the plot of MFLOPs against accuracy: where the class is, without its outliers."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles

FENCE = 3.0  # interquartile ranges beyond a quartile: Tukey's outer fences
FEWEST = 4  # networks: fewer have no quartiles of their own, and none of them is far
MARGIN = 0.08  # of the span, on each side
NARROWEST_MFLOPS = 10.0
NARROWEST_ACCURACY = 0.02  # a fraction

INSIDE, BELOW, ABOVE, RIGHT, LEFT = "inside", "below", "above", "right", "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class Corner:
    """A place in the plot; the accuracy is a fraction."""

    mflops: float
    accuracy: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The drawn area: MFLOPs from `left` to `right`, accuracy (fraction) `lowest` to `highest`."""

    left: float
    right: float
    lowest: float
    highest: float

    def nearest(self, at: Corner) -> Corner:
        """Return the place itself, or the place at the edge that is nearest to it."""
        return Corner(
            mflops=min(max(at.mflops, self.left), self.right),
            accuracy=min(max(at.accuracy, self.lowest), self.highest),
        )

    def where(self, at: Corner) -> str:
        """Return on which side of the frame the place is; `inside` if on none."""
        if not self.lowest <= at.accuracy <= self.highest:
            return BELOW if at.accuracy < self.lowest else ABOVE
        if not self.left <= at.mflops <= self.right:
            return LEFT if at.mflops < self.left else RIGHT
        return INSIDE


def frame(class_: Sequence[Corner], known: Sequence[Corner] = ()) -> Frame:
    """Return the area with all networks of a class, at least one, except a few far from the others.

    Far is outside of Tukey's outer fences: three interquartile ranges beyond the quartiles. The
    reference networks `known` are in the area too, unless they are far from the class.
    """
    mflops = _Spread.of([each.mflops for each in class_], NARROWEST_MFLOPS)
    accuracy = _Spread.of([each.accuracy for each in class_], NARROWEST_ACCURACY)
    near = [each for each in known if mflops.has(each.mflops) and accuracy.has(each.accuracy)]
    shown = (*class_, *near)
    left, right = mflops.span([each.mflops for each in shown])
    lowest, highest = accuracy.span([each.accuracy for each in shown])
    return Frame(
        left=max(0.0, left), right=right, lowest=max(0.0, lowest), highest=min(1.0, highest)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spread:
    """The fences of one figure of a class; `narrowest` is the least length of an axis."""

    low: float
    high: float
    narrowest: float

    @classmethod
    def of(cls, values: Sequence[float], narrowest: float) -> "_Spread":
        if len(values) < FEWEST:
            return cls(low=min(values), high=max(values), narrowest=narrowest)
        first, _, third = quantiles(values, n=4, method="inclusive")
        reach = FENCE * max(third - first, narrowest / 2)
        return cls(low=first - reach, high=third + reach, narrowest=narrowest)

    def has(self, value: float) -> bool:
        return self.low <= value <= self.high

    def span(self, values: Sequence[float]) -> tuple[float, float]:
        """The ends of the axis for the values between the fences, with a margin."""
        near = [each for each in values if self.has(each)]
        low, high = min(near), max(near)
        margin = max(MARGIN * (high - low), (self.narrowest - (high - low)) / 2)
        return low - margin, high + margin
