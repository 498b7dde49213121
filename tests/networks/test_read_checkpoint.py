"""Every kind of checkpoint that is accepted, from its bytes to our own network of it."""

import dataclasses
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import torch_pruning
from hypothesis import HealthCheck, given, settings
from torch import nn

from grader.errors import Fault
from grader.evaluators.flops import count_operations
from grader.labs.kinds import network_lab
from grader.networks.description import Description
from grader.networks.mobilenet_v2.blueprint import Blueprint
from grader.networks.mobilenet_v2.family import MOBILENET_V2
from grader.networks.mobilenet_v2.vision import MobileNetV2
from grader.networks.own_logits import Comparison
from grader.networks.read_checkpoint import ReadCheckpoint
from grader.sandbox.child.answer import load_module
from tests.networks.checkpoints import (
    described,
    edited,
    logits,
    module_of,
    recognised,
    saved,
    uneven,
    without_numbers,
)
from tests.networks.examined import examined
from tests.networks.mobilenet_v2.test_rebuild import blueprints
from tests.small_networks import small

Wrap = Callable[[nn.Module], object]


def prefixed(module: nn.Module) -> dict[str, torch.Tensor]:
    """The state_dict of a network in DataParallel."""
    return {f"module.{name}": tensor for name, tensor in module.state_dict().items()}


def with_numbers(module: nn.Module) -> dict[str, object]:
    """A training script's checkpoint, whose numbers are numpy's."""
    return {
        "net": module.state_dict(),
        "acc": np.float64(92.31),
        "epoch": np.int64(30),
        "losses": np.zeros(30, np.float32),
    }


MODULES: dict[str, Wrap] = {
    "full pickle": lambda module: module,
    "full pickle in train mode": lambda module: module.train(),
    "DataParallel": nn.DataParallel,
    "full pickle under 'model'": lambda module: {"model": module, "epoch": 3},
    "full pickle under '0'": lambda module: (module, 0.92),
    "full pickle under 'full_state_dict'": torch_pruning.state_dict,
}
STATE_DICTS: dict[str, Wrap] = {
    "state_dict": lambda module: module.state_dict(),
    "state_dict with module.": prefixed,
    "state_dict under 'state_dict'": lambda module: {"state_dict": module.state_dict()},
    "state_dict under 'net'": with_numbers,
    "state_dict under '1'": lambda module: [0.92, module.state_dict()],
}
KINDS = [pytest.param(wrap, id=name) for name, wrap in {**MODULES, **STATE_DICTS}.items()]


@pytest.mark.parametrize("zipped", [True, False], ids=["zip", "before 1.6"])
@pytest.mark.parametrize("wrap", KINDS)
def test_every_kind_gives_the_same_network(wrap: Wrap, zipped: bool, tmp_path: Path) -> None:
    """However it was saved, our network answers as the student's, to the last bit."""
    module = module_of(uneven(3, 8))
    expected = logits(module)
    network, odd = recognised(saved(wrap(module), tmp_path, zipped=zipped))
    assert network.blueprint == uneven(3, 8)
    assert torch.equal(logits(network.module), expected)
    assert odd == ()


@pytest.mark.parametrize("name", MODULES)
def test_module_of_every_kind_can_be_run(name: str, tmp_path: Path) -> None:
    """The child that runs the student's module finds it under the key that the reader found."""
    module = module_of(uneven())
    path = saved(MODULES[name](module), tmp_path)
    description, _ = described(path)
    assert torch.equal(
        logits(load_module(str(path), description.found_at, MOBILENET_V2)), logits(module)
    )


@pytest.mark.parametrize("wrap", [lambda module: module, lambda module: module.state_dict()])
def test_blocks_deleted_and_the_rest_renumbered(wrap: Wrap, tmp_path: Path) -> None:
    """The removed blocks are found by the residual sums, or by the widths."""
    module = module_of(uneven(3, 6, 9, 16))
    expected = logits(module)
    network, odd = recognised(saved(wrap(without_numbers(module)), tmp_path))
    assert torch.equal(logits(network.module), expected)
    assert odd == ()


