"""Iterative magnitude pruning."""

import torch
from torch import nn

from grader.experiments import prune
from grader.experiments.exact import prunable_weights
from grader.experiments.images import ExperimentImages
from grader.experiments.training import train, untrained
from tests.experiments.tiny import tiny_experiment

SPEC = tiny_experiment()


def pruned(times: int, fraction: float = 0.33) -> nn.Module:
    """An untrained network, pruned so often."""
    network = untrained(SPEC, 0)
    for _ in range(times):
        prune.prune_once(network, fraction)
    return network


def test_the_smallest_weights_of_all_layers_go() -> None:
    """No weight that is kept is smaller than one that is gone; biases stay."""
    before = untrained(SPEC, 0)
    after = prune.permanent(pruned(2))
    weights = [name for name in before.state_dict() if name.endswith("weight")]
    old = torch.cat([before.state_dict()[name].flatten() for name in weights])
    new = torch.cat([after.state_dict()[name].flatten() for name in weights])
    assert old[new != 0].abs().min() >= old[new == 0].abs().max()
    assert torch.equal(before.state_dict()["out.bias"], after.state_dict()["out.bias"])
    left = prunable_weights(SPEC)
    for _ in range(2):
        left -= round(0.33 * left)
    assert int((new != 0).sum()) == prune.remaining(pruned(2)) == left


def test_training_leaves_what_is_gone_at_zero(images: ExperimentImages) -> None:
    """The weights that remain change."""
    network = pruned(1)
    before = prune.permanent(network).state_dict()["out.weight"]
    train(network, images.train, SPEC, 0)
    after = prune.permanent(network).state_dict()["out.weight"]
    assert torch.equal(before == 0, after == 0)
    assert not torch.equal(before, after)


def test_rewinding_keeps_the_masks_and_takes_the_first_weights(images: ExperimentImages) -> None:
    """Of the initial network only the pruned weights are missing; biases are rewound too."""
    initial = untrained(SPEC, 0).state_dict()
    network = untrained(SPEC, 0)
    train(network, images.train, SPEC, 0)
    prune.prune_once(network, 0.33)
    gone = prune.permanent(network).state_dict()["out.weight"] == 0
    prune.rewind(network, initial)
    state = prune.permanent(network).state_dict()
    assert torch.equal(state["out.weight"], initial["out.weight"].masked_fill(gone, 0))
    assert torch.equal(state["out.bias"], initial["out.bias"])


def test_a_restored_network_goes_on_as_the_one_that_was_saved(images: ExperimentImages) -> None:
    """The next pruning takes the same weights as without a break."""
    network = pruned(1)
    train(network, images.train, SPEC, 0)
    restored = untrained(SPEC, 1)
    prune.restore(restored, network.state_dict())
    for each in (network, restored):
        prune.prune_once(each, 0.33)
    first, second = (prune.permanent(each).state_dict() for each in (network, restored))
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_the_permanent_copy_answers_as_the_masked_network() -> None:
    """And leaves it as it was."""
    network = pruned(1)
    images = torch.rand(4, 36)
    plain = prune.permanent(network)
    assert torch.equal(plain(images), network(images))
    assert sorted(plain.state_dict()) == sorted(untrained(SPEC, 0).state_dict())
    assert "out.weight_mask" in network.state_dict()


def test_a_mask_doubles_the_file_and_zeros_save_nothing() -> None:
    """Only sparse tensors become smaller, when little is left."""
    sizes = [prune.disk_sizes(each, prune.permanent(each)) for each in (pruned(0 + 1), pruned(9))]
    assert sizes[0].dense == sizes[1].dense < sizes[0].masked == sizes[1].masked
    assert sizes[1].sparse < sizes[0].sparse
