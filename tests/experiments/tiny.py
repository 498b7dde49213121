"""A data set of a few images in MNIST's format, and experiments that take seconds."""

import hashlib
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from grader.datasets import training
from grader.datasets.dataset import DataFile
from grader.datasets.mnist import MNIST
from grader.datasets.registry import TRAINING_DATASETS
from grader.datasets.training import SplitFiles, TrainingDataset
from grader.labs.experiment import ExperimentSpec
from grader.labs.kinds import load_lab
from grader.labs.write_up_lab import WriteUpLab

TRAIN, TEST = 400, 128


def lab_experiment() -> ExperimentSpec:
    """The experiment of the on-device lab of 2022."""
    lab = load_lab("on-device-2022")
    assert isinstance(lab, WriteUpLab)
    assert lab.experiment is not None
    return lab.experiment


def tiny_experiment() -> ExperimentSpec:
    """The same on the tiny data set, with small layers and two iterations of pruning."""
    small = {"dataset": "tiny", "crop": 6, "hidden": (16, 12), "epochs": 1, "prune_iterations": 2}
    return lab_experiment().model_copy(update={**small, "latency_batches": (1, 8)})


def idx(values: NDArray[np.uint8]) -> bytes:
    """An IDX file of unsigned bytes."""
    head = struct.pack(">BBBB", 0, 0, 8, values.ndim)
    return head + struct.pack(f">{values.ndim}I", *values.shape) + values.tobytes()


def digits(count: int, seed: int) -> tuple[bytes, bytes]:
    """The IDX files of images that can be learned, and of their labels, which run from 0 to 9.

    Image `n` is noise with a bright column in the middle part for its label.
    """
    noise = np.random.default_rng(seed).integers(0, 80, (count, 28, 28), np.uint8)
    labels = np.arange(count, dtype=np.uint8) % 10
    for number, label in enumerate(labels):
        noise[number, 11 + label % 6, 11 + label // 6 :: 2] = 255
    return idx(noise), idx(labels)


def tiny_files() -> dict[str, bytes]:
    """The four files by name."""
    train, test = digits(TRAIN, 0), digits(TEST, 1)
    return {"train": train[0], "train-labels": train[1], "test": test[0], "test-labels": test[1]}


def tiny_dataset() -> TrainingDataset:
    """The data set of these files."""
    files = tiny_files()

    def split(name: str, images: int) -> SplitFiles:
        pixels, labels = (
            DataFile(name=each, sha256=hashlib.sha256(files[each]).hexdigest(), images=images)
            for each in (name, f"{name}-labels")
        )
        return SplitFiles(pixels=pixels, labels=labels)

    return replace(
        MNIST,
        name="tiny",
        title="Tiny",
        train=split("train", TRAIN),
        test=split("test", TEST),
        downloads={"its home": lambda _folder, _watch: tiny_files()},
    )


def install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> TrainingDataset:
    """Register the tiny data set, and fetch it into a data folder of this test."""
    monkeypatch.setattr(training, "data_folders", lambda: (folder,))
    dataset = tiny_dataset()
    monkeypatch.setitem(TRAINING_DATASETS, dataset.name, dataset)
    dataset.fetch()
    return dataset
