import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from reference.fine_grained import (
    Sensitivity,
    allot,
    keep_mask,
    prunable,
    scan,
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
