"""torchvision, also where its compiled operators do not load."""

import subprocess
import sys

import pytest
import torchvision

from grader.networks.mobilenet_v2 import vision
from tests.places import ROOT

# As a wheel for CUDA does beside a CPU build of torch; the network has to run all the same.
WITHOUT_OPERATORS = """
import torch

def refused(*_):
    raise OSError("libcudart.so: cannot open shared object file")

torch.ops.load_library = refused
torch.classes.load_library = refused
from grader.networks.mobilenet_v2.vision import MobileNetV2

assert hasattr(torch.ops.torchvision, "nms")
with torch.inference_mode():
    print(tuple(MobileNetV2(num_classes=3, width_mult=0.1).eval()(torch.zeros(1, 3, 32, 32)).shape))
"""


def test_its_classes_are_torchvisions_own() -> None:
    """A checkpoint that names them finds these."""
    assert vision.MobileNetV2 is torchvision.models.MobileNetV2
    assert vision.InvertedResidual is torchvision.models.mobilenetv2.InvertedResidual
    assert vision.Conv2dNormActivation is torchvision.ops.misc.Conv2dNormActivation


@pytest.mark.slow  # torch and torchvision are imported anew
def test_a_network_runs_where_the_operators_do_not_load() -> None:
    """In a fresh Python, whose torchvision has no library of its own."""
    ran = subprocess.run(
        [sys.executable, "-c", WITHOUT_OPERATORS],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip() == "(1, 3)"
