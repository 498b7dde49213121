"""The classes of MobileNetV2: torchvision's, or our own where it cannot be imported.

A wheel built for CUDA beside a CPU build of torch cannot load its operators, and then
`import torchvision` fails on the fake kernel of `torchvision::nms`, an operator that no
classification network uses. Declaring its schema first is enough. The process ends if a library
declares it a second time, so this is done only if a library did not load. Import torchvision from
here.

Without torchvision, or with one that is made for another torch, `architecture` has the classes.
"""

import importlib.util
from pathlib import Path

import torch

from grader.inference.lean_imports import stand_in

_SCHEMAS = {
    "nms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms": "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
}


def _declare_missing_operators() -> None:
    specification = importlib.util.find_spec("torchvision")
    if specification is None or specification.origin is None:
        return
    folder = Path(specification.origin).parent
    try:
        # `_C.so`, and from torchvision 0.29 on `_C_stable.so`
        for library in sorted(folder.glob("_C*")):
            torch.ops.load_library(library)  # type: ignore[no-untyped-call]  # torch leaves it untyped
    except OSError:
        for name, schema in _SCHEMAS.items():
            if not hasattr(torch.ops.torchvision, name):
                torch.library.define(f"torchvision::{name}", schema)


try:
    _declare_missing_operators()
    # `roi_align`, which no classification network uses either, asks TorchDynamo what it may
    # compile, and its form for ONNX imports torch's exporter to ONNX.
    with (
        stand_in("torch._dynamo.utils", is_compile_supported=lambda _device: False),
        stand_in("torchvision.ops._register_onnx_ops", _register_custom_op=lambda: None),
    ):
        from torchvision.models import MobileNetV2
        from torchvision.models.mobilenetv2 import InvertedResidual
        from torchvision.ops.misc import Conv2dNormActivation
except (ImportError, AttributeError, RuntimeError, ValueError):
    from grader.networks.mobilenet_v2.architecture import (
        Conv2dNormActivation,
        InvertedResidual,
        MobileNetV2,
    )

__all__ = ["Conv2dNormActivation", "InvertedResidual", "MobileNetV2"]
