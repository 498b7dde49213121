"""Tensors that two networks share: the same to the bit, or but for a small step.

What many in the class share is told of as a group's; what is the base's is nobody's.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from grader.similarity.groups import Pair, Students, common, pairs_of, split
from grader.similarity.sketch import Sketch, Tensor

STEP = 0.02  # of the weights' length: an epoch of training moves them further

NO_BASE: Mapping[str, Tensor] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """Of the `comparable` tensors of equal name and shape so many are `equal`, so many only `near`.

    `furthest` is the largest relative distance among these.
    """

    equal: int
    near: int
    comparable: int
    furthest: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedTensors:
    """What few share, by pair, and how many tensors each group of many shares."""

    pairs: Mapping[Pair, Shared]
    groups: Mapping[Students, int]


def shared_tensors(
    sketches: Sequence[Sketch], base: Mapping[str, Tensor] = NO_BASE
) -> SharedTensors:
    """Who shares tensors, and how many; those of the unpruned network `base` are left out."""
    students = [each.student for each in sketches]
    many = len(students)
    equal, near, comparable = (np.zeros((many, many), np.int64) for _ in range(3))
    furthest = np.zeros((many, many))
    groups: Counter[Students] = Counter()
    for name, members in _alike(sketches):
        tensors = [sketches[member].tensors[name] for member in members]
        hashes = np.array([each.sha256 for each in tensors])
        same = hashes[:, None] == hashes[None]
        distances = _distances(np.stack([each.sample for each in tensors]))
        own = ~_given(tensors, base.get(name))
        close = (same | (distances <= STEP)) & own[:, None] & own[None]
        rare, crowds = split(close, common(many))
        groups.update(tuple(students[members[row]] for row in crowd) for crowd in crowds)
        at = np.ix_(members, members)
        comparable[at] += 1
        equal[at] += rare & same
        near[at] += rare & ~same
        furthest[at] = np.maximum(furthest[at], np.where(rare & ~same, distances, 0.0))
    pairs = {
        (students[first], students[second]): Shared(
            equal=int(equal[first, second]),
            near=int(near[first, second]),
            comparable=int(comparable[first, second]),
            furthest=float(furthest[first, second]),
        )
        for first, second in pairs_of(equal + near > 0)
    }
    return SharedTensors(pairs=pairs, groups=groups)


def _given(tensors: Sequence[Tensor], base: Tensor | None) -> NDArray[np.bool_]:
    """Which of these, all of one shape, are the base's, or but for a small step."""
    if base is None or base.shape != tensors[0].shape:
        return np.zeros(len(tensors), np.bool_)
    distances = _distances(np.stack([base.sample, *(each.sample for each in tensors)]))
    given: NDArray[np.bool_] = distances[0, 1:] <= STEP
    return given


def _alike(sketches: Sequence[Sketch]) -> Iterator[tuple[str, list[int]]]:
    """The tensors of one name and one shape, where several sketches, by number, have them."""
    groups: defaultdict[tuple[str, tuple[int, ...]], list[int]] = defaultdict(list)
    for number, sketch in enumerate(sketches):
        for name, tensor in sketch.tensors.items():
            groups[name, tensor.shape].append(number)
    yield from ((name, group) for (name, _), group in groups.items() if len(group) > 1)


def _distances(samples: NDArray[np.float32]) -> NDArray[np.float64]:
    """Between all rows, over the length of the longer of the two: 0 is the same."""
    rows = samples.astype(np.float64)
    lengths = np.linalg.norm(rows, axis=1)
    squares = lengths[:, None] ** 2 + lengths[None] ** 2 - 2 * rows @ rows.T
    longer = np.maximum(np.maximum(lengths[:, None], lengths[None]), 1e-12)
    distances: NDArray[np.float64] = np.sqrt(np.maximum(squares, 0)) / longer
    return distances
