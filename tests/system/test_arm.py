"""What an install on Arm brings, resolved here and not run.

uv resolves for another platform. pip's `--platform` chooses wheels for it, but reads the markers of
this machine, and so demands x86-64's packages.
"""

import subprocess
import sys
from collections.abc import Mapping

import pytest

from tests.places import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.system]

PLATFORM = "aarch64-manylinux_2_28"  # Raspberry Pi OS and Jetson Linux from 2023 on
WITHOUT_CUDA = "torch==2.10.*"


def resolved(*arguments: str, requirement: str = "") -> dict[str, str]:
    """Return the releases that an install on Arm has, wheels only, by name.

    `arguments` are those of `uv pip compile`; "-" stands for `requirement`. Raises
    `LookupError` with uv's reason if there is no solution.
    """
    options = ("--quiet", "--no-header", "--no-annotate", "--only-binary", ":all:")
    platform = ("--python-platform", PLATFORM, "--python-version", "3.11")
    ran = subprocess.run(
        [sys.executable, "-m", "uv", "pip", "compile", *options, *platform, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
        cwd=ROOT,
        input=requirement,
    )
    if "Failed to fetch" in ran.stderr:
        pytest.skip("The package index cannot be reached.")
    if ran.returncode:
        raise LookupError(ran.stderr)
    lines = (line.partition("==") for line in ran.stdout.splitlines() if "==" in line)
    return {name.strip(): version.strip() for name, _, version in lines}


def test_the_package_has_wheels_for_all_that_it_needs() -> None:
    """With a torch that is for processors only, nothing of CUDA comes along."""
    found = resolved("pyproject.toml", "-", requirement=WITHOUT_CUDA)
    assert {"torch", "torch-pruning", "nh3", "safetensors"} <= found.keys()
    assert not cuda(found)


def test_a_newer_torch_brings_cuda() -> None:
    """docs/devices.md says so, and names PyTorch's own builds."""
    assert cuda(resolved("-", requirement="torch==2.13.*"))


def test_executorch_has_a_wheel_but_its_converter_has_none() -> None:
    """So the extra cannot be resolved, and `--no-deps` installs the runtime."""
    with pytest.raises(LookupError, match="coremltools"):
        resolved("pyproject.toml", "--extra", "executorch")
    alone = resolved("-", "--no-deps", requirement="executorch==1.4.*")
    assert alone.keys() == {"executorch"}


def test_a_newer_executorch_needs_no_converter() -> None:
    """It installs plainly; the grader does not support its runtime yet."""
    assert resolved("-", requirement="executorch==1.5.1")["executorch"] == "1.5.1"


def cuda(found: Mapping[str, str]) -> list[str]:
    """Return the names of the packages for NVIDIA's graphics processors."""
    return [name for name in found if name.startswith(("nvidia", "cuda"))]
