"""Tensors that two networks share: the same to the bit, or but for a small step.

What many in the class share is the base's, not theirs, and is left out.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.similarity.sketch import Sketch

STEP = 0.02  # of the weights' length: an epoch of training moves them further
COMMON = 0.1  # of the class: what more than so many share

Pair = tuple[str, str]  # two students, in the class's order


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """Of the `comparable` tensors of equal name and shape so many are `equal`, so many only `near`.

    `furthest` is the largest relative distance among these.
    """

    equal: int
    near: int
    comparable: int
    furthest: float


def common(students: int) -> int:
    """With how many others something may be shared before it counts for the whole class."""
    return max(2, int(COMMON * students))


def shared_tensors(sketches: Sequence[Sketch]) -> dict[Pair, Shared]:
    """Every pair that shares a tensor, and how much they share."""
    equal: defaultdict[Pair, int] = defaultdict(int)
    near: defaultdict[Pair, list[float]] = defaultdict(list)
    comparable: defaultdict[Pair, int] = defaultdict(int)
    for group in _alike(sketches):
        names = [sketch.student for sketch, _ in group]
        hashes = np.array([sketch.tensors[name].sha256 for sketch, name in group])
        same = hashes[:, None] == hashes[None]
        distances = _distances(np.stack([sketch.tensors[name].sample for sketch, name in group]))
        close = same | (distances <= STEP)
        rare = close.sum(axis=1) - 1 <= common(len(sketches))
        for first, second in zip(*np.triu_indices(len(group), k=1), strict=True):
            pair = names[first], names[second]
            comparable[pair] += 1
            if close[first, second] and rare[first] and rare[second]:
                if same[first, second]:
                    equal[pair] += 1
                else:
                    near[pair].append(float(distances[first, second]))
    return {
        pair: Shared(
            equal=equal[pair],
            near=len(near[pair]),
            comparable=comparable[pair],
            furthest=max(near[pair], default=0.0),
        )
        for pair in dict.fromkeys([*equal, *near])
    }


def _alike(sketches: Sequence[Sketch]) -> Iterator[list[tuple[Sketch, str]]]:
    """The tensors of one name and one shape, where several have them."""
    groups: defaultdict[tuple[str, tuple[int, ...]], list[tuple[Sketch, str]]] = defaultdict(list)
    for sketch in sketches:
        for name, tensor in sketch.tensors.items():
            groups[name, tensor.shape].append((sketch, name))
    yield from (group for group in groups.values() if len(group) > 1)


def _distances(samples: NDArray[np.float32]) -> NDArray[np.float64]:
    """Between all rows, over the length of the longer of the two: 0 is the same."""
    rows = samples.astype(np.float64)
    lengths = np.linalg.norm(rows, axis=1)
    squares = lengths[:, None] ** 2 + lengths[None] ** 2 - 2 * rows @ rows.T
    longer = np.maximum(np.maximum(lengths[:, None], lengths[None]), 1e-12)
    distances: NDArray[np.float64] = np.sqrt(np.maximum(squares, 0)) / longer
    return distances
