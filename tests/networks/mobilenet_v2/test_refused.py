"""Checkpoints that are refused, each with the first thing that is wrong with it."""

import re
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn.utils import prune

from grader.errors import Fault
from grader.networks.mobilenet_v2.vision import MobileNetV2
from tests.networks.checkpoints import (
    NAME,
    edited,
    module_of,
    recognised,
    saved,
    uneven,
    without_numbers,
)

Edit = Callable[[nn.Module], object]


def refusal(path: Path) -> Fault:
    """Why the checkpoint at `path` is refused."""
    with pytest.raises(Fault) as refused:
        recognised(path)
    fault = refused.value
    assert fault.reason.endswith(".")
    assert fault.help
    return fault


def vgg() -> nn.Module:
    """A VGG of one layer."""
    from torchvision.models import VGG

    with torch.device("meta"):
        module: nn.Module = VGG(nn.Sequential(), num_classes=10, init_weights=False)
    module.features = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Conv2d(4, 4, 3))
    module.classifier = nn.Sequential(nn.Linear(4, 10))
    return module


def resnet() -> nn.Module:
    """The smallest ResNet."""
    from torchvision.models.resnet import BasicBlock, ResNet

    module: nn.Module = ResNet(BasicBlock, [1, 1, 1, 1], num_classes=10)
    return module


def mobilenet_v3() -> nn.Module:
    """The successor, which is not asked for."""
    from torchvision.models import mobilenet_v3_small

    module: nn.Module = mobilenet_v3_small(num_classes=10)
    return module


@pytest.mark.parametrize(
    ("make", "name", "difference"),
    [
        (vgg, "VGG", "a VGG,"),
        (resnet, "ResNet", "a ResNet,"),
        (mobilenet_v3, "MobileNetV3", "a MobileNetV3,"),
    ],
)
def test_other_networks(
    make: Callable[[], nn.Module], name: str, difference: str, tmp_path: Path
) -> None:
    """A model is refused by its class, a state_dict by the names of its layers."""
    module = make()
    fault = refusal(saved(module, tmp_path))
    assert f"a {name}," in fault.reason
    fault = refusal(saved(module.state_dict(), tmp_path))
    assert difference in fault.reason
    assert fault.actual == ", ".join([*module.state_dict()][:3]) + ", …"


def layer(module: nn.Module, path: str) -> nn.Module:
    """The layer of `module` at `path`."""
    return module.get_submodule(path)


def replaced(module: nn.Module, path: str, other: nn.Module) -> nn.Module:
    """`module` with another layer at `path`."""
    parent, _, name = path.rpartition(".")
    setattr(layer(module, parent), name, other)
    return module


def attribute(path: str, **values: object) -> Edit:
    """An edit that sets attributes of the layer at `path`."""

    def edit(module: nn.Module) -> nn.Module:
        for name, value in values.items():
            setattr(layer(module, path), name, value)
        return module

    return edit


def swapped(path: str, first: str, second: str) -> Edit:
    """An edit that has two children of the layer at `path` run in the other order."""

    def edit(module: nn.Module) -> nn.Module:
        children = dict(layer(module, path).named_children())
        order = [{first: second, second: first}.get(name, name) for name in children]
        layer(module, path)._modules = OrderedDict((name, children[name]) for name in order)
        return module

    return edit


def added(path: str, name: str, other: nn.Module) -> Edit:
    """An edit that adds a child to the layer at `path`."""

    def edit(module: nn.Module) -> nn.Module:
        layer(module, path).add_module(name, other)
        return module

    return edit


def wider_kernel(module: nn.Module) -> nn.Module:
    """A 5x5 depthwise convolution."""
    return replaced(
        module, "features.2.conv.1.0", nn.Conv2d(3, 3, 5, stride=2, padding=2, groups=3, bias=False)
    )


