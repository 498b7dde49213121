"""Telling which of the original's blocks a hand-in's blocks are."""

import pytest

from grader.errors import Fault
from grader.networks.mobilenet_v2.block_matching import Candidate, positions
from grader.networks.mobilenet_v2.blueprint import LAST_POSITION, ORIGINAL_BLOCKS, Blueprint
from tests.networks.checkpoints import uneven


def candidates(blueprint: Blueprint, *, from_modules: bool) -> list[Candidate]:
    """The blocks of `blueprint` with their numbers moved up to close every gap."""
    return [
        Candidate(
            number=number,
            outputs=block.outputs,
            hidden=block.hidden,
            residual=block.original.residual if from_modules else None,
        )
        for number, block in enumerate(blueprint.blocks, start=1)
    ]


def kinds(found: tuple[int, ...]) -> list[tuple[bool, int]]:
    """The residual sum and the stride of each block, which differ between equal widths."""
    return [(ORIGINAL_BLOCKS[p - 1].residual, ORIGINAL_BLOCKS[p - 1].stride) for p in found]


def narrow(*removed: int) -> Blueprint:
    """As `uneven`, but every block is as wide as the next, so that any could be residual."""
    same = uneven(*removed)
    blocks = tuple(
        type(block)(position=block.position, hidden=2, outputs=2) for block in same.blocks
    )
    return Blueprint(stem=2, blocks=blocks, last=2, classes=10)


def renumbered(blueprint: Blueprint) -> range:
    """The numbers under `features` after the gaps were closed."""
    return range(len(blueprint.blocks) + 2)


def test_numbers_tell_where_they_were_kept() -> None:
    """With features.0 and features.18 in place, a gap is where a block was."""
    numbers = [0, *(block.position for block in uneven(6).blocks), LAST_POSITION]
    blocks = [
        Candidate(number=number, outputs=1, hidden=1, residual=None) for number in numbers[1:-1]
    ]
    assert positions(blocks, 3, numbers) == tuple(numbers[1:-1])


@pytest.mark.parametrize("removed", [(3,), (5, 6), (3, 5, 6, 8, 9, 10, 12, 13, 15, 16)])
def test_widths_tell_after_renumbering(removed: tuple[int, ...]) -> None:
    """Where a residual block would have to change its width it cannot be residual."""
    blueprint = uneven(*removed)
    found = positions(
        candidates(blueprint, from_modules=False), blueprint.stem, renumbered(blueprint)
    )
    assert kinds(found) == kinds(tuple(block.position for block in blueprint.blocks))


@pytest.mark.parametrize("removed", [(8,), (3, 8, 12)])
def test_modules_tell_where_widths_do_not(removed: tuple[int, ...]) -> None:
    """The residual sums of the modules settle what equal widths leave open."""
    blueprint = narrow(*removed)
    found = positions(candidates(blueprint, from_modules=True), 2, renumbered(blueprint))
    assert kinds(found) == kinds(tuple(block.position for block in blueprint.blocks))


def test_ambiguous_state_dict_is_asked_for_again_as_a_model() -> None:
    """Equal widths fit several networks: the help asks for the whole model."""
    blueprint = narrow(8)
    with pytest.raises(Fault, match="which ones") as refusal:
        positions(candidates(blueprint, from_modules=False), 2, renumbered(blueprint))
    assert "torch.save(model" in refusal.value.help


@pytest.mark.parametrize("vital", [1, 2, 4, 7, 11, 14, 17])
def test_only_residual_blocks_may_be_gone(vital: int) -> None:
    """A gap where a block changes width or stride is named."""
    numbers = [0, *(block.position for block in uneven(vital).blocks), LAST_POSITION]
    blocks = [
        Candidate(number=number, outputs=1, hidden=1, residual=None) for number in numbers[1:-1]
    ]
    with pytest.raises(Fault, match=rf"features\.{vital} is missing"):
        positions(blocks, 3, numbers)


@pytest.mark.parametrize("removed", [(2,), tuple(range(2, 15))])
def test_blocks_in_no_order_of_mobilenet_are_refused(removed: tuple[int, ...]) -> None:
    """Renumbered blocks that fit no choice, or are fewer than must be left, are no MobileNetV2."""
    blueprint = uneven(*removed)
    with pytest.raises(Fault, match="order"):
        positions(candidates(blueprint, from_modules=True), 3, renumbered(blueprint))
