from pathlib import Path

import pytest
from typer.testing import CliRunner

from grader.cli import app
from grader.commands import data
from grader.datasets.cifar10 import CIFAR10
from grader.errors import GraderError
from tests.experiments.tiny import install
from tests.places import SAMPLE


def test_the_sample_is_called_one() -> None:
    """`data verify` tells a sample from the test set, and counts its images."""
    ran = CliRunner().invoke(app, ["data", "verify", str(SAMPLE)])
    assert ran.exit_code == 0
    assert "a sample" in ran.output
    assert "1,000 images" in ran.output


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    """Its hash is not CIFAR-10's."""
    (tmp_path / "batch.bin").write_bytes(b"no images")
    ran = CliRunner().invoke(app, ["data", "verify", str(tmp_path / "batch.bin")])
    assert isinstance(ran.exception, GraderError)


def test_fetch_describes_what_it_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    """The download itself has its own tests."""
    monkeypatch.setattr(
        data,
        "fetch",
        lambda *_args, watch: CIFAR10.verify(CIFAR10.sample_path()) if watch else None,
    )
    ran = CliRunner().invoke(app, ["data", "fetch"])
    assert ran.exit_code == 0, ran.output
    assert CIFAR10.sample_path().name in ran.output


def test_fetch_takes_a_data_set_of_experiments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says where the files are, and how many images they have."""
    dataset = install(tmp_path, monkeypatch)
    ran = CliRunner().invoke(app, ["data", "fetch", "tiny"])
    assert ran.exit_code == 0, ran.output
    assert str(dataset.find()) in ran.output
    assert str(dataset.test.pixels.images) in ran.output


def test_an_unknown_data_set_is_told_with_all_that_are_known() -> None:
    """Those of labs and those of experiments."""
    ran = CliRunner().invoke(app, ["data", "fetch", "svhn"])
    assert isinstance(ran.exception, GraderError)
    assert {"cifar10,", "mnist."} <= set(str(ran.exception.help).split())
