"""Find the kernels that two networks share although their channels were scaled or reordered.

A network computes the same function if the channels of a layer are permuted, if a factor is moved
between a convolution and its batch norm, or if the layers between two blocks are multiplied by a
matrix and its inverse. None of these changes the direction of a depthwise kernel after the batch
norm is folded in: each has one input channel, and nothing mixes its weights. So the canonical form
of a network is, for each depthwise convolution and the first one, which sees the image itself, the
set of its kernels with length 1.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from grader.similarity.groups import Pair, Students, common, pairs_of, split

NEAR = 0.002  # distance of two kernels of length 1; fp32 moves a rewritten one by 1e-6
# From a kernel of the base: two networks that both moved a kernel less than this may have it at one
# place by chance. After 20 steps of fine-tuning, 92 % of the kernels are within NEAR of the base.
GIVEN = 0.01
SHARE = 0.25  # of the smaller network's kernels: independent networks share 0.1 %
FEWEST = 30  # kernels: fewer can come from one recipe, such as a front that only passes colours on
DEAD = 1e-12  # length: a channel that is always constant
CONVOLUTION = 4  # dimensions of its weights
EPSILON = 1e-5  # torch's, added to the variance of a batch norm
TINY = 1e-30  # in place of zero below a fraction

Rows = NDArray[np.float32]
NO_KERNELS: Mapping[str, Rows] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedKernels:
    """The number of kernels that two networks share, `of` those of the smaller network.

    Kernels that many of the class share are left out of both numbers, and those near the base's,
    if it is known (`without_base`).
    """

    shared: int
    of: int
    without_base: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassKernels:
    """The shared kernels of each pair, and the number that all of each group share at least."""

    pairs: Mapping[Pair, SharedKernels]
    groups: Mapping[Students, int]


def kernels_of(tensors: Mapping[str, Rows]) -> dict[str, Rows]:
    """Return the kernels of each layer, float32 (kernels, weights) with rows of length 1.

    `tensors` are a state_dict in its order, in which a batch norm follows its convolution. Equal
    kernels of one layer are returned once, and kernels of zeros not at all.
    """
    names = list(tensors)
    first = next((name for name in names if tensors[name].ndim == CONVOLUTION), None)
    found = {}
    for name, after in pairwise([*names, ""]):
        weights = tensors[name]
        if weights.ndim != CONVOLUTION or weights.shape[2:] == (1, 1):
            continue
        if weights.shape[1] == 1 or name == first:
            norm = _factors(tensors, after.rpartition(".")[0], len(weights))
            found[name] = _directions(weights.reshape(len(weights), -1) * norm[:, None])
    return found


def shared_kernels(
    networks: Sequence[tuple[str, Mapping[str, Rows]]], base: Mapping[str, Rows] = NO_KERNELS
) -> ClassKernels:
    """Return the shared kernels of `networks`, each a student and `kernels_of` the network."""
    students = [student for student, _ in networks]
    many = len(students)
    counts = _Counts.empty(many)
    for name, width in sorted({(n, k.shape[1]) for _, each in networks for n, k in each.items()}):
        has = [each.get(name, np.zeros((0, width), np.float32)) for _, each in networks]
        layers = [_own(each, base.get(name), width) for each in has]
        owners = np.repeat(np.arange(many), [len(each) for each in layers])
        rows = np.concatenate(layers)
        counts.add(_seen(rows, owners, many), owners, common(many))
    _, crowds = split(counts.alike(counts.all - counts.rare, counts.all_of), common(many))
    return ClassKernels(
        pairs={
            (students[first], students[second]): counts.pair(first, second, bool(base))
            for first, second in pairs_of(counts.alike(counts.rare, counts.rare_of))
        },
        groups={
            tuple(students[each] for each in crowd): int(counts.common[crowd].min())
            for crowd in crowds
        },
    )


@dataclass(slots=True, kw_only=True)
class _Counts:
    """Numbers of kernels over all layers: `[i, j]` are those of `i` that `j` has, too.

    `rare` are without those that many have, `common` are those; the vectors with `_of` are the
    numbers of all kernels of `i`.
    """

    rare: NDArray[np.int64]
    all: NDArray[np.int64]
    rare_of: NDArray[np.int64]
    all_of: NDArray[np.int64]
    common: NDArray[np.int64]

    @classmethod
    def empty(cls, many: int) -> "_Counts":
        square, line = (many, many), (many,)
        rare, every = np.zeros(square, np.int64), np.zeros(square, np.int64)
        rare_of, every_of, crowded = (np.zeros(line, np.int64) for _ in range(3))
        return cls(rare=rare, all=every, rare_of=rare_of, all_of=every_of, common=crowded)

    def add(self, seen: NDArray[np.bool_], owners: NDArray[np.intp], most: int) -> None:
        """Add a layer: `seen`, bool (kernels, students), has the owners of each one's twins."""
        crowded = seen.sum(axis=1) > most
        for student in range(len(self.all)):
            mine = owners == student
            self.all[student] += seen[mine].sum(axis=0)
            self.rare[student] += seen[mine & ~crowded].sum(axis=0)
            self.all_of[student] += mine.sum()
            self.rare_of[student] += (mine & ~crowded).sum()
            self.common[student] += (mine & crowded).sum()

    def alike(self, shared: NDArray[np.int64], of: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Return the pairs that share enough of the smaller network; symmetric."""
        smaller = of[:, None] <= of[None]
        enough = (shared >= FEWEST) & (shared >= SHARE * of[:, None]) & smaller
        alike: NDArray[np.bool_] = enough | enough.T
        return alike

    def pair(self, first: int, second: int, without_base: bool) -> SharedKernels:
        small, large = sorted((first, second), key=lambda each: int(self.rare_of[each]))
        shared, of = int(self.rare[small, large]), int(self.rare_of[small])
        return SharedKernels(shared=shared, of=of, without_base=without_base)


def _factors(tensors: Mapping[str, Rows], norm: str, channels: int) -> NDArray[np.float64]:
    """Return the factor of each channel in the batch norm named `norm`; ones if it is none."""
    weight, variance = tensors.get(f"{norm}.weight"), tensors.get(f"{norm}.running_var")
    if weight is None or variance is None or len(variance) != channels:
        return np.ones(channels)
    spread = np.sqrt(np.maximum(variance.astype(np.float64) + EPSILON, TINY))
    return np.asarray(weight / spread)


def _own(kernels: Rows, given: Rows | None, width: int) -> Rows:
    """Return the kernels of `width` weights that are none of those `given`, within `GIVEN`."""
    if kernels.shape[1] != width:
        return np.zeros((0, width), np.float32)
    if given is None or given.shape[1] != width or not len(given):
        return kernels
    nearest = (kernels @ given.T).max(axis=1, initial=-1.0)
    own: Rows = kernels[2 - 2 * nearest > GIVEN**2]
    return own


def _directions(kernels: NDArray[np.float64]) -> Rows:
    lengths = np.linalg.norm(kernels, axis=1)
    alive = lengths > DEAD
    rows = kernels[alive] / lengths[alive][:, None]
    _, once = np.unique(np.round(rows, 3), axis=0, return_index=True)
    directions: Rows = rows[np.sort(once)].astype(np.float32)
    return directions


def _seen(rows: Rows, owners: NDArray[np.intp], many: int) -> NDArray[np.bool_]:
    """Return bool (rows, many): True at the owners of other rows within `NEAR`.

    Rows within `NEAR` of each other are so on any line, too. So only rows that are near on one line
    are compared: some hundred for each instead of all of a class.
    """
    line = np.random.default_rng(0).normal(size=rows.shape[1])
    places = rows @ (line / np.linalg.norm(line))
    order = np.argsort(places, kind="stable")
    seen = np.zeros((len(rows), many), np.bool_)
    for one, other in _neighbours(places[order]):
        first, second = order[one], order[other]
        apart = owners[first] != owners[second]
        first, second = first[apart], second[apart]
        near = np.square(rows[first] - rows[second]).sum(axis=1) <= NEAR**2
        seen[first[near], owners[second[near]]] = True
        seen[second[near], owners[first[near]]] = True
    return seen


def _neighbours(places: NDArray[np.float64]) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Yield the indices of all pairs of sorted `places` within `NEAR`, in several parts."""
    for shift in range(1, len(places)):
        first = np.flatnonzero(places[shift:] - places[:-shift] <= NEAR)
        if not len(first):
            return
        yield first, first + shift