def test_ambiguous_state_dict_is_refused_and_its_model_is_not(tmp_path: Path) -> None:
    """Where widths do not tell which block was deleted, the model's residual sums do."""
    same = uneven(8)
    blocks = tuple(dataclasses.replace(block, hidden=2, outputs=2) for block in same.blocks)
    module = without_numbers(module_of(dataclasses.replace(same, stem=2, blocks=blocks)))
    network, _ = recognised(saved(module, tmp_path))
    assert torch.equal(logits(network.module), logits(module))
    with pytest.raises(Fault, match="which ones"):
        recognised(saved(module.state_dict(), tmp_path))


@given(blueprint=blueprints())
@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_pruned_model_is_recognised_after_renumbering(
    blueprint: Blueprint, tmp_path: Path
) -> None:
    """A full pickle is enough for any widths and any remaining residual blocks."""
    module = module_of(dataclasses.replace(blueprint, classes=10))
    expected = logits(module)
    network, odd = recognised(saved(without_numbers(module), tmp_path))
    assert torch.equal(logits(network.module), expected)
    assert odd == ()


def test_widths_may_be_above_the_original(tmp_path: Path) -> None:
    """Up to twice, as torchvision's `width_mult` makes them."""
    first, *others = uneven().blocks
    wide = dataclasses.replace(
        uneven(), stem=64, blocks=(dataclasses.replace(first, hidden=64), *others)
    )
    network, _ = recognised(saved(module_of(wide), tmp_path))
    assert network.blueprint.widths()[0].kept == 64


TODAY = {
    "root": b"torchvision.models.mobilenetv2\nMobileNetV2",
    "block": b"torchvision.models.mobilenetv2\nInvertedResidual",
    "layers": b"torchvision.ops.misc\nConv2dNormActivation",
}
OLDEST = {
    "root": b"torchvision.models.mobilenet\nMobileNetV2",
    "block": b"torchvision.models.mobilenet\nInvertedResidual",
    "layers": b"torchvision.models.mobilenet\nConvBNReLU",
}


@pytest.mark.parametrize(
    "names",
    [
        OLDEST,
        {"layers": b"torchvision.models.mobilenetv2\nConvBNReLU"},
        {"layers": b"torchvision.models.mobilenetv2\nConvBNActivation"},
        {"layers": b"torchvision.ops.misc\nConvNormActivation"},
    ],
    ids=["first", "moved", "renamed", "moved again"],
)
def test_classes_of_older_torchvisions(names: dict[str, bytes], tmp_path: Path) -> None:
    """The same layers under the names they once had, for the reader and for torch.load."""

    def renamed(pickled: bytes) -> bytes:
        for name, then in names.items():
            assert TODAY[name] in pickled
            pickled = pickled.replace(TODAY[name], then)
        return pickled

    module = module_of(uneven())
    path = edited(saved(module, tmp_path), renamed)
    network, odd = recognised(path)
    assert torch.equal(logits(network.module), logits(module))
    assert torch.equal(logits(load_module(str(path), "", MOBILENET_V2)), logits(module))
    assert odd == ()


def test_pruned_by_torch_pruning(tmp_path: Path) -> None:
    """A real pruning of the real network keeps nothing but its widths, and we keep its weights."""
    torch.manual_seed(0)
    module = MobileNetV2(num_classes=10)
    torch_pruning.pruner.MagnitudePruner(
        module,
        torch.zeros(1, 3, 32, 32),
        importance=torch_pruning.importance.MagnitudeImportance(p=2),
        pruning_ratio=0.8,
        ignored_layers=[module.classifier[1]],
    ).step()
    expected = logits(module)
    for content in (module, module.state_dict(), torch_pruning.state_dict(module)):
        network, odd = recognised(saved(content, tmp_path))
        assert network.blueprint.widths()[0].kept < 32
        assert torch.equal(logits(network.module), expected)
        assert odd == ()


@pytest.mark.parametrize("name", ["case-a.pth", "case-b.pth"])
def test_real_hand_in(name: str, cases: Path) -> None:
    """Two checkpoints that were handed in are read, and answer as they always did."""
    path = cases / name
    network, odd = recognised(path)
    assert odd == ()
    assert network.blueprint.removed_layers == ()
    assert torch.equal(logits(network.module), logits(load_module(str(path), "", MOBILENET_V2)))


