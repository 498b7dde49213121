"""Other families are known by the names of their tensors."""

import importlib

import pytest
import torch
from torch import nn

from grader.networks.known_networks import is_quantised, known_network
from grader.networks.mobilenet_v2.vision import MobileNetV2


@pytest.mark.parametrize(
    ("name", "network"),
    [
        ("resnet18", "ResNet"),
        ("vgg11", "VGG"),
        ("vgg11_bn", "VGG"),
        ("alexnet", "AlexNet"),
        ("efficientnet_b0", "EfficientNet"),
        ("mobilenet_v3_small", "MobileNetV3"),
        ("densenet121", "DenseNet"),
        ("squeezenet1_1", "SqueezeNet"),
        ("shufflenet_v2_x0_5", "ShuffleNet"),
        ("mnasnet0_5", "MNASNet"),
        ("convnext_tiny", "ConvNeXt"),
        ("vit_b_16", "vision transformer"),
    ],
)
def test_torchvisions_networks_are_known(name: str, network: str) -> None:
    """Each by the layers that it alone has."""
    models = importlib.import_module("torchvision.models")  # `vision` made it importable
    with torch.device("meta"):
        module: nn.Module = getattr(models, name)(weights=None)
    assert network in str(known_network(module.state_dict()))


@pytest.mark.parametrize(
    ("names", "network"),
    [
        (["backbone.conv0.weight", "backbone.bn0.weight", "classifier.weight"], "VGG"),
        (["conv_stem.weight", "bn1.weight", "blocks.0.0.conv_dw.weight"], "timm"),
        (["conv1.weight", "layers.0.conv3.weight", "linear.weight"], "kuangliu"),
        (["stem.0.weight", "trunk_output.block1.block1-0.proj.0.weight"], "RegNet"),
        (["cls_token", "blocks.0.attn.qkv.weight"], "vision transformer"),
    ],
)
def test_networks_of_other_places_are_known(names: list[str], network: str) -> None:
    """MIT's VGG, timm's networks and those of a well-known repository."""
    assert network in str(known_network(names))


def test_what_is_not_known_has_no_name() -> None:
    """A wrong name would be worse than none; a MobileNetV2 is none of the others."""
    assert known_network(["encoder.weight"]) is None
    assert known_network([]) is None
    assert not is_quantised(MobileNetV2().state_dict())


@pytest.mark.parametrize(
    "name",
    [
        "features.0.0.scale",
        "features.0.0.zero_point",
        "classifier.1._packed_params._packed_params",
        "features.0.0.weight_fake_quant.min_val",
        "features.0.0.activation_post_process.eps",
    ],
)
def test_a_quantised_network_is_known_by_a_scale_or_an_observer(name: str) -> None:
    """Converted, or prepared for it."""
    assert is_quantised(["features.0.0.weight", name])
