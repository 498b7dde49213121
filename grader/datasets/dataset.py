"""A data set as labs use it: its classes, the shape of an image, its two files, preprocessing.

The grade is defined over one file, and any other would give another grade: so a file is known here
by its hash. The format is a row of records, each one label byte, then the bytes of an image: one
plane of rows after the other.
"""

import hashlib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import platformdirs
from numpy.typing import NDArray

from grader.errors import GraderError

PACKAGE = Path(__file__).parents[1]
CHECKOUT_DATA = PACKAGE.parent / "data"

Pixels = NDArray[np.uint8]
"""Images of shape (N, channels, height, width)."""

Labels = NDArray[np.int64]
"""The class of each image, of shape (N,)."""

Watch = Callable[[str, int, int], None]
"""Told of a fetch's step, the bytes it has and the bytes it expects, 0 where unknown."""

Home = Callable[[Path, Watch], bytes]
"""Gives the bytes of the test set, working in a folder; raises `GraderError` if it cannot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFile:
    """A file of labelled images, known by its hash."""

    name: str
    sha256: str
    images: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Preprocessing:
    """PIL's bilinear `Resize((side, side))`, `ToTensor`, `Normalize(mean, deviation)`."""

    side: int
    mean: tuple[float, ...]
    deviation: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TestSet:
    """An intact file of labelled images. With `is_sample`, what it measures is an estimate."""

    __test__ = False  # not a test case, whatever pytest makes of the name

    path: Path
    sha256: str
    images: int
    is_sample: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """A data set: `name` in the lab file, `title` for people.

    `shape` is that of an image: channels, height, width. `sample` comes with the grader and stands
    in for `test_set` where that is not here. `homes` gives where the test set can be fetched from,
    by name; a fetch needs up to `fetch_megabytes` of disk.
    """

    name: str
    title: str
    classes: tuple[str, ...]
    shape: tuple[int, int, int]
    test_set: DataFile
    sample: DataFile
    preprocessing: Preprocessing
    homes: Callable[[], Mapping[str, Home]]
    fetch_megabytes: int

    @property
    def record(self) -> int:
        """The bytes of one record."""
        return 1 + math.prod(self.shape)

    def find(
        self, explicit: Path | None = None, *, folders: Sequence[Path] | None = None
    ) -> TestSet:
        """The test set in `explicit`, else the first intact one in `folders`, else the sample.

        `folders` defaults to `places()`. Raises `GraderError` if `explicit` is neither the test set
        nor the sample, or if the only copy in `folders` is damaged: it is not passed over for the
        sample, since whoever put it there believes that they are grading.
        """
        if explicit is not None:
            return self.verify(explicit)
        kept = self.intact(self.places() if folders is None else folders)
        return kept or self.verify(self.sample_path())

    def places(self) -> tuple[Path, ...]:
        """The folders that may hold the test set: a checkout's `data/`, and the user's cache."""
        cache = platformdirs.user_cache_path("edge-lab-grader", appauthor=False)
        return (CHECKOUT_DATA, cache) if (CHECKOUT_DATA / self.sample.name).is_file() else (cache,)

    def sample_path(self, package: Path = PACKAGE) -> Path:
        """The sample: inside `package` where a wheel put it, else in the checkout around it."""
        installed = package / self.sample.name
        return installed if installed.is_file() else package.parent / "data" / self.sample.name

    def verify(self, path: Path) -> TestSet:
        """Say which of the two files `path` is.

        Raises `GraderError` that names what differs: the size, a label out of range, or only the
        hash.
        """
        try:
            if not path.is_file():
                raise GraderError(
                    f"There is no file {path}.",
                    help=f"Give the path of {self.test_set.name}, or get it with `grader data "
                    "fetch`.",
                )
            size = path.stat().st_size
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            for known in (self.test_set, self.sample):
                if digest == known.sha256:
                    return TestSet(
                        path=path,
                        sha256=digest,
                        images=known.images,
                        is_sample=known is self.sample,
                    )
            difference = self._size_fault(size) or self._label_fault(path)
            difference = difference or self.hash_fault(digest)
        except OSError as error:
            raise GraderError(
                f"{path} cannot be read: {error.strerror or error}.", help="Check its permissions."
            ) from error
        raise GraderError(
            f"{path} is not {self.title}'s test set: {difference}.",
            help="With any other file the grade would not be the lab's. "
            "Get the right one with `grader data fetch`.",
        )

    def read(self, test_set: TestSet) -> tuple[Pixels, Labels]:
        """The images, uint8 (N, *shape), and their labels, int64 (N,), in file order.

        Raises `GraderError` if the file is gone, or no longer the one that was found.
        """
        try:
            batch = test_set.path.read_bytes()
        except OSError as error:
            raise GraderError(
                f"{test_set.path} cannot be read: {error.strerror or error}.",
                help="Keep the test set where it is while grading.",
            ) from error
        if hashlib.sha256(batch).hexdigest() != test_set.sha256:
            raise GraderError(
                f"{test_set.path} has changed since grading began.",
                help="Run the command again; `grader data verify` says whether the file is intact.",
            )
        return self.decode(batch)

    def read_one(self, path: Path, number: int) -> tuple[Pixels, int] | None:
        """Image `number` of a file that was verified, uint8 of `shape`, and its label.

        None where the file ends before it. Raises `OSError`.
        """
        with path.open("rb") as file:
            file.seek(number * self.record)
            record = np.frombuffer(file.read(self.record), np.uint8)
        if len(record) < self.record:
            return None
        return record[1:].reshape(self.shape), int(record[0])

    def intact(self, folders: Sequence[Path]) -> TestSet | None:
        """The first intact copy in `folders`, None where there is none at all.

        Raises `GraderError` of the first damaged copy if there are only damaged ones.
        """
        damaged: GraderError | None = None
        for path in (folder / self.test_set.name for folder in folders):
            if _exists(path):
                try:
                    return self.verify(path)
                except GraderError as error:
                    damaged = damaged or error
        if damaged is not None:
            raise damaged
        return None

    def encode(self, images: Pixels, labels: NDArray[np.integer]) -> bytes:
        """The records of `images` (N, *shape) and `labels` (N,), the numbers of their classes."""
        assert images.shape == (len(labels), *self.shape)
        column = labels.astype(np.uint8)[:, np.newaxis]
        return np.concatenate(
            [column, images.reshape(len(labels), self.record - 1)], axis=1
        ).tobytes()

    def decode(self, batch: bytes) -> tuple[Pixels, Labels]:
        """The inverse of `encode`; the arrays are copies, so they can be written to."""
        records = np.frombuffer(batch, np.uint8).reshape(-1, self.record)
        return records[:, 1:].reshape(-1, *self.shape).copy(), records[:, 0].astype(np.int64)

    def stratified(self, batch: bytes, per_class: int) -> bytes:
        """The first `per_class` records of each class, in file order: how a sample is made."""
        records = np.frombuffer(batch, np.uint8).reshape(-1, self.record)
        classes = [
            np.flatnonzero(records[:, 0] == label)[:per_class] for label in range(len(self.classes))
        ]
        return records[np.sort(np.concatenate(classes))].tobytes()

    def hash_fault(self, digest: str) -> str:
        """The fault of a file that nothing but its SHA-256, `digest`, tells from the test set."""
        return f"its sha256 is {digest} instead of {self.test_set.sha256}"

    def _size_fault(self, size: int) -> str | None:
        if size in (self.test_set.images * self.record, self.sample.images * self.record):
            return None
        return f"it has {size:,} bytes instead of {self.test_set.images * self.record:,}"

    def _label_fault(self, path: Path) -> str | None:
        labels = np.memmap(path, np.uint8, mode="r").reshape(-1, self.record)[:, 0]
        wrong = np.flatnonzero(labels >= len(self.classes))
        if not wrong.size:
            return None
        return (
            f"record {wrong[0]} has the label {labels[wrong[0]]}, and labels are 0 to "
            f"{len(self.classes) - 1}"
        )


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except PermissionError:  # another user's cache is no place of ours
        return False
