"""A data set of a lab: its classes, the shape of an image, its two files, and preprocessing.

The grade is defined over one file, and another file would give another grade: so files are
identified by their hash. A file is a sequence of records: one label byte, then the bytes of an
image, channel by channel, each row by row.
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

FetchProgress = Callable[[str, int, int], None]
"""Called with a fetch's step, the bytes it has, and the bytes it expects, 0 if unknown."""

Download = Callable[[Path, FetchProgress], bytes]
"""Returns the bytes of the test set, working in a folder; raises `GraderError` if it cannot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataFile:
    """A file of labelled images, identified by its hash."""

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
    """An intact file of labelled images. With `is_sample`, a measured accuracy is an estimate."""

    __test__ = False  # tells pytest that this is not a test case

    path: Path
    sha256: str
    images: int
    is_sample: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """A data set: `name` in the lab file, `title` for people.

    `shape` is that of an image: channels, height, width. `sample` comes with the grader and is used
    if `test_set` is not found. `downloads` gives the ways to fetch the test set by their names, in
    order of preference; a fetch needs up to `fetch_megabytes` MB of disk.
    """

    name: str
    title: str
    classes: tuple[str, ...]
    shape: tuple[int, int, int]
    test_set: DataFile
    sample: DataFile
    preprocessing: Preprocessing
    downloads: Callable[[], Mapping[str, Download]]
    fetch_megabytes: int

    @property
    def record(self) -> int:
        """The number of bytes of one record."""
        return 1 + math.prod(self.shape)

    def find(
        self, explicit: Path | None = None, *, folders: Sequence[Path] | None = None
    ) -> TestSet:
        """The test set in `explicit`, else the first intact one in `folders`, else the sample.

        `folders` defaults to `search_folders()`. Raises `GraderError` if `explicit` is neither the
        test set nor the sample, or if the only copy in `folders` is damaged: using the sample then
        would give no grade to a user who expects one.
        """
        if explicit is not None:
            return self.verify(explicit)
        kept = self.intact(self.search_folders() if folders is None else folders)
        return kept or self.verify(self.sample_path())

    def search_folders(self) -> tuple[Path, ...]:
        """The folders that may hold the test set: a checkout's `data/`, and the user's cache."""
        return data_folders()

    def sample_path(self, package: Path = PACKAGE) -> Path:
        """The sample's path: inside `package` if installed, else in the checkout around it."""
        installed = package / self.sample.name
        return installed if installed.is_file() else package.parent / "data" / self.sample.name

    def verify(self, path: Path) -> TestSet:
        """The test set or the sample, whichever `path` is.

        Raises `GraderError` with the difference: the size, a label out of range, or only the hash.
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
            help="Another file gives a different grade. Get this one with `grader data fetch`.",
        )

    def read(self, test_set: TestSet) -> tuple[Pixels, Labels]:
        """The images, uint8 (N, *shape), and their labels, int64 (N,), in file order.

        Raises `GraderError` if the file is missing, or has changed since it was found.
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
        """Image `number` of a verified file, uint8 of `shape`, and its label.

        None if the file has no such image. Raises `OSError`.
        """
        with path.open("rb") as file:
            file.seek(number * self.record)
            record = np.frombuffer(file.read(self.record), np.uint8)
        if len(record) < self.record:
            return None
        return record[1:].reshape(self.shape), int(record[0])

    def intact(self, folders: Sequence[Path]) -> TestSet | None:
        """The first intact copy in `folders`, None if there is no copy.

        Raises the `GraderError` of the first damaged copy if all copies are damaged.
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
        """The records of `images`, uint8 (N, *shape), and `labels`, class numbers of shape (N,)."""
        assert images.shape == (len(labels), *self.shape)
        column = labels.astype(np.uint8)[:, np.newaxis]
        return np.concatenate(
            [column, images.reshape(len(labels), self.record - 1)], axis=1
        ).tobytes()

    def decode(self, batch: bytes) -> tuple[Pixels, Labels]:
        """The images and labels of `batch`, as `read` gives them: writable copies."""
        records = np.frombuffer(batch, np.uint8).reshape(-1, self.record)
        return records[:, 1:].reshape(-1, *self.shape).copy(), records[:, 0].astype(np.int64)

    def stratified(self, batch: bytes, per_class: int) -> bytes:
        """The first `per_class` records of each class, in file order; a sample is made so."""
        records = np.frombuffer(batch, np.uint8).reshape(-1, self.record)
        classes = [
            np.flatnonzero(records[:, 0] == label)[:per_class] for label in range(len(self.classes))
        ]
        return records[np.sort(np.concatenate(classes))].tobytes()

    def hash_fault(self, digest: str) -> str:
        """The difference of a file that differs from the test set only in its SHA-256, `digest`."""
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
            f"record {wrong[0]} has the label {labels[wrong[0]]}; labels are 0 to "
            f"{len(self.classes) - 1}"
        )


def data_folders() -> tuple[Path, ...]:
    """The folders that may hold data: a checkout's `data/` if this is one, and the user's cache."""
    cache = platformdirs.user_cache_path("edge-lab-grader", appauthor=False)
    return (CHECKOUT_DATA, cache) if (CHECKOUT_DATA / "README.md").is_file() else (cache,)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except PermissionError:  # another user's cache
        return False
