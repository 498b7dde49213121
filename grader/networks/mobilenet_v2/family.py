"""MobileNetV2 as one of the families that labs ask for. Imports no torch until it is asked."""

from typing import TYPE_CHECKING

from grader.networks.family import Family
from grader.networks.mobilenet_v2.block_matching import NOT_OURS
from grader.networks.mobilenet_v2.blueprint import original
from grader.networks.mobilenet_v2.lineage import Lineage, trace
from grader.networks.mobilenet_v2.saved_classes import ROOT, SAVED_CLASSES

if TYPE_CHECKING:  # torch takes seconds, which who asks for names and shapes need not wait for
    from grader.inference.runnable import Runnable
    from grader.networks.builder import Builder


def _builder() -> "Builder[Lineage]":
    # As above.
    from grader.networks.mobilenet_v2.builder import BUILDER

    return BUILDER


def _lower(network: "Runnable", input_shape: tuple[int, int, int]) -> bytes:
    # As above; ExecuTorch's serialisers besides, which who only rebuilds a network does not need.
    from grader.networks.mobilenet_v2.lowering import lower

    return lower(network, input_shape[-1])


MOBILENET_V2 = Family(
    name="mobilenet-v2",
    title="MobileNetV2",
    root_class=ROOT,
    saved_classes=SAVED_CLASSES,
    what_to_save=NOT_OURS,
    save_plainly="Save torchvision's own model, without classes or functions of your notebook: "
    "torch.save(model, 'mobilenet.pth').",
    recognise=trace,
    original=original,
    builder=_builder,
    lower=_lower,
)
