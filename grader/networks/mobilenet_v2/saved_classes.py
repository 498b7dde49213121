"""The module classes of a saved MobileNetV2 by their full names. Imports no torch."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # pydantic is slow to import, and the sandbox's children do not need it
    from grader.networks.description import ModuleRecord

ROOT = "torchvision.models.mobilenetv2.MobileNetV2"
BLOCK = "torchvision.models.mobilenetv2.InvertedResidual"
IDENTITY = "torch.nn.modules.linear.Identity"
LINEAR = "torch.nn.modules.linear.Linear"
SEQUENTIAL = "torch.nn.modules.container.Sequential"
DROPOUT = "torch.nn.modules.dropout.Dropout"
# Layers that pass a row of features on as it is, once the network is in eval mode.
PASSING_ON = frozenset(
    {
        IDENTITY,
        DROPOUT,
        "torch.nn.modules.dropout.Dropout1d",
        "torch.nn.modules.dropout.AlphaDropout",
        "torch.nn.modules.dropout.FeatureAlphaDropout",
        "torch.nn.modules.flatten.Flatten",
    }
)
_ACTIVATED = "torchvision.ops.misc.Conv2dNormActivation"
_TODAY = (
    ROOT,
    BLOCK,
    _ACTIVATED,
    SEQUENTIAL,
    "torch.nn.modules.conv.Conv2d",
    "torch.nn.modules.batchnorm.BatchNorm2d",
    "torch.nn.modules.activation.ReLU6",
    LINEAR,
    *sorted(PASSING_ON),
)
SAVED_CLASSES: Mapping[str, str] = MappingProxyType(
    {
        **{name: name for name in _TODAY},
        # The same classes in older torchvisions.
        "torchvision.models.mobilenet.MobileNetV2": ROOT,
        "torchvision.models.mobilenet.InvertedResidual": BLOCK,
        "torchvision.models.mobilenet.ConvBNReLU": _ACTIVATED,
        "torchvision.models.mobilenetv2.ConvBNReLU": _ACTIVATED,
        "torchvision.models.mobilenetv2.ConvBNActivation": _ACTIVATED,
        "torchvision.ops.misc.ConvNormActivation": _ACTIVATED,
    }
)


def class_name(record: "ModuleRecord") -> str:
    """The module's class under the name that today's torchvision gives it."""
    return SAVED_CLASSES.get(record.class_name, record.class_name)
