"""What counters, averaging and wrappers leave in a checkpoint."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel

from grader.errors import Fault
from tests.networks.checkpoints import logits, module_of, notes, recognised, saved, uneven

Content = Callable[[nn.Module], object]


def counted(module: nn.Module) -> nn.Module:
    """`module` as `thop.profile` leaves it: two buffers on every container."""
    for layer in module.modules():
        layer.register_buffer("total_ops", torch.zeros(1, dtype=torch.float64))
        layer.register_buffer("total_params", torch.zeros(1, dtype=torch.float64))
    return module


def normalised(module: nn.Module) -> nn.Module:
    """`module` with buffers for a normalisation that its forward does not do."""
    module.register_buffer("mean", torch.zeros(1, 3, 1, 1))
    return module


def prefixed(prefix: str, **beside: torch.Tensor) -> Content:
    """A state_dict with a prefix before every name, and other tensors beside it."""

    def content(module: nn.Module) -> object:
        state = {prefix + name: tensor for name, tensor in module.state_dict().items()}
        return {**state, **{name.replace("__", "."): value for name, value in beside.items()}}

    return content


@pytest.mark.parametrize(
    "content",
    [
        counted,
        lambda module: counted(module).state_dict(),
        lambda module: nn.DataParallel(counted(module)),
        AveragedModel,
        lambda module: AveragedModel(module).state_dict(),
        torch.compile,
        prefixed("_orig_mod.module."),
        normalised,
        prefixed("model.", criterion__weight=torch.ones(10)),
        prefixed("net.", n_averaged=torch.tensor(3)),
        prefixed("", total_ops=torch.zeros(1)),
        lambda module: {**module.state_dict(), "epoch": 3, "acc": 92.3},
    ],
)
@pytest.mark.parametrize("removed", [(), (3, 8)])
def test_leftovers_are_noted_and_change_nothing(
    content: Content, removed: tuple[int, ...], tmp_path: Path
) -> None:
    """The same answers, nothing to review; blocks removed or not."""
    module = module_of(uneven(*removed))
    expected = logits(module)
    path = saved(content(module), tmp_path)
    network, odd = recognised(path)
    assert network.blueprint == uneven(*removed)
    assert torch.equal(logits(network.module), expected)
    assert odd == ()


def test_the_note_names_each_kind_once(tmp_path: Path) -> None:
    """However many layers have it."""
    (note,) = notes(saved(counted(module_of(uneven())), tmp_path))
    assert note.count("total_ops") == 1
    assert "total_params" in note


@pytest.mark.parametrize("name", ["mean", "features.5.extra", "features.5.total_ops"])
def test_a_buffer_of_unknown_use_in_a_state_dict_is_reviewed(name: str, tmp_path: Path) -> None:
    """Names alone do not show whether a layer used it; the network is measured without."""
    module = module_of(uneven())
    state = {**module.state_dict(), name: torch.ones(3)}
    network, odd = recognised(saved(state, tmp_path))
    assert torch.equal(logits(network.module), logits(module))
    assert any(name in each for each in odd)


@pytest.mark.parametrize(
    "content",
    [
        prefixed("", features__5__conv__9__weight=torch.ones(3)),
        prefixed("", features__5__se=torch.ones(3, 3)),
        prefixed("", features__5__gamma=torch.ones(3)),
        prefixed("", features__5__params=torch.ones(3, 3)),
        prefixed("", fc__weight=torch.ones(10, 10)),
        prefixed("model.", head__weight=torch.ones(10, 10)),
        prefixed("model.", norm__weight=torch.ones(3), norm__running_var=torch.ones(3)),
    ],
)
def test_what_a_layer_would_use_is_refused(content: Content, tmp_path: Path) -> None:
    """Another layer is another network, inside the network or around it."""
    with pytest.raises(Fault, match="also has"):
        recognised(saved(content(module_of(uneven())), tmp_path))


@pytest.mark.parametrize(
    ("path", "name"), [("features.0.0", "bias"), ("features.0.0", "stride"), ("", "forward")]
)
def test_a_buffer_that_a_layers_code_would_read_is_refused(
    path: str, name: str, tmp_path: Path
) -> None:
    """A bias, or the name of an attribute of the layer."""
    module = module_of(uneven())
    layer = module.get_submodule(path)
    layer._parameters.pop(name, None)
    layer.__dict__.pop(name, None)
    layer._buffers[name] = torch.ones(3)
    with pytest.raises(Fault, match=name):
        recognised(saved(module, tmp_path))
