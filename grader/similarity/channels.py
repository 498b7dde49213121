"""Find the channels of the base that a pruned network kept, and compare two such choices.

Each hidden channel has its own depthwise kernel, 3x3 weights that the pruning of other layers does
not change: it identifies the channel in the base, unless fine-tuning changed it too much. If one
hand-in keeps a of N channels and another b, chosen at random, their overlap is hypergeometric with
mean a*b/N and variance a*b*(N-a)*(N-b) / (N*N*(N-1)).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CLOSE = 0.5  # of a kernel's norm: a larger distance means another channel
FOUND = 0.8  # of a layer's channels must be found for the layer to count
Matrix = NDArray[np.float64]
_DEPTHWISE = re.compile(r"features\.\d+\.conv\.[01]\.0\.weight")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The indices of the kept channels of one hidden layer with `original` channels."""

    channels: frozenset[int]
    original: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """The channels that two networks both kept, over all layers that both share with the base.

    `more` is the larger of the two numbers of kept channels; `expected` and `deviation` are the
    mean and standard deviation of `shared` for independent choices.
    """

    shared: int
    more: int
    expected: float
    deviation: float

    @property
    def share(self) -> float:
        """The fraction of the larger choice that is in the other; 1 for equal choices."""
        return self.shared / self.more if self.more else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlaps:
    """`Overlap` of every pair of a class: float64 (n, n) matrices, 0 without a common layer."""

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
        """The smaller choice over the larger; 1 if both kept as many channels of each layer."""
        return np.asarray(self.fewer / np.maximum(self.more, 1))

    @property
    def deviations(self) -> Matrix:
        """The distance from chance in standard deviations; 0 if there was no choice."""
        free = self.deviation > 0
        return np.where(free, (self.shared - self.expected) / np.where(free, self.deviation, 1), 0)

    def of(self, first: int, second: int) -> Overlap:
        """Return the overlap of one pair."""
        return Overlap(
            shared=int(self.shared[first, second]),
            more=int(self.more[first, second]),
            expected=float(self.expected[first, second]),
            deviation=float(self.deviation[first, second]),
        )


def kept_channels(
    tensors: Mapping[str, NDArray[np.float32]], base: Mapping[str, NDArray[np.float32]]
) -> dict[str, Kept]:
    """Return the kept channels of `base` by hidden layer, without layers not of the base."""
    found = {}
    for name, kernels in tensors.items():
        original = base.get(name)
        if original is None or not _depthwise(name, kernels) or not _depthwise(name, original):
            continue
        if len(kernels) == len(original):  # not pruned
            continue
        channels = _found_again(kernels.reshape(-1, 9), original.reshape(-1, 9))
        if len(channels) >= FOUND * len(kernels):
            found[name] = Kept(channels=frozenset(channels), original=len(original))
    return found


def overlaps(choices: Sequence[Mapping[str, Kept]]) -> Overlaps:
    """Return the overlap of every two choices, over the layers that both have."""
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
    """Return the indices of base kernels that are mutual nearest neighbours of `kernels`."""
    squares = (kernels**2).sum(1)[:, None] + (original**2).sum(1)[None] - 2 * kernels @ original.T
    distances = np.sqrt(np.maximum(squares, 0))
    lengths = np.maximum(np.linalg.norm(original, axis=1), 1e-12)
    nearest = distances.argmin(axis=1)
    back = distances.argmin(axis=0)
    here = np.arange(len(kernels))
    sure = (back[nearest] == here) & (distances[here, nearest] <= CLOSE * lengths[nearest])
    return {int(number) for number in nearest[sure]}
