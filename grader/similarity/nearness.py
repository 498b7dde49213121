"""Find two networks whose kernels are nearer each other than those of one start usually are.

Training moves each kernel away from where it started. So two networks that were pruned from one
checkpoint and trained independently are about as far from each other as from that checkpoint, or
farther; a copy that was trained a little is nearer its original. Measured on six networks of one
checkpoint (docs/reports.md): 1.35 to 39 times the distance to it for independent pairs, 0.05 at
most for copies that were rewritten and trained for up to 60 steps. Distances are those of kernels
of length 1, as `kernels_of` returns them: scale and order of the channels do not count.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.similarity.groups import Pair, Students, common, pairs_of, split
from grader.similarity.kernels import FEWEST, NO_KERNELS, Rows

SHARE = 0.25  # of the smaller network's kernels: the distance within which so many have a twin
SAMPLED = 8  # kernels of each layer
NEARER = 0.5  # of the distance to the base: independent networks of one checkpoint have 1.35
NEARER_THAN_USUAL = 0.25  # of the usual distance in the class: two that trained less have 0.49
MOVED = 1e-4  # usual distance: a smaller one is of kernels that nobody trained
FEWEST_NETWORKS = 4  # for a usual distance
FARTHEST = 2.0  # between two points at the distance 1 from the origin

Distances = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearness:
    """The distance `apart` within which a quarter of the smaller network's kernels have a twin.

    `usual` is the same distance to the base for the nearer of the two networks, if the base is
    known (`to_base`); else the median of the distances to the other networks.
    """

    apart: float
    usual: float
    to_base: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassNearness:
    """The nearness of each listed pair, and the largest distance to the next one in each group."""

    pairs: Mapping[Pair, Nearness]
    groups: Mapping[Students, float]


def near_networks(
    networks: Sequence[tuple[str, Mapping[str, Rows]]], base: Mapping[str, Rows] = NO_KERNELS
) -> ClassNearness:
    """Return the pairs much nearer than usual; `networks` are students and `kernels_of`."""
    students = [student for student, _ in networks]
    many = len(students)
    found = distances([kernels for _, kernels in networks], base)
    between, to_base = found[:, :many], found[:, many]
    usual = to_base if base else _medians(between)
    bound = np.minimum(usual[:, None], usual[None])
    share = NEARER if base else NEARER_THAN_USUAL
    alike = (between <= share * bound) & (bound >= MOVED)
    np.fill_diagonal(alike, val=True)
    rare, crowds = split(alike, common(many))
    listed = {at: float(bound[at]) for at in pairs_of(rare)}
    inside = {at: usual for crowd in crowds for at, usual in _inside(between, crowd, many)}
    beside = np.where(np.eye(many, dtype=np.bool_), np.inf, between)
    return ClassNearness(
        pairs={
            (students[first], students[second]): Nearness(
                apart=float(between[first, second]),
                usual=usual,
                to_base=bool(base) and (first, second) in listed,
            )
            for (first, second), usual in (listed | inside).items()
        },
        groups={
            tuple(students[each] for each in crowd): float(
                beside[np.ix_(crowd, crowd)].min(axis=1).max()
            )
            for crowd in crowds
        },
    )


def _inside(
    between: Distances, crowd: NDArray[np.intp], many: int
) -> Iterator[tuple[tuple[int, int], float]]:
    """Yield the pairs inside a group that are much nearer than is usual in it, with the usual.

    So a network that many started from does not hide two students who share more than that.
    """
    own = between[np.ix_(crowd, crowd)]
    usual = _medians(own)
    bound = np.minimum(usual[:, None], usual[None])
    alike = (own <= NEARER_THAN_USUAL * bound) & (bound >= MOVED)
    np.fill_diagonal(alike, val=True)
    rare, _ = split(alike, common(many))
    for first, second in pairs_of(rare):
        yield (int(crowd[first]), int(crowd[second])), float(bound[first, second])


def distances(kernels: Sequence[Mapping[str, Rows]], base: Mapping[str, Rows]) -> Distances:
    """Return float64 (n, n + 1): how near each network is to the others and, last, to the base.

    Between two networks it is the distance from the one with fewer kernels. It is `FARTHEST` for
    networks without `FEWEST` kernels in common layers.
    """
    every = [*kernels, base]
    sizes = np.array([sum(map(len, each.values())) for each in every])
    stacks = {
        shape: _Layer.of([_layer(each, shape) for each in every])
        for shape in {(name, rows.shape[1]) for each in every for name, rows in each.items()}
    }
    found = np.full((len(every), len(every)), FARTHEST)
    for number, each in enumerate(kernels):
        layers = [
            stacks[name, rows.shape[1]].nearest(_sampled(rows)) for name, rows in each.items()
        ]
        if sizes[number] >= FEWEST:
            found[number] = np.quantile(np.concatenate(layers), SHARE, axis=0, method="higher")
    found[:, sizes < FEWEST] = FARTHEST
    between = np.where(sizes[:, None] <= sizes[None], found, found.T)
    between = np.where(sizes[:, None] == sizes[None], np.minimum(found, found.T), between)
    return np.concatenate([between[:-1, :-1], found[:-1, -1:]], axis=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layer:
    """One layer of all networks: `rows` of those in `owners`, each from one of `starts` on."""

    rows: Distances
    starts: NDArray[np.intp]
    owners: NDArray[np.intp]
    many: int

    @classmethod
    def of(cls, layers: Sequence[Rows]) -> "_Layer":
        lengths = np.array([len(each) for each in layers])
        owners = np.flatnonzero(lengths)
        starts = np.cumsum(lengths)[owners] - lengths[owners]
        rows = np.concatenate(layers, dtype=np.float64)  # a difference of 1e-6 counts
        return cls(rows=rows, starts=starts, owners=owners, many=len(layers))

    def nearest(self, some: Rows) -> Distances:
        """Return (kernels, networks): the distance of each of `some` to each network's nearest."""
        one = some.astype(np.float64)
        squares = np.square(self.rows).sum(axis=1) - 2 * one @ self.rows.T
        nearest = np.minimum.reduceat(squares, self.starts, axis=1)
        found = np.full((len(some), self.many), FARTHEST)
        squared = np.maximum(nearest + np.square(one).sum(axis=1, keepdims=True), 0)
        found[:, self.owners] = np.sqrt(squared)
        return found


def _layer(network: Mapping[str, Rows], shape: tuple[str, int]) -> Rows:
    name, width = shape
    rows = network.get(name)
    return np.zeros((0, width), np.float32) if rows is None or rows.shape[1] != width else rows


def _sampled(rows: Rows) -> Rows:
    """Return at most `SAMPLED` rows, evenly spaced."""
    places = np.linspace(0, len(rows) - 1, min(len(rows), SAMPLED)).astype(np.intp)
    return rows[places]


def _medians(between: Distances) -> Distances:
    """Return the median distance of each network to the others; 0 if there are too few."""
    many = len(between)
    if many < FEWEST_NETWORKS:
        return np.zeros(many)
    others = between[~np.eye(many, dtype=np.bool_)].reshape(many, many - 1)
    return np.asarray(np.median(others, axis=1))
