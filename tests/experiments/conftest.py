"""The tiny data set for all tests of experiments."""

import pytest

from grader.datasets.training import TrainingDataset
from grader.experiments.images import ExperimentImages, read_images
from tests.experiments.tiny import install, tiny_experiment


@pytest.fixture(autouse=True)
def tiny(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> TrainingDataset:
    """The tiny data set, registered and on this machine."""
    return install(tmp_path_factory.mktemp("data"), monkeypatch)


@pytest.fixture
def images(tiny: TrainingDataset) -> ExperimentImages:
    """The images of the tiny experiment."""
    assert tiny.name == "tiny"
    return read_images(tiny_experiment(), quick=False)
