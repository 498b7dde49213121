"""The module classes of a saved MobileNetV2 by their full names. Imports no torch."""

from collections.abc import Mapping
from types import MappingProxyType

ROOT = "torchvision.models.mobilenetv2.MobileNetV2"
BLOCK = "torchvision.models.mobilenetv2.InvertedResidual"
IDENTITY = "torch.nn.modules.linear.Identity"
_ACTIVATED = "torchvision.ops.misc.Conv2dNormActivation"
_TODAY = (
    ROOT,
    BLOCK,
    _ACTIVATED,
    IDENTITY,
    "torch.nn.modules.container.Sequential",
    "torch.nn.modules.conv.Conv2d",
    "torch.nn.modules.batchnorm.BatchNorm2d",
    "torch.nn.modules.activation.ReLU6",
    "torch.nn.modules.dropout.Dropout",
    "torch.nn.modules.linear.Linear",
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
