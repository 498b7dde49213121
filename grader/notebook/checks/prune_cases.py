"""The tensors that a pruning function is tested with, drawn anew for each hand-in.

The kinds of cases are always the same, so that a wrong function fails whatever is drawn. Shapes,
values, sparsities and their order are drawn.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

RANDOM, END, NEGATIVE = "random", "end", "negative"
SPARSE, TIED = "already sparse", "with equal weights"
_GAP = 1e-3  # of the threshold's size: a squared weight in float32 still has its rank
_PARTS = ((0.15, 0.4), (0.55, 0.75), (0.8, 0.92))  # ranges of sparsities

Drawn = NDArray[np.float64]
Shape = tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One call: a tensor of any float dtype and shape, and the fraction to set to zero."""

    about: str
    weight: torch.Tensor
    sparsity: float

    @property
    def zeros(self) -> int:
        """The required number of zeros."""
        return round(self.weight.numel() * self.sparsity)

    def __str__(self) -> str:
        return f"{self.about} {tuple(self.weight.shape)}, sparsity {self.sparsity:g}"


def drawn_cases(random: np.random.Generator) -> tuple[Case, ...]:
    """Return every kind of case, in an order that is drawn too."""
    cases = [*_random(random), *_ends(random), *_hard(random)]
    return tuple(cases[number] for number in random.permutation(len(cases)))


def _random(random: np.random.Generator) -> Iterator[Case]:
    for shape in _shapes(random):
        for number, (low, high) in enumerate(_PARTS):
            sparsity = _sparsity(random, shape, low, high, rounds_up=number == 1)
            yield _case(random, RANDOM, shape, sparsity)
    # An odd number of weights, and half of them: round() rounds to the even number, which is below.
    yield _case(random, RANDOM, (_odd(random),) * 2, 0.5)
    large = _large(random)
    yield _case(random, RANDOM, large, _sparsity(random, large, 0.3, 0.9))
    small = _odd(random), 6
    yield _case(random, RANDOM, small, _sparsity(random, small, 0.3, 0.6), torch.float64)


def _shapes(random: np.random.Generator) -> tuple[Shape, ...]:
    """Of a Linear layer, a convolution, a bias, a depthwise convolution, and a square."""
    few, many = (int(each) for each in random.integers((4, 20), (16, 60)))
    return (few, many), (few, 3, 3, 3), (many + 40,), (few + 4, 1, 3, 3), (_odd(random),) * 2


def _large(random: np.random.Generator) -> Shape:
    """Of a convolution as a network has it: 9,216 to 36,864 weights."""
    kernels, channels = (int(each) for each in random.integers((64, 16), (129, 33)))
    return kernels, channels, 3, 3


def _odd(random: np.random.Generator) -> int:
    return 2 * int(random.integers(2, 6)) + 1


def _sparsity(
    random: np.random.Generator, shape: Shape, low: float, high: float, *, rounds_up: bool = False
) -> float:
    """Return a fraction between `low` and `high`, for which 0.2 to 0.4 of a weight is rounded off.

    So rounding up, rounding down, and rounding to the nearest number differ.
    """
    size = math.prod(shape)
    first = int(low * size) + 1
    zeros = int(random.integers(first, max(int(high * size), first + 1)))
    off = float(random.uniform(0.2, 0.4))
    return (zeros - off if rounds_up else zeros + off) / size


def _case(
    random: np.random.Generator,
    about: str,
    shape: Shape,
    sparsity: float,
    dtype: torch.dtype = torch.float32,
) -> Case:
    """Return a case of random weights."""
    values = _values(random, shape, sparsity)
    return Case(about=about, weight=torch.from_numpy(values).to(dtype), sparsity=sparsity)


def _values(random: np.random.Generator, shape: Shape, sparsity: float, empty: int = 0) -> Drawn:
    """Return values of which the largest that is pruned is clearly smaller than the next one.

    The first `empty` columns are zero.
    """
    zeros = round(math.prod(shape) * sparsity)
    values = random.standard_normal(shape) * math.exp(random.uniform(-3, 3))
    if empty:
        values[:, :empty] = 0
    sizes = np.sort(np.abs(values), axis=None)
    if 0 < zeros < sizes.size:
        values[np.abs(values) > sizes[zeros - 1]] *= 1 + _GAP
    return values


def _ends(random: np.random.Generator) -> Iterator[Case]:
    for sparsity in (0.0, 1.0):
        yield _case(random, END, (_odd(random), 4), sparsity)


def _hard(random: np.random.Generator) -> Iterator[Case]:
    shape = _odd(random), 9
    below = _case(random, NEGATIVE, shape, _sparsity(random, shape, 0.3, 0.5))
    yield Case(about=NEGATIVE, weight=-below.weight.abs(), sparsity=below.sparsity)
    shape = _odd(random), 10
    for low, high in ((0.1, 0.3), (0.6, 0.8)):  # fewer zeros than there are in four columns; more
        sparsity = _sparsity(random, shape, low, high)
        sparse = _values(random, shape, sparsity, empty=4)
        yield Case(about=SPARSE, weight=torch.from_numpy(sparse).float(), sparsity=sparsity)
    levels = np.cumsum(random.uniform(0.5, 1.5, 4)) * math.exp(random.uniform(-3, 3))
    signs = random.choice((-1.0, 1.0), 8)
    tied = random.permutation(levels[[0, 0, 0, 1, 1, 2, 2, 3]] * signs).reshape(2, 4)
    yield Case(about=TIED, weight=torch.from_numpy(tied).float(), sparsity=0.25)
