"""Building networks of a blueprint's widths, and loading a hand-in's tensors into them."""

from collections.abc import Callable

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from grader.errors import Fault
from grader.networks.description import Description
from grader.networks.mobilenet_v2.blueprint import ORIGINAL_BLOCKS, Block, Blueprint
from grader.networks.mobilenet_v2.lineage import trace
from grader.networks.mobilenet_v2.rebuild import build, rebuild
from tests.networks.checkpoints import CLASSES, logits, module_of, uneven

WIDTHS = st.integers(1, 4)
RESIDUAL = [block.position for block in ORIGINAL_BLOCKS if block.residual]


@st.composite
def blueprints(draw: st.DrawFn) -> Blueprint:
    """Any widths of 1 to 4, any residual blocks removed."""
    stem = inputs = draw(WIDTHS)
    removed = draw(st.sets(st.sampled_from(RESIDUAL)))
    blocks = []
    for original in ORIGINAL_BLOCKS:
        if original.position in removed:
            continue
        hidden = stem if original.expansion == 1 else draw(WIDTHS)
        outputs = inputs if original.residual else draw(WIDTHS)
        blocks.append(Block(position=original.position, hidden=hidden, outputs=outputs))
        inputs = outputs
    return Blueprint(stem=stem, blocks=tuple(blocks), last=draw(WIDTHS), classes=draw(WIDTHS))


def shapes_of(module: nn.Module) -> dict[str, tuple[int, ...]]:
    """Name and shape of every tensor in `module`'s state_dict."""
    return {name: tuple(tensor.shape) for name, tensor in module.state_dict().items()}


@given(blueprints())
@settings(max_examples=15)
def test_blueprint_and_network_lead_to_each_other(blueprint: Blueprint) -> None:
    """A built network has the blueprint's shapes, and the blueprint is traced back from them."""
    shapes = shapes_of(build(blueprint))
    assert shapes == blueprint.shapes()
    lineage = trace(Description(kind="state_dict"), shapes)
    assert lineage.blueprint == blueprint
    assert all(name == handed_in for name, handed_in in lineage.names.items())


def test_attributes_agree_with_weights() -> None:
    """Counters read `in_channels`, `groups` and the like, so ours tell the truth."""
    for layer in build(uneven()).modules():
        if isinstance(layer, nn.Conv2d):
            assert layer.weight.shape[:2] == (layer.out_channels, layer.in_channels // layer.groups)
        elif isinstance(layer, nn.BatchNorm2d):
            assert layer.weight.shape == (layer.num_features,)
        elif isinstance(layer, nn.Linear):
            assert layer.weight.shape == (layer.out_features, layer.in_features)


def test_single_channel_is_depthwise_with_one_group() -> None:
    """A hidden width of 1 leaves a depthwise convolution with `groups=1`, which still strides."""
    conv = build(uneven()).get_submodule("features.4.conv.1.0")
    assert isinstance(conv, nn.Conv2d)
    assert (conv.in_channels, conv.out_channels, conv.groups, conv.stride) == (1, 1, 1, (2, 2))


@pytest.mark.parametrize("removed", [(), (3,), (3, 5, 6, 8, 16)])
def test_rebuilt_network_answers_to_the_last_bit_alike(removed: tuple[int, ...]) -> None:
    """With the same tensors the logits are equal, and nothing of it can be trained."""
    module = module_of(uneven(*removed))
    tensors = module.state_dict()
    network = rebuild(trace(Description(kind="state_dict"), shapes_of(module)), tensors)
    assert torch.equal(logits(network.module), logits(module))
    assert not any(each.requires_grad for each in network.module.parameters())


@pytest.mark.parametrize(
    ("name", "change", "reason"),
    [
        ("features.0.0.weight", torch.Tensor.half, "is float16, not float32"),
        ("features.4.conv.0.0.weight", torch.Tensor.double, "is float64, not float32"),
        ("classifier.1.weight", lambda tensor: tensor * float("nan"), "holds NaN or infinity"),
        ("classifier.1.bias", lambda tensor: tensor + float("inf"), "holds NaN or infinity"),
        ("features.0.1.running_var", torch.Tensor.neg, "holds a negative variance"),
    ],
)
def test_weights_that_cannot_be_measured_are_refused(
    name: str, change: Callable[[torch.Tensor], torch.Tensor], reason: str
) -> None:
    """Another precision, NaN, infinity and negative variances are named with their tensor."""
    tensors = module_of(uneven()).state_dict()
    lineage = trace(Description(kind="state_dict"), uneven().shapes())
    with pytest.raises(Fault, match=rf"{name} {reason}"):
        rebuild(lineage, {**tensors, name: change(tensors[name])})


@pytest.mark.parametrize(
    ("variance", "is_measured"), [(-1e-12, True), (-9e-6, True), (-1e-5, False), (-1.1e-5, False)]
)
def test_a_variance_is_refused_where_it_gives_no_number(variance: float, is_measured: bool) -> None:
    """Batch norm adds 1e-5 to it: from there on a root has no value, and before there it has."""
    module = module_of(uneven())
    tensors = module.state_dict()
    tensors["features.0.1.running_var"][0] = variance
    lineage = trace(Description(kind="state_dict"), uneven().shapes())
    assert bool(logits(module).isfinite().all()) == is_measured or variance == -1e-5
    if is_measured:
        assert torch.equal(logits(rebuild(lineage, tensors).module), logits(module))
    else:
        with pytest.raises(Fault, match="negative variance"):
            rebuild(lineage, tensors)


def test_count_of_training_batches_is_not_needed() -> None:
    """Checkpoints of old torches lack `num_batches_tracked`, which only training reads."""
    module = module_of(uneven())
    tensors = {
        name: tensor
        for name, tensor in module.state_dict().items()
        if not name.endswith("num_batches_tracked")
    }
    shapes = {name: tuple(tensor.shape) for name, tensor in tensors.items()}
    network = rebuild(trace(Description(kind="state_dict"), shapes), tensors)
    assert torch.equal(logits(network.module), logits(module))
    assert network.blueprint.classes == CLASSES
