"""The blueprint: widths, and the names and shapes that follow from them."""

from grader.networks.family import Width
from grader.networks.mobilenet_v2.blueprint import (
    IMAGE_CHANNELS,
    LAST_POSITION,
    ORIGINAL,
    ORIGINAL_BLOCKS,
)
from grader.networks.mobilenet_v2.vision import MobileNetV2
from tests.networks.checkpoints import uneven


def test_original_has_torchvisions_names_and_shapes() -> None:
    """Every tensor of torchvision's own network is there, in its order and of its shape."""
    theirs = MobileNetV2(num_classes=10).state_dict()
    expected = [(name, tuple(tensor.shape)) for name, tensor in theirs.items()]
    assert list(ORIGINAL.shapes().items()) == expected


def test_residual_blocks_are_those_that_torchvision_adds() -> None:
    """A block counts as residual where torchvision's has `use_res_connect`."""
    features = MobileNetV2().features
    for block in ORIGINAL_BLOCKS:
        assert block.residual == features[block.position].use_res_connect
        assert block.stride == features[block.position].stride


def test_widths_name_every_layer_that_pruning_can_narrow() -> None:
    """The stem, the last layer, and two layers a block but for the first, which is not expanded."""
    widths = ORIGINAL.widths()
    assert len(widths) == 2 + 2 * len(ORIGINAL_BLOCKS) - 1
    assert all(width.kept == width.original for width in widths)
    assert widths[0] == Width(layer="features.0", original=32, kept=32)
    assert widths[3] == Width(layer="features.2 output", original=24, kept=24)
    assert widths[-1] == Width(layer=f"features.{LAST_POSITION}", original=1280, kept=1280)


def test_removed_block_keeps_no_channel() -> None:
    """Its layers are listed with nothing left, and none of its tensors is expected."""
    blueprint = uneven(3, 16)
    gone = [width for width in blueprint.widths() if width.layer.startswith("features.16 ")]
    assert [width.kept for width in gone] == [0, 0]
    assert blueprint.removed == (3, 16)
    assert not any(name.startswith("features.16.") for name in blueprint.shapes())


def test_block_takes_what_the_kept_block_before_it_gives() -> None:
    """Inputs come from the nearest kept block, and for the first from the stem."""
    blueprint = uneven(3)
    by_position = {block.position: block for block in blueprint.blocks}
    assert blueprint.inputs(by_position[1]) == blueprint.stem
    assert blueprint.inputs(by_position[4]) == by_position[2].outputs
    assert blueprint.shapes()["features.0.0.weight"] == (blueprint.stem, IMAGE_CHANNELS, 3, 3)