def masked(module: nn.Module) -> nn.Module:
    """Part 1's pruning in the place of part 2's."""
    prune.l1_unstructured(layer(module, "features.0.0"), "weight", 0.5)  # type: ignore[no-untyped-call]  # torch leaves it untyped
    return module


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (
            attribute("features.2.conv.1.0", stride=(1, 1)),
            "a different stride",
        ),
        (attribute("features.0.0", padding=(0, 0)), "a different padding"),
        (attribute("features.0.0", padding="same"), "a different padding"),
        (attribute("features.0.0", dilation=(2, 2)), "a different dilation"),
        (attribute("features.0.0", padding_mode="circular"), "a different padding_mode"),
        (attribute("features.0.1", eps=1e-3), "a different eps"),
        (attribute("features.0.2", max_val=1.0), "a different max_val"),
        (
            attribute("features.3", use_res_connect=False),
            "a different use_res_connect",
        ),
        (wider_kernel, "features.2.conv.1.0.weight does not fit the layers around it"),
        (lambda m: replaced(m, "features.0.2", nn.ReLU()), "features.0.2 is a ReLU"),
        (lambda m: replaced(m, "features.0.2", nn.Identity()), "features.0.2 is a Identity"),
        (lambda m: replaced(m, "features.5", nn.Sequential()), "it has no features.5.conv.1"),
        (lambda m: replaced(m, "features.2", nn.Identity()), "features.2 is missing"),
        (lambda m: replaced(m, "features.0", nn.Identity()), "it has no features.1.0.weight"),
        (swapped("features", "5", "6"), "a different order"),
        (swapped("features.0", "1", "2"), "the layers of features.0 differ"),
        (swapped("features.2.conv", "0", "1"), "the layers of features.2.conv differ"),
        (added("features.0", "3", nn.ReLU6()), "the layers of features.0 differ"),
        (added("", "head", nn.Sequential()), "the layers of the model differ"),
        (added("classifier", "2", nn.Linear(10, 10)), "it also has classifier.2.weight"),
        (
            lambda m: added("features.3", "x", nn.ReLU6())(
                replaced(m, "features.3", nn.Identity())
            ),
            "the layers of features.3 differ",
        ),
    ],
)
def test_other_layers(edit: Edit, reason: str, tmp_path: Path) -> None:
    """A MobileNetV2 with more changed than widths is refused where it first differs."""
    fault = refusal(saved(edit(module_of(uneven())), tmp_path))
    assert "MobileNetV2" in fault.reason or "does not fit" in fault.reason
    assert reason in fault.reason


def test_blocks_that_may_not_be_deleted(tmp_path: Path) -> None:
    """A block that changes the stride is missed even where the rest was renumbered."""
    module = without_numbers(replaced(module_of(uneven()), "features.4", nn.Identity()))
    assert "order" in refusal(saved(module, tmp_path)).reason


def test_masked_weights(tmp_path: Path) -> None:
    """A masked weight is explained, in a model and in a state_dict."""
    module = masked(module_of(uneven()))
    for content in (module, module.state_dict()):
        fault = refusal(saved(content, tmp_path))
        assert "features.0.0.weight is masked" in fault.reason
        assert "Torch-Pruning" in fault.help


def tensors(**shapes: tuple[int, ...] | None) -> dict[str, torch.Tensor]:
    """The state_dict of `uneven()`; of `shapes`, None leaves a tensor out."""
    changed = {name.replace("__", "."): shape for name, shape in shapes.items()}
    wanted = {**uneven().shapes(), **changed}
    return {name: torch.ones(shape) for name, shape in wanted.items() if shape is not None}


@pytest.mark.parametrize(
    ("shapes", "reason"),
    [
        ({"features__5__conv__3__bias": None}, "it has no features.5.conv.3.bias"),
        ({"features__0__0__weight": None}, "it has no features.0.0.weight"),
        ({"classifier__1__weight": None}, "it has no classifier.1.weight"),
        ({"features__5__extra": (3, 3)}, "it also has features.5.extra"),
        ({"features__5__gamma": (3,)}, "it also has features.5.gamma"),
        ({"head__weight": (10, 10)}, "it also has head.weight"),
        ({"features__0__0__bias": (3,)}, "it also has features.0.0.bias"),
        ({"features__5__conv__3__bias": (9,)}, "features.5.conv.3.bias does not fit"),
        ({"features__1__conv__0__0__weight": (4, 1, 3, 3)}, "features.1.conv.0.0.weight does not"),
        ({"features__1__conv__1__weight": (2, 4, 1, 1)}, "features.1.conv.1.weight does not fit"),
        ({"classifier__1__weight": (10, 6)}, "classifier.1.weight does not fit"),
        ({"classifier__1__weight": (10, 5, 1)}, "number of dimensions"),
        ({"features__0__0__weight": (3,)}, "features.0.0.weight has the wrong number"),
        ({"features__0__0__weight": (0, 3, 3, 3)}, "features.0.0.weight has no channel left"),
        ({"features__5__conv__2__weight": (1, 0, 1, 1)}, "conv.2.weight has no channel left"),
        ({"classifier__1__weight": (10, 0)}, "classifier.1.weight has no channel left"),
        ({"classifier__1__weight": (7, 5), "classifier__1__bias": (7,)}, "7 output classes"),
    ],
)
def test_other_tensors(
    shapes: dict[str, tuple[int, ...] | None], reason: str, tmp_path: Path
) -> None:
    """A state_dict is refused at the first tensor that is missing, too many or misshapen."""
    assert reason in refusal(saved(tensors(**shapes), tmp_path)).reason


