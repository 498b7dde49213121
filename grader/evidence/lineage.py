"""What was seen of a checkpoint and of the network in it."""

from dataclasses import dataclass

from grader.evidence.record import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Width(Record):
    """Output channels of one layer, before and after pruning."""

    layer: str
    """`features.N hidden`, `features.N output`, or `features.N` for the stem and the last"""
    original: int
    """output channels of the unpruned network"""
    kept: int
    """output channels that are left, 0 where its block is gone"""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockWidths:
    """One block as seen in Netron; only one that expands has a hidden width of its own."""

    name: str
    hidden: Width | None
    output: Width | None

    @property
    def both(self) -> tuple[Width, ...]:
        """Those that there are."""
        return tuple(each for each in (self.hidden, self.output) if each is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineageEvidence(Record):
    """How the checkpoint was read, what was pruned, and whether it answers as we do."""

    isolation: str | None
    """the isolation in which the checkpoint was read"""
    container: str | None
    """`full pickle`, `state_dict`, …"""
    widths: tuple[Width, ...]
    """the layers, in the network's order"""
    removed_blocks: tuple[str, ...]
    """blocks that are gone"""
    largest_difference: float | None
    """of the model's own logits from the rebuilt network's, over the largest logit"""
    answers: str | None
    """`agree`, `differ`, or why they were not compared"""

    @property
    def blocks(self) -> tuple[BlockWidths, ...]:
        """The widths block by block, from the stem to the last convolution."""
        found: dict[str, dict[str, Width]] = {}
        for width in self.widths:
            name, _, part = width.layer.partition(" ")
            found.setdefault(name, {})[part or "output"] = width
        return tuple(
            BlockWidths(name=name, hidden=parts.get("hidden"), output=parts.get("output"))
            for name, parts in found.items()
        )
