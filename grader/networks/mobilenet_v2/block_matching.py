"""Matches the blocks of a hand-in with the blocks of the original MobileNetV2."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.errors import Fault
from grader.networks.mobilenet_v2.blueprint import LAST_POSITION, ORIGINAL_BLOCKS, OriginalBlock

WHAT_TO_SAVE = (
    "The lab needs torchvision's mobilenet_v2 with channels pruned (and, at most, residual blocks "
    "removed). Save the pruned model itself with torch.save(model, 'mobilenet.pth')."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A block as handed in, before it is matched with a block of the original."""

    number: int
    outputs: int
    hidden: int
    residual: bool | None  # None if only names and shapes are known


def positions(
    candidates: Sequence[Candidate], stem: int, numbers: Sequence[int]
) -> tuple[int, ...]:
    """The original position of each candidate.

    If the first and the last layer have their original numbers, so has every layer between them.
    Otherwise blocks were deleted and the rest renumbered: every choice of removed residual blocks
    is tried, and choices that leave the same network count as one. Raises `Fault` if no choice
    fits, or if several do.
    """
    if numbers[0] == 0 and numbers[-1] == LAST_POSITION:
        numbered = tuple(candidate.number for candidate in candidates)
        _check_nothing_vital_removed(numbered)
        return numbered
    fitting: dict[tuple[tuple[bool, int], ...], tuple[int, ...]] = {}
    for kept in _possible_blocks(len(candidates)):
        if _fits(candidates, kept, stem):
            kinds = tuple((block.residual, block.stride) for block in kept)
            fitting.setdefault(kinds, tuple(block.position for block in kept))
    if len(fitting) == 1:
        return next(iter(fitting.values()))
    how_many = f"{len(candidates)} of {len(ORIGINAL_BLOCKS)} blocks"
    if fitting:
        raise Fault(
            f"It has {how_many}, and their names and shapes do not show which ones.",
            help="Hand in the whole model: torch.save(model, 'mobilenet.pth').",
        )
    raise Fault(
        f"This is not MobileNetV2: it has {how_many}, and not in its order.",
        help=WHAT_TO_SAVE,
    )


def _check_nothing_vital_removed(kept: tuple[int, ...]) -> None:
    for block in ORIGINAL_BLOCKS:
        if block.position not in kept and not block.residual:
            raise Fault(
                f"This is not MobileNetV2: features.{block.position} is missing, and it is not a "
                "residual block.",
                help=WHAT_TO_SAVE,
            )


def _possible_blocks(count: int) -> Iterator[tuple[OriginalBlock, ...]]:
    vital = [block for block in ORIGINAL_BLOCKS if not block.residual]
    residual = [block for block in ORIGINAL_BLOCKS if block.residual]
    if len(vital) <= count <= len(ORIGINAL_BLOCKS):
        for chosen in itertools.combinations(residual, count - len(vital)):
            yield tuple(sorted((*vital, *chosen), key=lambda block: block.position))


def _fits(candidates: Sequence[Candidate], blocks: Sequence[OriginalBlock], stem: int) -> bool:
    inputs = stem
    for candidate, block in zip(candidates, blocks, strict=True):
        if block.residual and candidate.outputs != inputs:
            return False
        if candidate.residual not in {None, block.residual}:
            return False
        inputs = candidate.outputs
    return True
