"""Attributes and answers that make a person look at a hand-in."""

import math
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import nn

from grader.networks.mobilenet_v2.blueprint import Blueprint
from grader.networks.network import Network, largest_difference
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


def answering(*answers: float) -> Network:
    """A network with these logits for one image of as many pixels."""
    module = nn.Linear(1, len(answers))
    with torch.no_grad():
        module.weight.zero_()
        module.bias.copy_(torch.tensor(answers))
    return Network(blueprint=Blueprint(stem=1, blocks=(), last=1, classes=1), module=module)


IMAGE = torch.zeros(1, 1)


def test_difference_is_relative_to_the_largest_logit() -> None:
    """A tenth of our largest logit, of either sign, is 0.1."""
    assert largest_difference(answering(1, -4), IMAGE, torch.tensor([[1, -4]])) == 0
    off = largest_difference(answering(1, -4), IMAGE, torch.tensor([[1.4, -4]]))
    assert off == pytest.approx(0.1)
    assert largest_difference(answering(0, 0), IMAGE, torch.tensor([[0.0, 0.5]])) == 0.5


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ((1.0, 2.0), [[1.0, 2.0, 3.0]]),
        ((1.0, 2.0), [1.0, 2.0]),
        ((1.0, 2.0), [[1.0, math.nan]]),
        ((1.0, 2.0), [[1.0, math.inf]]),
        ((1.0, math.nan), [[1.0, math.nan]]),
        ((1.0, math.inf), [[1.0, math.inf]]),
    ],
)
def test_answers_that_cannot_be_compared_are_infinitely_far(
    ours: tuple[float, ...], theirs: list[float]
) -> None:
    """Another shape, NaN and infinity on either side never count as agreement."""
    assert largest_difference(answering(*ours), IMAGE, torch.tensor(theirs)) == math.inf
