"""The measuring packages, and ExecuTorch, which may be missing."""

import tomllib
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError

import pytest

from grader.inference import packages
from grader.inference.packages import GET_IT, SUPPORTED, installed, why_no_executorch
from tests.places import ROOT


def with_versions(monkeypatch: pytest.MonkeyPatch, versions: Mapping[str, str]) -> None:
    """Have only these packages installed."""

    def version(name: str) -> str:
        if name not in versions:
            raise PackageNotFoundError(name)
        return versions[name]

    monkeypatch.setattr(packages, "version", version)


def test_only_installed_packages_have_a_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """A package that is missing is left out."""
    with_versions(monkeypatch, {"torch": "2.8.0"})
    assert installed(["torch", "torchvision"]) == {"torch": "2.8.0"}


@pytest.mark.parametrize(
    ("version", "fits"),
    [(None, False), ("1.4.0", True), ("1.4.1", True), ("1.40.0", False), ("0.6.0", False)],
)
def test_only_the_release_that_the_lowering_knows_fits(
    version: str | None, fits: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without ExecuTorch, and with another release, there is a reason."""
    with_versions(monkeypatch, {} if version is None else {"executorch": version})
    assert (why_no_executorch() is None) is fits
    if version is not None and not fits:
        assert version in (why_no_executorch() or "")


def test_the_extra_has_the_release_that_fits() -> None:
    """The command in the help installs it, with the extra's own name."""
    content = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extra = content["project"]["optional-dependencies"]["executorch"]
    assert f"executorch=={SUPPORTED}.*" in extra
    assert f"{content['project']['name']}[executorch]" in GET_IT
