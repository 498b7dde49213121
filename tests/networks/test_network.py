"""How far a hand-in's own answers are from our network's."""

import math

import pytest
import torch
from torch import nn

from grader.networks.mobilenet_v2.blueprint import Blueprint
from grader.networks.network import Network, largest_difference


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