def changed_output(channels: int) -> dict[str, tuple[int, ...] | None]:
    """Another number of channels out of block 3, which the next layer takes in."""
    norm = {f"features__3__conv__3__{part}": (channels,) for part in ("weight", "bias")}
    norm |= {f"features__3__conv__3__running_{part}": (channels,) for part in ("mean", "var")}
    return {
        "features__3__conv__2__weight": (channels, 4, 1, 1),
        "features__4__conv__0__0__weight": (1, channels, 1, 1),
        **norm,
    }


def test_residual_sum_that_does_not_add_up(tmp_path: Path) -> None:
    """The block is named with what enters and what leaves it, and so is the remedy."""
    fault = refusal(saved(tensors(**changed_output(7)), tmp_path))
    assert re.search(r"features\.3 .*\b3 channels.*\b7\b", fault.reason)
    assert "dependency graph" in fault.help


def test_layers_blown_up(tmp_path: Path) -> None:
    """A small file with a layer that would take hours to run is no pruned network."""
    head = {f"features__18__1__{part}": (2561,) for part in ("weight", "bias")}
    head |= {f"features__18__1__running_{part}": (2561,) for part in ("mean", "var")}
    shapes: dict[str, tuple[int, ...] | None] = {
        **head,
        "features__18__0__weight": (2561, 4, 1, 1),
        "classifier__1__weight": (10, 2561),
    }
    fault = refusal(saved(tensors(**shapes), tmp_path))
    assert fault.reason.startswith("features.18 ")
    assert (fault.expected, fault.actual) == ("at most 2 times 1280", "2561")


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (lambda module: module.half(), "is float16, not float32"),
        (lambda module: module.double(), "is float64, not float32"),
        (lambda module: module.bfloat16(), "holds bfloat16 in features.0.0.weight"),
        (lambda module: module.half().state_dict(), "is float16, not float32"),
    ],
)
def test_other_precision(edit: Edit, reason: str, tmp_path: Path) -> None:
    """The lab's snippet computes in fp32, and the help says how to get there."""
    fault = refusal(saved(edit(module_of(uneven())), tmp_path))
    assert reason in fault.reason
    assert "float()" in fault.reason + fault.help


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_values_that_are_no_numbers(value: float, tmp_path: Path) -> None:
    """The help says that training diverged."""
    module = module_of(uneven())
    with torch.no_grad():
        module.get_parameter("classifier.1.bias")[3] = value
    fault = refusal(saved(module, tmp_path))
    assert fault.reason.startswith("classifier.1.bias holds NaN")
    assert "diverged" in fault.help


def test_class_of_the_notebook(tmp_path: Path) -> None:
    """A model whose class was written by the student is refused by that class's name."""
    today, theirs = b"torchvision.models.mobilenetv2\nMobileNetV2\n", b"__main__\nMyNet\n"
    path = edited(
        saved(module_of(uneven()), tmp_path), lambda pickled: pickled.replace(today, theirs)
    )
    fault = refusal(path)
    assert NAME in fault.reason
    assert "'__main__.MyNet'" in fault.reason
    assert "was run" in fault.reason
    assert "torch.save" in fault.help


def test_files_of_other_kinds(tmp_path: Path) -> None:
    """The reason has the file's name and the reader's message."""
    path = tmp_path / NAME
    path.write_bytes(b"")
    assert refusal(path).reason.startswith(f"{NAME} is empty")
    save_file(module_of(uneven()).state_dict(), path)
    assert refusal(path).reason.startswith(f"{NAME} is a safetensors file")


def test_unpruned_network_of_another_lab(tmp_path: Path) -> None:
    """ImageNet's thousand classes are not the lab's ten."""
    with torch.device("meta"):
        module = MobileNetV2(num_classes=1000)
    fault = refusal(saved(module.to_empty(device="cpu"), tmp_path))
    assert "1000 output classes" in fault.reason
    assert (fault.expected, fault.actual) == ("10", "1000")
