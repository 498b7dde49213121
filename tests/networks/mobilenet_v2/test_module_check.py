"""Attributes and answers that make a person look at a hand-in."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import nn

from tests.networks.checkpoints import logits, module_of, recognised, saved, uneven

Edit = Callable[[nn.Module], object]


def attribute(path: str, name: str, value: object) -> Edit:
    """An edit that puts `value` into the `__dict__` of the layer at `path`."""

    def edit(module: nn.Module) -> None:
        module.get_submodule(path).__dict__[name] = value

    return edit


@pytest.mark.parametrize(
    ("edit", "oddity"),
    [
        (
            attribute("features.0.0", "in_channels", 1),
            "features.0.0 has in_channels=1",
        ),
        (attribute("features.2.conv.1.0", "groups", 1), "features.2.conv.1.0 has groups=1"),
        (attribute("features.0.1", "num_features", 0), "features.0.1 has num_features=0"),
        (
            attribute("classifier.1", "out_features", "10"),
            "classifier.1 has out_features=10",
        ),
        (attribute("", "forward", nn.ReLU6()), "the model has its own forward"),
        (attribute("", "_call_impl", nn.ReLU6()), "the model has its own _call_impl"),
        (attribute("", "parameters", "none"), "the model has its own parameters"),
        (
            attribute("features", "_forward_hooks", {0: nn.ReLU6()}),
            "features has its own _forw",
        ),
        (
            attribute("", "_forward_pre_hooks", {0: nn.ReLU6()}),
            "the model has its own _forward",
        ),
        (attribute("features.3", "forward", nn.ReLU6()), "features.3 has its own forward"),
        (attribute("features.5", "forward", nn.ReLU6()), "features.5 has its own forward"),
        (attribute("classifier.0", "teacher", [[1.0]]), "classifier.0 has its own teacher"),
        (attribute("features.0.0", "mflops", 3), "features.0.0 has its own mflops"),
    ],
)
def test_what_no_plain_layer_has_is_told(edit: Edit, oddity: str, tmp_path: Path) -> None:
    """Wrong counts, shadowed methods and hooks are named; features.3 is an Identity here."""
    module = module_of(uneven(3))
    expected = logits(module)
    edit(module)
    network, odd = recognised(saved(module, tmp_path))
    assert any(each.startswith(oddity) for each in odd)
    assert torch.equal(logits(network.module), expected)


@pytest.mark.parametrize(
    "edit",
    [
        attribute("classifier.0", "p", 0.5),
        attribute("features.0.1", "momentum", 0.01),
        attribute("features.0.2", "inplace", False),
        attribute("", "last_channel", 1280),
        attribute("features.0", "out_channels", 32),
        attribute("features.2", "stride", 2),
        attribute("features.0", "_backward_hooks", {}),
    ],
)
def test_what_changes_no_answer_is_not_worth_a_look(edit: Edit, tmp_path: Path) -> None:
    """Settings of training, and what pruning leaves behind, raise no question."""
    module = module_of(uneven(3))
    edit(module)
    assert recognised(saved(module, tmp_path))[1] == ()