REFUSED = {
    "ptflops_module.pth": "start_flops_count",
    "dynamic_quantized.pth": "quantised",
}
REVIEWED = {"proto4.pth": "protocol 4"}
CASE_FILES = (
    "classifier_linear.pth",
    "classifier_nested.pth",
    "classifier_seq_linear.pth",
    "classifier_without_dropout.pth",
    "compiled_state_dict.pth",
    "ema_state_dict.pth",
    "multistep_sched.pth",
    "proto4.pth",
    "swa_averaged_module.pth",
    "swa_state_dict.pth",
    "thop_module.pth",
    "whole_optimizer.pth",
    "wrapper_prefix_state_dict.pth",
)


@pytest.mark.system
@pytest.mark.parametrize("name", CASE_FILES)
def test_real_files_that_hold_the_same_network(name: str, cases: Path) -> None:
    """Counted, averaged, compiled, wrapped or saved with tables: case-b's network and MFLOPs."""
    seen = examined(cases / "checkpoints" / name)
    network, _ = recognised(cases / "case-b.pth")
    assert torch.equal(logits(seen.network.module), logits(network.module))
    spec = network_lab().network
    assert round(count_operations(seen.network, spec)[0] / 1e6, 6) == 37.998450
    assert REVIEWED.get(name, "") in str(seen.review)
    assert (seen.review is None) == (name not in REVIEWED)
    assert seen.evidence.answers in {"agree", "a state_dict has none of its own"}


@pytest.mark.system
@pytest.mark.parametrize("name", REFUSED)
def test_real_files_that_no_grader_can_measure(name: str, cases: Path) -> None:
    """The reason says what the file holds."""
    with pytest.raises(Fault, match=REFUSED[name]):
        examined(cases / "checkpoints" / name)


def wide() -> Blueprint:
    """One block wider inside than the original, and one that is gone."""
    kept = uneven(5)
    blocks = (replace(each, hidden=97) if each.position == 2 else each for each in kept.blocks)
    return replace(kept, blocks=tuple(blocks))


@pytest.mark.parametrize(
    ("blueprint", "named"),
    [
        (uneven(), ()),
        (uneven(3, 8), ("blocks are gone: features.3, features.8",)),
        (replace(uneven(), last=1_281), ("1 layer is wider", "features.18 1281 of 1280")),
        (replace(wide(), last=1_281), ("2 layers are wider", "features.2", "gone: features.5")),
    ],
)
def test_what_pruning_does_not_make_is_looked_at(
    tmp_path: Path, blueprint: Blueprint, named: tuple[str, ...]
) -> None:
    """A layer that is wider than the original, and a residual block that is gone."""
    seen = examined(saved(module_of(blueprint).state_dict(), tmp_path))
    assert (seen.review is None) == (not named)
    assert all(each in str(seen.review) for each in named)


@pytest.mark.system
def test_wide_layers_and_no_residual_block_are_looked_at(tmp_path: Path, cases: Path) -> None:
    """The hand-in whose layers were wider than the original passed without a word."""
    path = tmp_path / "mobilenet.pth"
    with zipfile.ZipFile(cases / "attacks" / "wide.zip") as archive:
        (name,) = (each for each in archive.namelist() if each.endswith(".pth"))
        path.write_bytes(archive.read(name))
    seen = examined(path)
    assert "wider than the original" in str(seen.review)
    assert "residual blocks are gone" in str(seen.review)
    assert any(each.kept > each.original for each in seen.evidence.widths)


@pytest.mark.parametrize(
    ("doubts", "review"),
    [
        (0, None),
        (1, "a"),
        (3, "a; b; c"),
        (4, "a; b; c; 1 more difference"),
        (5, "a; b; c; 2 more differences"),
    ],
)
def test_of_many_doubts_three_are_named(doubts: int, review: str | None) -> None:
    """The others are counted."""
    read = ReadCheckpoint(
        network=small(),
        description=Description(kind="state_dict"),
        notes=(),
        doubts=tuple("abcdefg"[:doubts]),
    )
    assert read.review(Comparison()) == review
