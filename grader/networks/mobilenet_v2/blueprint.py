"""The width of every layer of a channel-pruned MobileNetV2, and the tensors that go with it.

The fixed part is table 2 of "MobileNetV2: Inverted Residuals and Linear Bottlenecks" (Sandler et
al., 2018) as torchvision lays it out: features.0 is the stem, 1 to 17 are the blocks, 18 is the
last convolution. Pruning changes widths only; a residual block may also be removed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from grader.networks.family import Width

STEM_CHANNELS = 32
LAST_CHANNELS = 1280
IMAGE_CHANNELS = 3
_STAGES = (  # expansion, output channels, blocks, stride of the first block
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginalBlock:
    """One inverted residual block of the unpruned network, at `features.<position>`."""

    position: int
    inputs: int
    expansion: int
    outputs: int
    stride: int

    @property
    def hidden(self) -> int:
        """Channels between the pointwise convolutions."""
        return self.inputs * self.expansion

    @property
    def residual(self) -> bool:
        """True if the block adds its input to its output."""
        return self.stride == 1 and self.inputs == self.outputs


def _original_blocks() -> Iterator[OriginalBlock]:
    position, inputs = 1, STEM_CHANNELS
    for expansion, outputs, repeats, first_stride in _STAGES:
        for repeat in range(repeats):
            yield OriginalBlock(
                position=position,
                inputs=inputs,
                expansion=expansion,
                outputs=outputs,
                stride=first_stride if repeat == 0 else 1,
            )
            position, inputs = position + 1, outputs


ORIGINAL_BLOCKS = tuple(_original_blocks())
LAST_POSITION = len(ORIGINAL_BLOCKS) + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """The widths that pruning left of one block; `hidden` of block 1, not expanded, is the stem."""

    position: int
    hidden: int
    outputs: int

    @property
    def original(self) -> OriginalBlock:
        """The same block before pruning."""
        return ORIGINAL_BLOCKS[self.position - 1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Blueprint:
    """The widths of a pruned MobileNetV2: all of its description but the weights."""

    stem: int
    blocks: tuple[Block, ...]
    last: int
    classes: int
    head_bias: bool = True

    @property
    def removed(self) -> tuple[int, ...]:
        """Positions of the removed blocks."""
        kept = {block.position for block in self.blocks}
        return tuple(b.position for b in ORIGINAL_BLOCKS if b.position not in kept)

    @property
    def removed_layers(self) -> tuple[str, ...]:
        """The names of those blocks."""
        return tuple(f"features.{position}" for position in self.removed)

    def inputs(self, block: Block) -> int:
        """Channels that enter `block`."""
        before = [other.outputs for other in self.blocks if other.position < block.position]
        return before[-1] if before else self.stem

    def widths(self) -> tuple[Width, ...]:
        """Original and kept channels, layer by layer, named as Netron shows them."""
        kept = {block.position: block for block in self.blocks}
        rows = [Width(layer="features.0", original=STEM_CHANNELS, kept=self.stem)]
        for original in ORIGINAL_BLOCKS:
            block = kept.get(original.position)
            name = f"features.{original.position}"
            if original.expansion != 1:
                hidden = block.hidden if block else 0
                rows.append(Width(layer=f"{name} hidden", original=original.hidden, kept=hidden))
            outputs = block.outputs if block else 0
            rows.append(Width(layer=f"{name} output", original=original.outputs, kept=outputs))
        rows.append(
            Width(layer=f"features.{LAST_POSITION}", original=LAST_CHANNELS, kept=self.last)
        )
        return tuple(rows)

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Name and shape of every tensor in the network's state_dict, in torchvision's order."""
        shapes = dict(_convolution("features.0", (self.stem, IMAGE_CHANNELS, 3, 3)))
        for block in self.blocks:
            shapes |= _block_shapes(block, self.inputs(block))
        inputs = self.blocks[-1].outputs if self.blocks else self.stem
        shapes |= _convolution(f"features.{LAST_POSITION}", (self.last, inputs, 1, 1))
        shapes["classifier.1.weight"] = (self.classes, self.last)
        if self.head_bias:
            shapes["classifier.1.bias"] = (self.classes,)
        return shapes


def _block_shapes(block: Block, inputs: int) -> dict[str, tuple[int, ...]]:
    name = f"features.{block.position}.conv"
    hidden = block.hidden
    shapes: dict[str, tuple[int, ...]] = {}
    step = 0
    if block.original.expansion != 1:
        shapes |= _convolution(f"{name}.0", (hidden, inputs, 1, 1))
        step = 1
    shapes |= _convolution(f"{name}.{step}", (hidden, 1, 3, 3))
    shapes[f"{name}.{step + 1}.weight"] = (block.outputs, hidden, 1, 1)
    return shapes | _norm(f"{name}.{step + 2}", block.outputs)


def _convolution(name: str, weight: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
    return {f"{name}.0.weight": weight, **_norm(f"{name}.1", weight[0])}


def _norm(name: str, channels: int) -> dict[str, tuple[int, ...]]:
    each = ("weight", "bias", "running_mean", "running_var")
    return {**{f"{name}.{part}": (channels,) for part in each}, f"{name}.num_batches_tracked": ()}


ORIGINAL = Blueprint(
    stem=STEM_CHANNELS,
    blocks=tuple(
        Block(position=b.position, hidden=b.hidden, outputs=b.outputs) for b in ORIGINAL_BLOCKS
    ),
    last=LAST_CHANNELS,
    classes=10,
)


def original(classes: int) -> Blueprint:
    """The unpruned network with `classes` output classes."""
    return replace(ORIGINAL, classes=classes)
