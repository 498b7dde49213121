"""The module classes of a saved MobileNetV2, by their names."""

from torch import nn

from grader.networks.mobilenet_v2 import vision
from grader.networks.mobilenet_v2.builder import BUILDER
from grader.networks.mobilenet_v2.saved_classes import BLOCK, IDENTITY, ROOT, SAVED_CLASSES


def test_every_name_of_today_is_a_class_of_today() -> None:
    """Older names lead to them, and each of today's to itself; the builder has all of them."""
    assert {*SAVED_CLASSES.values()} == {*BUILDER.classes}
    for name in SAVED_CLASSES.values():
        assert SAVED_CLASSES[name] == name


def test_the_roles_are_torchvisions_classes() -> None:
    """The network, its block, and what stands where a block was."""
    assert BUILDER.classes[ROOT] is vision.MobileNetV2
    assert BUILDER.classes[BLOCK] is vision.InvertedResidual
    assert BUILDER.classes[IDENTITY] is nn.Identity


def test_nothing_that_runs_code_of_its_own_is_on_the_list() -> None:
    """Only modules of torch and torchvision are ever built."""
    assert {name.partition(".")[0] for name in SAVED_CLASSES} == {"torch", "torchvision"}
