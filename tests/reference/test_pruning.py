import pytest
import torch

from grader.errors import HarnessError
from reference import pruning
from reference.network import build, mflops, widths_of
from reference.pruning import channel_worth, prune
from reference.surrogate import FRONT, without_front
from tests.reference.networks import SMALL, random_images


def _worth() -> dict[str, torch.Tensor]:
    return channel_worth(without_front(build(SMALL)), random_images(16), 40)


def test_target_is_met_and_the_front_stays() -> None:
    """The pruned network is narrower, costs at most what was asked and still answers."""
    network = build(SMALL)
    target = 0.8 * mflops(network)
    reached = prune(network, _worth(), target_mflops=target)
    assert reached == mflops(network) <= target
    widths = widths_of(network)
    assert widths.blocks[: FRONT - 1] == SMALL.blocks[: FRONT - 1]
    assert widths.blocks[FRONT - 1].out == SMALL.blocks[FRONT - 1].out
    assert build(widths)(torch.zeros(2, 3, 64, 64)).shape == (2, 10)
    assert all(p.grad is None for p in network.parameters())


def test_channels_of_no_worth_go_first() -> None:
    """Of one layer, the channels whose worth is zero are those that are pruned."""
    network = build(SMALL)
    worth = {name: torch.ones_like(value) for name, value in _worth().items()}
    worth["features.18.1"][:16] = 0.0
    survivors = network.features[18][0].weight.detach()[16:].clone()
    prune(network, worth, target_mflops=mflops(network) - 0.01)
    kept = network.features[18][0].weight.detach()
    assert kept.shape[0] < SMALL.last
    assert torch.equal(kept[-survivors.shape[0] :], survivors)


def test_an_impossible_target_is_our_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """A target below what any pruning leaves is reported, not silently missed."""
    monkeypatch.setattr(pruning, "_STEP", 0.15)  # 5 steps instead of 150
    with pytest.raises(HarnessError, match="pruning stopped"):
        prune(build(SMALL), _worth(), target_mflops=0.1)


def test_worth_is_zero_for_a_silent_channel() -> None:
    """A channel that nothing reads is worth nothing."""
    network = without_front(build(SMALL)).eval()
    with torch.no_grad():
        network.classifier[1].weight[:, 5] = 0.0
        network.classifier[1].weight[:, 6:] = 1.0
        network.classifier[1].weight[0] *= 2
    worth = channel_worth(network, random_images(16), 40)
    assert worth["features.18.1"][5] == 0.0
    assert bool((worth["features.18.1"] >= 0).all())
