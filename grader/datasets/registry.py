"""The data sets that a lab may ask for: to grade on, and to train on in its experiment."""

from grader.datasets.cifar10 import CIFAR10
from grader.datasets.dataset import Dataset
from grader.datasets.mnist import MNIST
from grader.datasets.training import TrainingDataset
from grader.errors import GraderError

DEFAULT_DATASET = CIFAR10.name
DATASETS: dict[str, Dataset] = {CIFAR10.name: CIFAR10}
TRAINING_DATASETS: dict[str, TrainingDataset] = {MNIST.name: MNIST}


def dataset_named(name: str) -> Dataset:
    """The data set that lab files call `name`. Raises `GraderError` if there is none."""
    found = DATASETS.get(name)
    if found is None:
        raise GraderError(f"Unknown data set {name!r}.", help=f"Use one of {', '.join(DATASETS)}.")
    return found


def training_dataset_named(name: str) -> TrainingDataset:
    """The data set that experiments call `name`. Raises `GraderError` if there is none."""
    found = TRAINING_DATASETS.get(name)
    if found is None:
        raise GraderError(
            f"Unknown data set {name!r} of an experiment.",
            help=f"Use one of {', '.join(TRAINING_DATASETS)}.",
        )
    return found
