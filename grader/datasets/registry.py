"""The data sets that a lab may ask for."""

from grader.datasets.cifar10 import CIFAR10
from grader.datasets.dataset import Dataset
from grader.errors import GraderError

DEFAULT_DATASET = CIFAR10.name
DATASETS: dict[str, Dataset] = {CIFAR10.name: CIFAR10}


def dataset_named(name: str) -> Dataset:
    """The data set that lab files call `name`. Raises `GraderError` if there is none."""
    found = DATASETS.get(name)
    if found is None:
        raise GraderError(f"Unknown data set {name!r}.", help=f"Use one of {', '.join(DATASETS)}.")
    return found
