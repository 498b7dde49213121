"""The feed-forward network."""

import torch
from torch import nn

from grader.networks.feed_forward.network import FeedForward


def test_it_is_linear_layers_with_relu_between_them() -> None:
    """No activation follows the last layer."""
    network = FeedForward((4, 3, 2))
    images = torch.randn(5, 4)
    hidden = nn.functional.relu(network.layers[0](images))
    assert torch.equal(network(images), network.out(hidden))


def test_without_hidden_layers_it_is_linear() -> None:
    """The only layer is `out`."""
    network = FeedForward((4, 2))
    images = torch.randn(5, 4)
    assert torch.equal(network(images), network.out(images))
    assert list(network.state_dict()) == ["out.weight", "out.bias"]
