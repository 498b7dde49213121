"""Which of MobileNetV2's blocks the blocks of a hand-in are."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.errors import Fault
from grader.networks.mobilenet_v2.blueprint import LAST_POSITION, ORIGINAL_BLOCKS, OriginalBlock

NOT_OURS = (
    "The lab needs torchvision's mobilenet_v2 with channels pruned (and, at most, residual blocks "
    "removed). Save the pruned model itself with torch.save(model, 'mobilenet.pth')."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A block as handed in, before it is known which block of the original it is."""

    number: int
    outputs: int
    hidden: int
    residual: bool | None  # None where only names and shapes are known


def positions(
    candidates: Sequence[Candidate], stem: int, numbers: Sequence[int]
) -> tuple[int, ...]:
    """Which original blocks the candidates are.

    Where the first and the last layer bear their original numbers, so does everything between.
    Otherwise blocks were deleted and the rest moved up: every choice of removed residual blocks is
    tried, and choices that leave the same network count as one. Raises `Fault` where no choice
    fits, or where several do.
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
            f"It has {how_many}, and their names and shapes do not tell which ones.",
            help="Hand in the whole model: torch.save(model, 'mobilenet.pth').",
        )
    raise Fault(
        f"This is not MobileNetV2: it has {how_many}, and they do not follow its order.",
        help=NOT_OURS,
    )


def _check_nothing_vital_removed(kept: tuple[int, ...]) -> None:
    for block in ORIGINAL_BLOCKS:
        if block.position not in kept and not block.residual:
            raise Fault(
                f"This is not MobileNetV2: features.{block.position}, which is no residual block, "
                "is missing.",
                help=NOT_OURS,
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
