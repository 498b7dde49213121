"""The wheel in an environment that has a torch: pip must not replace it.

The environments have no real torch, which is gigabytes: only the metadata of an installed one,
which is all that pip's resolver reads. pip asks the package index, as the tests' own install does.
"""

import json
import subprocess
import sys
import venv
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.places import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.system]

TORCH = {"torch": "2.7.1"}
WITH_TORCHVISION = {**TORCH, "torchvision": "0.22.1"}
NO_INDEX = "No matching distribution found for hatchling"


def pip(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run pip, which never asks anything."""
    return subprocess.run(
        [sys.executable, "-m", "pip", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        timeout=600,
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as it is published."""
    folder = tmp_path_factory.mktemp("wheel")
    built = pip("wheel", "--no-deps", "--quiet", "--wheel-dir", folder, ROOT)
    if NO_INDEX in built.stderr:
        pytest.skip("The package index cannot be reached.")
    assert built.returncode == 0, built.stderr
    (path,) = folder.iterdir()
    return path


def environment(folder: Path, packages: Mapping[str, str]) -> Path:
    """Make an environment in which pip finds these packages installed; return its Python."""
    venv.create(folder, with_pip=False)
    (site,) = folder.glob("lib/python*/site-packages")
    for name, version in packages.items():
        information = site / f"{name}-{version}.dist-info"
        information.mkdir()
        needs = f"Requires-Dist: torch (=={TORCH['torch']})\n" if name != "torch" else ""
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{needs}"
        (information / "METADATA").write_text(metadata, encoding="utf-8")
        (information / "RECORD").write_text("", encoding="utf-8")
    return folder / "bin" / "python"


def would_install(requirement: object, folder: Path, packages: Mapping[str, str]) -> set[str]:
    """Return the names of all that pip would install into an environment with `packages`."""
    python, report = environment(folder / "environment", packages), folder / "report.json"
    dry = ("--dry-run", "--quiet", "--report", report)
    found = pip("--python", python, "install", *dry, requirement)
    assert found.returncode == 0, found.stderr
    installs = json.loads(report.read_text(encoding="utf-8"))["install"]
    return {each["metadata"]["name"].lower() for each in installs}


@pytest.mark.parametrize("packages", [TORCH, WITH_TORCHVISION], ids=["torch", "torchvision"])
def test_an_install_keeps_the_torch_that_is_there(
    packages: Mapping[str, str], wheel: Path, tmp_path: Path
) -> None:
    """It has the counter of MFLOPs, but no torch, no torchvision and no CUDA."""
    names = would_install(wheel, tmp_path, packages)
    assert {"edge-lab-grader", "torch-pruning", "safetensors"} <= names
    assert not names & {"torch", "torchvision", "executorch", "triton"}
    assert not any(name.startswith("nvidia") for name in names)


def test_a_torch_that_is_replaced_would_be_seen(tmp_path: Path) -> None:
    """A package that needs another release of torch has torch in its list."""
    assert {"torchvision", "torch"} <= would_install("torchvision==0.28.*", tmp_path, TORCH)
