"""Find tensors that two networks share: bit-identical, or different by a small step.

Tensors that many students share are listed for a group; those of the base are left out.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from grader.similarity.groups import Pair, Students, common, listed, pairs_of
from grader.similarity.sketch import Sketch, Tensor

STEP = 0.02  # of the weights' norm: an epoch of training changes them more

NO_BASE: Mapping[str, Tensor] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """The numbers of `comparable` tensors (same name and shape), of `equal` and of `near` ones.

    `furthest` is the largest relative distance among the near ones.
    """

    equal: int
    near: int
    comparable: int
    furthest: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedTensors:
    """The shared tensors of each pair, and the number that each group shares."""

    pairs: Mapping[Pair, Shared]
    groups: Mapping[Students, int]


def shared_tensors(
    sketches: Sequence[Sketch], base: Mapping[str, Tensor] = NO_BASE
) -> SharedTensors:
    """Count shared tensors by pair and group.

    Those equal or near to the unpruned `base` are left out; two that are equal to the bit, near to
    the base but not equal to it, are not.
    """
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
        own, changed = ~_given(tensors, base.get(name)), _changed(hashes, base.get(name))
        equals = same & changed[:, None] & changed[None]
        close = equals | ((same | (distances <= STEP)) & own[:, None] & own[None])
        rare, crowds = listed(close, equals, common(many))
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
    """Return a bool array: True for tensors that are equal or near to that of the base."""
    if base is None or base.shape != tensors[0].shape:
        return np.zeros(len(tensors), np.bool_)
    distances = _distances(np.stack([base.sample, *(each.sample for each in tensors)]))
    given: NDArray[np.bool_] = distances[0, 1:] <= STEP
    return given


def _changed(hashes: NDArray[np.str_], base: Tensor | None) -> NDArray[np.bool_]:
    """Return a bool array: False for tensors that are equal to that of the base in every bit."""
    changed: NDArray[np.bool_] = hashes != (base.sha256 if base else "")
    return changed


def _alike(sketches: Sequence[Sketch]) -> Iterator[tuple[str, list[int]]]:
    """Yield each name with the indices of the sketches that have it in the same shape."""
    groups: defaultdict[tuple[str, tuple[int, ...]], list[int]] = defaultdict(list)
    for number, sketch in enumerate(sketches):
        for name, tensor in sketch.tensors.items():
            groups[name, tensor.shape].append(number)
    yield from ((name, group) for (name, _), group in groups.items() if len(group) > 1)


def _distances(samples: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the (n, n) distances of all rows, relative to the larger norm of the two."""
    rows = samples.astype(np.float64)
    lengths = np.linalg.norm(rows, axis=1)
    squares = lengths[:, None] ** 2 + lengths[None] ** 2 - 2 * rows @ rows.T
    longer = np.maximum(np.maximum(lengths[:, None], lengths[None]), 1e-12)
    distances: NDArray[np.float64] = np.sqrt(np.maximum(squares, 0)) / longer
    return distances
