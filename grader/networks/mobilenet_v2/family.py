"""MobileNetV2 as a `Family`. Imports torch only when a network is built or lowered."""

from typing import TYPE_CHECKING

from grader.networks.family import Family
from grader.networks.mobilenet_v2.block_matching import WHAT_TO_SAVE
from grader.networks.mobilenet_v2.blueprint import original
from grader.networks.mobilenet_v2.lineage import Lineage, trace
from grader.networks.mobilenet_v2.saved_classes import ROOT, SAVED_CLASSES

if TYPE_CHECKING:  # torch takes seconds to import; names and shapes do not need it
    from grader.inference.runnable import Runnable
    from grader.networks.builder import Builder


def _builder() -> "Builder[Lineage]":
    # As above: torch.
    from grader.networks.mobilenet_v2.builder import BUILDER

    return BUILDER


def _lower(network: "Runnable", input_shape: tuple[int, int, int]) -> bytes:
    # As above: torch, and ExecuTorch's serialisers, which only lowering needs.
    from grader.networks.mobilenet_v2.lowering import lower

    return lower(network, input_shape[-1])


MOBILENET_V2 = Family(
    name="mobilenet-v2",
    title="MobileNetV2",
    root_class=ROOT,
    trunk="features",
    saved_classes=SAVED_CLASSES,
    what_to_save=WHAT_TO_SAVE,
    save_plainly="Save torchvision's own model, without classes or functions of your notebook: "
    "torch.save(model, 'mobilenet.pth').",
    recognise=trace,
    original=original,
    builder=_builder,
    lower=_lower,
)
