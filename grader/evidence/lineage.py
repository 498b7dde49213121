"""Evidence of a checkpoint and of the network in it."""

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
    """output channels that are left; 0 if the block was removed"""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockWidths:
    """The widths of one block; `hidden` is None if the block does not expand its input."""

    name: str
    hidden: Width | None
    output: Width | None

    @property
    def both(self) -> tuple[Width, ...]:
        """The widths that the block has."""
        return tuple(each for each in (self.hidden, self.output) if each is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherNetwork(Record):
    """A network in the checkpoint that was not measured."""

    key: str
    """its dotted key in the saved object"""
    mflops: float | None = None
    """its MFLOPs; `null` if it is not a network of the lab's family"""
    problem: str | None = None
    """the reason why its MFLOPs are unknown"""
    same_weights: bool | None = None
    """true if its weights are those of the measured network"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineageEvidence(Record):
    """How the checkpoint was read, what was pruned, and a comparison of the outputs."""

    isolation: str | None
    """the isolation of the process that read the checkpoint"""
    container: str | None
    """`full pickle`, `state_dict`, …"""
    widths: tuple[Width, ...]
    """the layers, in the network's order"""
    removed_blocks: tuple[str, ...]
    """the blocks that were removed"""
    largest_difference: float | None
    """the largest difference between the submitted and the rebuilt network's logits, as a fraction of the largest logit"""  # noqa: E501
    answers: str | None
    """`agree`, `differ`, or the reason why the outputs were not compared"""
    notes: tuple[str, ...] | None = None
    """differences from torchvision's network or a plain file that change no result"""
    checkpoint_key: str | None = None
    """the dotted key of the measured network in the saved object; empty for the object itself"""
    other_networks: tuple[OtherNetwork, ...] | None = None
    """the other networks in the checkpoint; `--checkpoint-key` measures one of them"""

    @property
    def blocks(self) -> tuple[BlockWidths, ...]:
        """The widths by block, from the stem to the last convolution."""
        found: dict[str, dict[str, Width]] = {}
        for width in self.widths:
            name, _, part = width.layer.partition(" ")
            found.setdefault(name, {})[part or "output"] = width
        return tuple(
            BlockWidths(name=name, hidden=parts.get("hidden"), output=parts.get("output"))
            for name, parts in found.items()
        )
