"""Which channels of the base a pruned network kept, and how likely two choices agree by chance.

A hidden channel has a depthwise kernel of its own, 3x3 weights that no pruning of other layers
touches: by it the channel is found again in the base, if fine-tuning has not moved it too far. Of
N channels one hand-in keeps a, another b: drawn blindly, their overlap is hypergeometric, with the
mean a*b/N and the variance a*b*(N-a)*(N-b) / (N*N*(N-1)).
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CLOSE = 0.5  # of a kernel's length: further away it is another channel's
FOUND = 0.8  # of a layer's channels have to be found for the layer to count
_DEPTHWISE = re.compile(r"features\.\d+\.conv\.[01]\.0\.weight")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The channels of one hidden layer that were kept, by number, of `original` in the base."""

    channels: frozenset[int]
    original: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """Channels that two networks both kept, over all layers that both have of the base.

    `fewer` is how many the one with the fewer kept; `expected` and `deviation` are of choices that
    know nothing of each other.
    """

    shared: int
    fewer: int
    expected: float
    deviation: float

    @property
    def share(self) -> float:
        """The fraction of the smaller choice that is in the other."""
        return self.shared / self.fewer if self.fewer else 0.0

    @property
    def deviations(self) -> float:
        """How many standard deviations there are above chance."""
        return (self.shared - self.expected) / self.deviation if self.deviation else 0.0


def kept_channels(
    tensors: Mapping[str, NDArray[np.float32]], base: Mapping[str, NDArray[np.float32]]
) -> dict[str, Kept]:
    """The channels of `base` in each hidden layer of `tensors`, but for layers not of the base."""
    found = {}
    for name, kernels in tensors.items():
        original = base.get(name)
        if original is None or not _depthwise(name, kernels) or not _depthwise(name, original):
            continue
        if len(kernels) == len(original):  # nothing was chosen
            continue
        channels = _found_again(kernels.reshape(-1, 9), original.reshape(-1, 9))
        if len(channels) >= FOUND * len(kernels):
            found[name] = Kept(channels=frozenset(channels), original=len(original))
    return found


def overlap(one: Mapping[str, Kept], other: Mapping[str, Kept]) -> Overlap | None:
    """How far two choices agree; None where no layer of both was found in the base."""
    pairs = [(one[name], other[name]) for name in one.keys() & other.keys()]
    if not pairs:
        return None
    expected, variance = 0.0, 0.0
    for first, second in pairs:
        many, a, b = first.original, len(first.channels), len(second.channels)
        expected += a * b / many
        variance += a * b * (many - a) * (many - b) / (many * many * (many - 1))
    return Overlap(
        shared=sum(len(first.channels & second.channels) for first, second in pairs),
        fewer=sum(min(len(first.channels), len(second.channels)) for first, second in pairs),
        expected=expected,
        deviation=math.sqrt(variance),
    )


def _depthwise(name: str, weights: NDArray[np.float32]) -> bool:
    return bool(_DEPTHWISE.fullmatch(name)) and weights.ndim == 4 and weights.shape[1:] == (1, 3, 3)


def _found_again(kernels: NDArray[np.float32], original: NDArray[np.float32]) -> set[int]:
    """The numbers of the base's kernels that are the nearest of one of these, and it of them."""
    squares = (kernels**2).sum(1)[:, None] + (original**2).sum(1)[None] - 2 * kernels @ original.T
    distances = np.sqrt(np.maximum(squares, 0))
    lengths = np.maximum(np.linalg.norm(original, axis=1), 1e-12)
    nearest = distances.argmin(axis=1)
    back = distances.argmin(axis=0)
    here = np.arange(len(kernels))
    sure = (back[nearest] == here) & (distances[here, nearest] <= CLOSE * lengths[nearest])
    return {int(number) for number in nearest[sure]}
