"""Our own MobileNetV2 beside torchvision's, and the network where there is no torchvision."""

import subprocess
import sys

import pytest
import torch
from torch import nn

from grader.networks.mobilenet_v2 import architecture, vision
from tests.places import ROOT

CLASSES = 10
# As in an environment without torchvision: no import of it succeeds.
WITHOUT_TORCHVISION = """
import sys, importlib.abc

class Refused(importlib.abc.MetaPathFinder):
    def find_spec(self, name, *_):
        if name.partition(".")[0] == "torchvision":
            raise ModuleNotFoundError(name) if "." in name else ImportError(name)

sys.meta_path.insert(0, Refused())
import torch
from grader.networks.mobilenet_v2 import architecture, vision
from grader.networks.mobilenet_v2.builder import BUILDER
from grader.networks.mobilenet_v2.saved_classes import SAVED_CLASSES

assert vision.MobileNetV2 is architecture.MobileNetV2
assert {*SAVED_CLASSES.values()} == {*BUILDER.classes}
with torch.inference_mode():
    print(tuple(BUILDER.original(3).module(torch.zeros(1, 3, 32, 32)).shape))
"""


@pytest.fixture(scope="module")
def networks() -> tuple[nn.Module, nn.Module]:
    """Ours and torchvision's, each made from the same seed."""
    made = []
    for kind in (architecture.MobileNetV2, vision.MobileNetV2):
        torch.manual_seed(0)
        made.append(kind(num_classes=CLASSES).eval())
    return made[0], made[1]


def test_every_module_is_torchvisions(networks: tuple[nn.Module, nn.Module]) -> None:
    """Paths, full names of the classes, settings and attributes are equal, in the same order."""
    ours, theirs = (
        [
            (path, kind.__module__, kind.__qualname__, each.extra_repr(), public(each))
            for path, each in network.named_modules()
            for kind in [type(each)]
        ]
        for network in networks
    )
    assert vision.MobileNetV2 is not architecture.MobileNetV2
    assert ours == theirs


def public(module: nn.Module) -> dict[str, object]:
    """The plain attributes that a module has beside its tensors and its layers."""
    return {
        name: value
        for name, value in vars(module).items()
        if isinstance(value, int | float | str | tuple)
    }


def test_weights_and_logits_are_equal_in_every_bit(networks: tuple[nn.Module, nn.Module]) -> None:
    """From one seed both have the same initial weights, and give the same logits."""
    ours, theirs = (network.state_dict() for network in networks)
    assert list(ours) == list(theirs)
    assert all(torch.equal(ours[name], theirs[name]) for name in ours)
    images = torch.randn(2, 3, 64, 64, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        mine, other = (network(images) for network in networks)
    assert torch.equal(mine, other)


@pytest.mark.slow  # torch is imported anew
def test_a_network_is_built_where_there_is_no_torchvision() -> None:
    """In a fresh Python in which no import of torchvision succeeds."""
    ran = subprocess.run(
        [sys.executable, "-c", WITHOUT_TORCHVISION],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip() == "(1, 3)"
