"""The data sets that a lab may ask for: to grade on, and to train on in its experiment."""

from grader.datasets.cifar10 import CIFAR10
from grader.datasets.dataset import Dataset
from grader.datasets.mnist import MNIST
from grader.datasets.training import TrainingDataset
from grader.errors import look_up

DEFAULT_DATASET = CIFAR10.name
DATASETS: dict[str, Dataset] = {CIFAR10.name: CIFAR10}
TRAINING_DATASETS: dict[str, TrainingDataset] = {MNIST.name: MNIST}


def dataset_named(name: str) -> Dataset:
    """The data set that lab files call `name`. Raises `GraderError` if there is none."""
    return look_up(DATASETS, name, "data set")


def training_dataset_named(name: str) -> TrainingDataset:
    """The data set that experiments call `name`. Raises `GraderError` if there is none."""
    return look_up(TRAINING_DATASETS, name, "training data set")
