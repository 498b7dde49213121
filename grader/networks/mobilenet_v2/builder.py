"""The `Builder` of MobileNetV2."""

from grader.networks.builder import Builder
from grader.networks.mobilenet_v2.module_check import check_modules
from grader.networks.mobilenet_v2.rebuild import original_network, rebuild

BUILDER = Builder(rebuild=rebuild, check_modules=check_modules, original=original_network)
