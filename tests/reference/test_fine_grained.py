import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from reference.fine_grained import (
    Sensitivity,
    allot,
    global_masks,
    keep_mask,
    prunable,
    scan,
    sparsity_of,
)
from reference.surrogate import surrogate
from tests.reference.networks import SMALL, random_images


def _layers() -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(2, 3, 1), nn.BatchNorm2d(3), nn.Flatten(), nn.Linear(3, 4))


@given(sparsity=st.floats(0, 1), size=st.integers(1, 200))
def test_mask_keeps_the_largest(sparsity: float, size: int) -> None:
    """Of distinct magnitudes exactly round(sparsity * n) go, all below every one that stays."""
    weight = torch.randperm(size).float() - size // 3 + 0.25
    mask = keep_mask(weight, sparsity)
    assert int((~mask).sum()) == round(sparsity * size)
    if 0 < int(mask.sum()) < size:
        assert weight.abs()[~mask].max() < weight.abs()[mask].min()


def test_mask_of_the_labs_question_3() -> None:
    """A 5x5 tensor pruned to 60 % keeps 10 nonzeros."""
    weight = torch.arange(1.0, 26.0).view(5, 5)
    assert int(keep_mask(weight, 0.6).sum()) == 10


def test_prunable_weights_leave_biases_and_norms_out() -> None:
    """Only the weights of convolutions and linear layers count."""
    assert set(prunable(_layers())) == {"0.weight", "3.weight"}


def test_global_masks_share_one_threshold() -> None:
    """A layer of small weights loses all before one of large weights loses any."""
    layers = _layers()
    with torch.no_grad():
        layers.get_parameter("0.weight").copy_(torch.linspace(0.01, 0.02, 6).view(3, 2, 1, 1))
        layers.get_parameter("3.weight").copy_(torch.linspace(1, 2, 12).view(4, 3))
    masks = global_masks(layers, 6 / 18)
    assert not masks["0.weight"].any()
    assert bool(masks["3.weight"].all())


def test_sparsity_counts_zeros() -> None:
    """The sparsity is the share of prunable weights that are zero."""
    layers = _layers()
    with torch.no_grad():
        layers.get_parameter("0.weight").zero_()
    assert sparsity_of(layers) == pytest.approx(6 / 18)


def test_scan_puts_every_weight_back() -> None:
    """The scan has a row for each weight and sparsity, and leaves the network as it was."""
    network = surrogate(SMALL)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    rows = list(scan(network, random_images(10), 40, (0.5, 0.9)))
    assert len(rows) == 2 * len(prunable(network))
    assert all(0 <= row.accuracy <= 1 for row in rows)
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())


def test_allot_spares_the_sensitive_weight() -> None:
    """The weight whose accuracy falls keeps more than the one whose does not."""
    rows = [
        Sensitivity(weight="a", sparsity=0.5, accuracy=0.5),
        Sensitivity(weight="a", sparsity=0.9, accuracy=0.1),
        Sensitivity(weight="b", sparsity=0.5, accuracy=0.9),
        Sensitivity(weight="b", sparsity=0.9, accuracy=0.8),
    ]
    assert allot(rows, {"a": 100, "b": 100}, kept=0.6) == {"a": 0.0, "b": 0.9}
    assert allot(rows, {"a": 100, "b": 100}, kept=0.4) == {"a": 0.5, "b": 0.9}
    assert allot(rows, {"a": 100, "b": 100}, kept=0.0) == {"a": 0.9, "b": 0.9}
