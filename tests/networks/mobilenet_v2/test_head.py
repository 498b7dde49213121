"""The head is one Linear layer, however it is wrapped."""

from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
import torch_pruning
from torch import nn

from grader.errors import Fault
from tests.networks.checkpoints import logits, module_of, notes, recognised, saved, uneven

Wrap = Callable[[nn.Linear], nn.Module]


def with_head(wrap: Wrap) -> nn.Module:
    """A pruned network whose Linear layer is wrapped by `wrap`."""
    module = module_of(uneven())
    linear = module.get_submodule("classifier.1")
    assert isinstance(linear, nn.Linear)
    module.add_module("classifier", wrap(linear))
    return module.eval()


WRAPPED: dict[str, Wrap] = {
    "alone": lambda linear: linear,
    "in a Sequential": nn.Sequential,
    "with an Identity": lambda linear: nn.Sequential(nn.Identity(), linear),
    "nested": lambda linear: nn.Sequential(nn.Dropout(), nn.Sequential(nn.Dropout(), linear)),
    "flattened": lambda linear: nn.Sequential(nn.Flatten(), nn.Dropout(0.7), linear),
    "named": lambda linear: nn.Sequential(OrderedDict(drop=nn.Dropout(), fc=linear)),
}


@pytest.mark.parametrize("name", WRAPPED)
def test_one_linear_is_accepted_with_a_note(name: str, tmp_path: Path) -> None:
    """As a model and as a state_dict: the same answers, the same MFLOPs, nothing to review."""
    module = with_head(WRAPPED[name])
    expected, image = logits(module), torch.zeros(1, 3, 32, 32)
    counted = torch_pruning.utils.count_ops_and_params(module, image)
    for content in (module, module.state_dict()):
        path = saved(content, tmp_path)
        network, odd = recognised(path)
        assert torch.equal(logits(network.module), expected)
        assert torch_pruning.utils.count_ops_and_params(network.module, image) == counted
        assert odd == ()
        if name != "with an Identity" or isinstance(content, nn.Module):
            assert any("head" in note for note in notes(path))


def test_another_dropout_rate_is_torchvisions_head(tmp_path: Path) -> None:
    """It is read only in training."""
    module = with_head(lambda linear: nn.Sequential(nn.Dropout(0.6), linear))
    assert recognised(saved(module, tmp_path))[1] == ()
    assert notes(tmp_path / "mobilenet.pth") == ()


def test_a_linear_without_bias_is_rebuilt_without(tmp_path: Path) -> None:
    """So that its MFLOPs are those that the lab's snippet counts."""

    def bare(linear: nn.Linear) -> nn.Module:
        linear.register_parameter("bias", None)
        return nn.Sequential(nn.Dropout(), linear)

    module = with_head(bare)
    image = torch.zeros(1, 3, 32, 32)
    path = saved(module, tmp_path)
    network, odd = recognised(path)
    assert odd == ()
    assert torch.equal(logits(network.module), logits(module))
    ours, theirs = (
        torch_pruning.utils.count_ops_and_params(each, image) for each in (network.module, module)
    )
    assert ours == theirs
    assert any("no bias" in note for note in notes(path))


def with_child(layer: nn.Module, child: nn.Module) -> nn.Module:
    """`layer` with a child that its own code never calls."""
    layer.add_module("child", child)
    return layer


def without_weights(linear: nn.Linear) -> nn.Linear:
    """`linear` as a layer whose weights were removed leaves it."""
    linear._parameters.update(weight=None, bias=None)
    return linear


@pytest.mark.parametrize(
    ("wrap", "word"),
    [
        (
            lambda linear: nn.Sequential(linear, without_weights(nn.Linear(10, 10))),
            "also has classifier.1",
        ),
        (
            lambda linear: nn.Sequential(with_child(nn.Dropout(), nn.ReLU()), linear),
            "also has classifier.0.child",
        ),
        (lambda linear: with_child(linear, nn.ReLU()), "also has classifier.child"),
        (lambda linear: nn.Sequential(linear, nn.Linear(10, 10)), "more than one layer"),
        (lambda linear: nn.Sequential(linear, nn.ReLU()), "ReLU"),
        (lambda linear: nn.Sequential(linear, nn.Softmax(1)), "Softmax"),
        (lambda linear: nn.Sequential(nn.BatchNorm1d(5), linear), "BatchNorm1d"),
        (lambda linear: nn.Sequential(nn.Flatten(0), linear), "start_dim"),
        (lambda _: nn.Identity(), "classifier"),
    ],
)
def test_another_head_is_refused(wrap: Wrap, word: str, tmp_path: Path) -> None:
    """Two layers, an activation, a norm, or none: the first difference is named."""
    with pytest.raises(Fault) as fault:
        recognised(saved(with_head(wrap), tmp_path))
    assert "MobileNetV2" in fault.value.reason
    assert word in fault.value.reason


def test_two_layers_in_a_state_dict_are_refused(tmp_path: Path) -> None:
    """Names show them, although not what is between."""
    module = with_head(lambda linear: nn.Sequential(linear, nn.ReLU(), nn.Linear(10, 10)))
    with pytest.raises(Fault, match="more than one layer"):
        recognised(saved(module.state_dict(), tmp_path))
