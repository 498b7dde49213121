"""Which channels of the base a pruned network kept, and how likely two choices agree by chance.

A hidden channel has a depthwise kernel of its own, 3x3 weights that no pruning of other layers
touches: by it the channel is found again in the base, if fine-tuning has not moved it too far. Of
N channels one hand-in keeps a, another b: drawn blindly, their overlap is hypergeometric, with the
mean a*b/N and the variance a*b*(N-a)*(N-b) / (N*N*(N-1)).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CLOSE = 0.5  # of a kernel's length: further away it is another channel's
FOUND = 0.8  # of a layer's channels have to be found for the layer to count
Matrix = NDArray[np.float64]
_DEPTHWISE = re.compile(r"features\.\d+\.conv\.[01]\.0\.weight")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The channels of one hidden layer that were kept, by number, of `original` in the base."""

    channels: frozenset[int]
    original: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """Channels that two networks both kept, over all layers that both have of the base.

    `more` is how many the one with the more kept; `expected` and `deviation` are of choices that
    know nothing of each other.
    """

    shared: int
    more: int
    expected: float
    deviation: float

    @property
    def share(self) -> float:
        """The fraction of the larger choice that is in the other: 1 is the same choice."""
        return self.shared / self.more if self.more else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlaps:
    """The same of every two of a class, float64 matrices by their numbers; 0 without a layer."""

    shared: Matrix
    fewer: Matrix
    more: Matrix
    expected: Matrix
    deviation: Matrix

    @property
    def share(self) -> Matrix:
        """The fraction of the larger choice that is in the other."""
        return np.asarray(self.shared / np.maximum(self.more, 1))

    @property
    def evenness(self) -> Matrix:
        """The smaller choice over the larger: 1 where as many were kept of each layer."""
        return np.asarray(self.fewer / np.maximum(self.more, 1))

    @property
    def deviations(self) -> Matrix:
        """How many standard deviations there are above chance; 0 where nothing was free."""
        free = self.deviation > 0
        return np.where(free, (self.shared - self.expected) / np.where(free, self.deviation, 1), 0)

    def of(self, first: int, second: int) -> Overlap:
        """That of two."""
        return Overlap(
            shared=int(self.shared[first, second]),
            more=int(self.more[first, second]),
            expected=float(self.expected[first, second]),
            deviation=float(self.deviation[first, second]),
        )


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


def overlaps(choices: Sequence[Mapping[str, Kept]]) -> Overlaps:
    """How far every two choices agree, over the layers that both have of the base."""
    many = len(choices)
    shared, fewer, more, expected, variance = (np.zeros((many, many)) for _ in range(5))
    for name in sorted({name for each in choices for name in each}):
        members = [number for number, each in enumerate(choices) if name in each]
        original = choices[members[0]][name].original
        kept = np.zeros((len(members), original), np.float32)
        for row, member in enumerate(members):
            kept[row, sorted(choices[member][name].channels)] = 1
        sizes = kept.sum(axis=1).astype(np.float64)
        a, b = sizes[:, None], sizes[None]
        at = np.ix_(members, members)
        shared[at] += kept @ kept.T
        fewer[at] += np.minimum(a, b)
        more[at] += np.maximum(a, b)
        expected[at] += a * b / original
        spread = max(1, original * original * (original - 1))
        variance[at] += a * b * (original - a) * (original - b) / spread
    return Overlaps(
        shared=shared, fewer=fewer, more=more, expected=expected, deviation=np.sqrt(variance)
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
