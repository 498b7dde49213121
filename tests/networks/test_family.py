"""The seam between the grader and a family of networks."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from grader.errors import Fault
from grader.inference import xnnpack
from grader.labs.kinds import network_lab
from grader.labs.network_lab import NetworkLab
from grader.networks.builder import Builder, by_full_name
from grader.networks.description import Description
from grader.networks.family import Family, Shapes, Width
from grader.networks.network import Network
from grader.networks.read_checkpoint import read_checkpoint, read_reply, recognise
from grader.networks.registry import FAMILIES, family_named
from grader.sandbox.child.answer import load_module
from grader.sandbox.child.networks_in import Wanted
from grader.sandbox.child.unpickle import answer
from grader.sandbox.start import Isolation
from grader.types import Role
from tests.networks.checkpoints import saved
from tests.sandbox.archives import archive
from tests.sandbox.pickles import called, name, text
from tests.small_networks import handed_in

PIXELS, CLASSES = 12, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A linear layer on so many pixels: its own blueprint, and what recognising it gives."""

    pixels: int
    classes: int

    @property
    def blueprint(self) -> "Line":
        """Itself."""
        return self

    @property
    def removed_layers(self) -> tuple[str, ...]:
        """Nothing can be."""
        return ()

    @property
    def notes(self) -> tuple[str, ...]:
        """None."""
        return ()

    def widths(self) -> tuple[Width, ...]:
        """Those of its only layer."""
        return (Width(layer="1", original=PIXELS, kept=self.pixels),)

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """A weight and a bias."""
        return {"1.weight": (self.classes, self.pixels), "1.bias": (self.classes,)}


def line_of(_description: Description, shapes: Shapes) -> Line:
    """The line of these shapes. Raises `Fault`."""
    classes, pixels = shapes.get("1.weight", (0, 0))
    found = Line(pixels=pixels, classes=classes)
    odd = [each for each in shapes if each not in found.shapes()]
    if odd or "1.weight" not in shapes:
        raise Fault(f"This is not a line: it has {odd}.", help="Hand in a line.")
    return found


def built(line: Line, tensors: Mapping[str, torch.Tensor]) -> Network:
    """The line with these weights."""
    module = nn.Sequential(nn.Flatten(), nn.Linear(line.pixels, line.classes))
    module.load_state_dict(dict(tensors))
    return Network(blueprint=line, module=module.eval().requires_grad_(False))


def unpruned(classes: int) -> Network:
    """A line on all pixels with random weights."""
    state = nn.Linear(PIXELS, classes).state_dict()
    tensors = {f"1.{name}": tensor for name, tensor in state.items()}
    return built(Line(pixels=PIXELS, classes=classes), tensors)


LINE = Family(
    name="line",
    title="Line",
    root_class="torch.nn.modules.container.Sequential",
    trunk="",
    saved_classes={
        each: each
        for each in (
            "torch.nn.modules.container.Sequential",
            "torch.nn.modules.flatten.Flatten",
            "torch.nn.modules.linear.Linear",
        )
    },
    what_to_save="Hand in a line.",
    save_plainly="Hand in a line alone.",
    recognise=line_of,
    original=lambda classes: Line(pixels=PIXELS, classes=classes),
    builder=lambda: Builder(
        rebuild=built,
        check_modules=lambda *_: ("a line was seen",),
        original=unpruned,
        classes=by_full_name(nn.Sequential, nn.Flatten, nn.Linear),
    ),
)


@pytest.fixture
def lab(monkeypatch: pytest.MonkeyPatch) -> NetworkLab:
    """A lab that asks for a line, which is registered and known nowhere else."""
    monkeypatch.setitem(FAMILIES, LINE.name, LINE)
    network = network_lab().network.model_copy(update={"family": "line", "classes": CLASSES})
    return network_lab().model_copy(update={"network": network})


@pytest.mark.parametrize("whole", [True, False])
def test_another_family_goes_from_names_and_shapes_to_its_network(
    whole: bool, lab: NetworkLab, tmp_path: Path
) -> None:
    """Registered in the dict alone, it is read in the sandbox, recognised and rebuilt."""
    module = unpruned(CLASSES).module
    path = saved(module if whole else module.state_dict(), tmp_path)
    network = read_checkpoint(
        handed_in(Role.CHECKPOINT, path.name, path), lab, Isolation.PROCESS
    ).network
    image = torch.randn(2, PIXELS)
    assert torch.equal(network.module(image), module(image))
    assert network.blueprint.widths() == (Width(layer="1", original=12, kept=12),)


def test_its_child_may_build_its_classes_and_no_others(tmp_path: Path) -> None:
    """The family lists the classes that a child may build."""
    module = unpruned(CLASSES).module
    image = torch.randn(2, PIXELS)
    path = str(saved(module, tmp_path))
    assert torch.equal(load_module(path, "", LINE)(image), module(image))
    narrower = replace(LINE, saved_classes={LINE.root_class: LINE.root_class})
    with pytest.raises(SystemExit, match=r"torch\.nn\.modules\.flatten\.Flatten"):
        load_module(path, "", narrower)


def test_the_first_difference_and_the_number_of_classes_are_told(lab: NetworkLab) -> None:
    """The family's own words for the one, the lab's number for the other."""
    description, tensors = Description(kind="state_dict"), unpruned(3).module.state_dict()
    with pytest.raises(Fault, match=r"not a line: it has \['extra'\]"):
        recognise(description, {**tensors, "extra": torch.ones(1)}, lab.network)
    with pytest.raises(Fault, match="4 output classes") as fault:
        recognise(description, unpruned(4).module.state_dict(), lab.network)
    assert (fault.value.expected, fault.value.actual) == ("3", "4")


def test_a_refusal_names_the_family(tmp_path: Path) -> None:
    """The reason has the family's title, and the help is the family's."""
    path = tmp_path / "line.pth"
    path.write_bytes(archive(b"\x80\x02" + called(name("os", "system"), text("1/0")) + b"."))
    wanted = Wanted(title=LINE.title, root_class=LINE.root_class, trunk=LINE.trunk)
    with pytest.raises(Fault, match="part of a Line") as fault:
        read_reply(answer(path, wanted), path.name, LINE)
    assert fault.value.help == "Hand in a line alone."


@pytest.mark.slow  # the exporter
def test_a_family_that_says_nothing_is_lowered_by_the_exporter() -> None:
    """The program answers as the network."""
    network = unpruned(CLASSES)
    image = torch.randn(1, 3, 2, 2)
    (logits,) = xnnpack.load(LINE.lower(network, (3, 2, 2))).execute([image])
    assert np.allclose(logits.numpy(), network.module(image).numpy(), atol=1e-5)


def test_weights_that_may_be_pruned_have_several_dimensions() -> None:
    """A bias is none of them; the 53 of MobileNetV2 are its convolutions and its classifier."""
    assert LINE.prunable(CLASSES) == {"1.weight": (3, 12)}
    weights = family_named("mobilenet-v2").prunable(7)
    assert len(weights) == 53
    assert weights["classifier.1.weight"] == (7, 1280)
