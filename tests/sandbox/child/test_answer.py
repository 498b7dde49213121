"""The child that runs a hand-in's own module."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
import pytest
import torch
import torch_pruning
from safetensors.torch import load
from torch import nn
from torch.optim.swa_utils import AveragedModel

from grader.networks.mobilenet_v2.family import MOBILENET_V2
from grader.networks.probe_images import probe_images
from grader.sandbox.child.answer import answer, load_module
from grader.sandbox.child.inert_pickle import StandIn
from tests.sandbox.archives import archive
from tests.sandbox.pickles import called, module, name, text, whole

SETTINGS: Mapping[str, object] = {
    "seed": 5,
    "images": 2,
    "input_shape": [3, 8, 8],
    "found_at": "",
    "family": "mobilenet-v2",
}


def network() -> nn.Sequential:
    """Takes images of any size, in train mode as somebody may save it."""
    torch.manual_seed(0)
    layers = (nn.Conv2d(3, 10, 3), nn.BatchNorm2d(10), nn.ReLU6(), nn.Conv2d(10, 10, 6))
    return nn.Sequential(*layers).train()


def test_message_holds_the_modules_own_logits(tmp_path: Path) -> None:
    """In eval mode, for the images of the seed, in fp32."""
    path = tmp_path / "mobilenet.pth"
    torch.save(network(), path)
    with torch.inference_mode():
        expected = network().eval()(probe_images(SETTINGS))
    assert torch.equal(load(answer(str(path), SETTINGS))["logits"], expected)


def test_a_class_of_another_network_is_named(tmp_path: Path) -> None:
    """A class that no MobileNetV2 has ends the child with its name as the error line."""
    path = tmp_path / "mobilenet.pth"
    path.write_bytes(archive(whole(module(kind="Bilinear"))))
    with pytest.raises(SystemExit) as ended:
        load_module(str(path), "", MOBILENET_V2)
    assert "torch.nn.modules.linear.Bilinear" in str(ended.value.code)


@pytest.mark.parametrize(
    ("key", "wrapped"),
    [
        ("", lambda module: module),
        ("", nn.DataParallel),
        ("model", lambda module: {"model": module, "epoch": 3}),
        ("1", lambda module: (0.92, module)),
        ("0", lambda module: [nn.DataParallel(module)]),
        ("", AveragedModel),
        ("", torch.compile),
        ("ema", lambda module: {"model": nn.Sequential(nn.ReLU(), nn.ReLU()), "ema": module}),
    ],
)
def test_module_is_found_where_the_reader_found_it(
    key: str, wrapped: Callable[[nn.Module], object], tmp_path: Path
) -> None:
    """Alone or under a key, in a wrapper or not."""
    torch.save(wrapped(network()), tmp_path / "saved")
    found = load_module(str(tmp_path / "saved"), key, MOBILENET_V2)
    assert isinstance(found, nn.Sequential)
    assert torch.equal(found.get_parameter("0.weight"), network().get_parameter("0.weight"))


def test_whatever_a_module_carries_stays_a_stand_in(tmp_path: Path) -> None:
    """A path, a random generator, a list that holds itself, and a device: none is made."""
    layers = network()
    endless: list[object] = []
    endless.append(endless)
    layers.__dict__["carried"] = [Path("x"), np.random.RandomState(1), endless, torch.device("cpu")]
    torch.save(layers, tmp_path / "saved")
    found = load_module(str(tmp_path / "saved"), "", MOBILENET_V2)
    path, generator, itself, device = found.__dict__["carried"]
    assert all(isinstance(each, StandIn) for each in (path, generator, device))
    assert type(itself) is list
    assert torch.equal(found.eval()(probe_images(SETTINGS)), layers.eval()(probe_images(SETTINGS)))


def test_dict_of_torch_pruning_is_loaded_as_torch_pruning_does(tmp_path: Path) -> None:
    """The `__dict__` of every module goes into a MobileNetV2."""
    layers = network()
    torch.save(torch_pruning.state_dict(layers), tmp_path / "saved")
    found = load_module(str(tmp_path / "saved"), "full_state_dict", MOBILENET_V2)
    assert [name for name, _ in found.named_children()] == ["0", "1", "2", "3"]
    assert torch.equal(found.get_parameter("0.weight"), layers.get_parameter("0.weight"))


@pytest.mark.parametrize("function", [name("os", "system"), name("builtins", "eval")])
def test_functions_are_not_called(function: bytes, tmp_path: Path) -> None:
    """Even if it were started on a file that the reader refused, nothing in that would run."""
    path = tmp_path / "saved"
    path.write_bytes(archive(b"\x80\x02" + called(function, text("1/0")) + b"."))
    with pytest.raises(SystemExit, match="the reader refuses"):
        load_module(str(path), "", MOBILENET_V2)
