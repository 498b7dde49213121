from pathlib import Path

import pytest
import torch
from torch import nn

from grader.errors import HarnessError
from grader.networks.mobilenet_v2.vision import MobileNetV2
from reference.export import write_checkpoint
from reference.network import build
from tests.reference.networks import SMALL


class _Stranger(nn.Module):
    """A class that a grader does not know."""


def test_checkpoint_is_a_plain_torchvision_network(tmp_path: Path) -> None:
    """The full pickle loads as MobileNetV2 and answers as the network that was written."""
    network = build(SMALL).eval()
    path = tmp_path / "model" / "mobilenet.pth"
    write_checkpoint(network, path)
    loaded = torch.load(path, weights_only=False)
    assert type(loaded) is MobileNetV2
    assert not loaded.training
    images = torch.randn(2, 3, 64, 64)
    with torch.no_grad():
        assert torch.equal(loaded(images), network(images))
    assert [found.name for found in path.parent.iterdir()] == [path.name]


def test_foreign_classes_are_not_written(tmp_path: Path) -> None:
    """A network with a class of our own in it is refused before anything is written."""
    network = build(SMALL)
    network.classifier[0] = _Stranger()
    with pytest.raises(HarnessError, match="_Stranger"):
        write_checkpoint(network, tmp_path / "mobilenet.pth")
    assert not list(tmp_path.iterdir())
