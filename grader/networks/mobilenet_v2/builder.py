"""The `Builder` of MobileNetV2."""

from torch import nn

from grader.networks.builder import Builder, by_full_name
from grader.networks.mobilenet_v2.module_check import check_modules
from grader.networks.mobilenet_v2.rebuild import original_network, rebuild
from grader.networks.mobilenet_v2.vision import (
    Conv2dNormActivation,
    InvertedResidual,
    MobileNetV2,
)

BUILDER = Builder(
    rebuild=rebuild,
    check_modules=check_modules,
    original=original_network,
    classes=by_full_name(
        MobileNetV2,
        InvertedResidual,
        Conv2dNormActivation,
        nn.Sequential,
        nn.Conv2d,
        nn.BatchNorm2d,
        nn.ReLU6,
        nn.Linear,
        nn.Identity,
        nn.Dropout,
        nn.Dropout1d,
        nn.AlphaDropout,
        nn.FeatureAlphaDropout,
        nn.Flatten,
    ),
)
