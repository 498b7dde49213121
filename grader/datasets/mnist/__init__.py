"""MNIST: ten classes of 28x28 grey digits, in IDX files."""

from grader.datasets.mnist.download import DOWNLOADS
from grader.datasets.mnist.files import TEST, TRAIN
from grader.datasets.mnist.idx import decode
from grader.datasets.training import TrainingDataset

__all__ = ["MNIST"]

MNIST = TrainingDataset(
    name="mnist",
    title="MNIST",
    classes=tuple("0123456789"),
    shape=(1, 28, 28),
    train=TRAIN,
    test=TEST,
    decode=decode,
    downloads=DOWNLOADS,
    fetch_megabytes=70,
)
