"""CIFAR-10's test set as a file: where it lies, whether it is intact, and what is in it.

The grade is defined over one file, `test_batch.bin` of CIFAR-10's binary version, and any other
would give another grade: so a file is known here by its hash. The format is a row of records, each
one label byte, then 3,072 bytes of a 32x32 image: the red plane, the green, the blue.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import platformdirs
from numpy.typing import NDArray

from grader.errors import GraderError

CLASSES = (
    "airplane",
    "automobile",
    "bird",
    "cat",
    "deer",
    "dog",
    "frog",
    "horse",
    "ship",
    "truck",
)
SIDE = 32
RECORD = 1 + 3 * SIDE * SIDE
TEST_SET_IMAGES = 10_000
TEST_SET_SHA256 = "8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b"
SAMPLE_IMAGES = 1_000
SAMPLE_SHA256 = "2874326af7bc2185faa47540a6da15a077e5b66659f8e479abb9ab628170fa86"

TEST_SET_NAME = "test_batch.bin"
SAMPLE_NAME = "sample_batch.bin"
PACKAGE = Path(__file__).parents[2]
CHECKOUT_DATA = PACKAGE.parent / "data"


@dataclass(frozen=True, slots=True, kw_only=True)
class TestSet:
    """An intact file of labelled images. With `is_sample`, what it measures is an estimate."""

    __test__ = False  # not a test case, whatever pytest makes of the name

    path: Path
    sha256: str
    images: int
    is_sample: bool


def find(explicit: Path | None = None, *, folders: Sequence[Path] | None = None) -> TestSet:
    """The test set in `explicit`, else the first intact one in `folders`, else the sample.

    `folders` defaults to `places()`. Raises `GraderError` if `explicit` is neither the test set
    nor the sample, or if the only copy in `folders` is damaged: it is not passed over for the
    sample, since whoever put it there believes that they are grading.
    """
    if explicit is not None:
        return verify(explicit)
    return intact(places() if folders is None else folders) or verify(sample_path())


def places() -> tuple[Path, ...]:
    """The folders that may hold the test set: a checkout's `data/`, and the user's cache."""
    cache = platformdirs.user_cache_path("edge-lab-grader", appauthor=False)
    return (CHECKOUT_DATA, cache) if (CHECKOUT_DATA / SAMPLE_NAME).is_file() else (cache,)


def sample_path(package: Path = PACKAGE) -> Path:
    """The sample: inside `package` where a wheel put it, else in the checkout around it."""
    installed = package / SAMPLE_NAME
    return installed if installed.is_file() else package.parent / "data" / SAMPLE_NAME


def verify(path: Path) -> TestSet:
    """Say which of the two files `path` is.

    Raises `GraderError` that names what differs: the size, a label out of range, or only the hash.
    """
    try:
        if not path.is_file():
            raise GraderError(
                f"There is no file {path}.",
                help="Give the path of test_batch.bin, or get it with `grader data fetch`.",
            )
        size = path.stat().st_size
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            if digest == TEST_SET_SHA256:
                return TestSet(path=path, sha256=digest, images=TEST_SET_IMAGES, is_sample=False)
            if digest == SAMPLE_SHA256:
                return TestSet(path=path, sha256=digest, images=SAMPLE_IMAGES, is_sample=True)
            difference = _size_fault(size) or _label_fault(path) or hash_fault(digest)
    except OSError as error:
        raise GraderError(
            f"{path} cannot be read: {error.strerror or error}.", help="Check its permissions."
        ) from error
    raise GraderError(
        f"{path} is not CIFAR-10's test set: {difference}.",
        help="With any other file the grade would not be the lab's. "
        "Get the right one with `grader data fetch`.",
    )


def read(test_set: TestSet) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The images, uint8 (N, 3, 32, 32) in RGB, and their labels, int64 (N,), in file order.

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
    return decode(batch)


def intact(folders: Sequence[Path]) -> TestSet | None:
    """The first intact copy in `folders`, None where there is none at all.

    Raises `GraderError` of the first damaged copy if there are only damaged ones.
    """
    damaged: GraderError | None = None
    for path in (folder / TEST_SET_NAME for folder in folders):
        if _exists(path):
            try:
                return verify(path)
            except GraderError as error:
                damaged = damaged or error
    if damaged is not None:
        raise damaged
    return None


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except PermissionError:  # another user's cache is no place of ours
        return False


def encode(images: NDArray[np.uint8], labels: NDArray[np.integer]) -> bytes:
    """The records of `images` (N, 3, 32, 32) and `labels` (N,) from 0 to 9."""
    assert images.shape == (len(labels), 3, SIDE, SIDE)
    column = labels.astype(np.uint8)[:, np.newaxis]
    return np.concatenate([column, images.reshape(len(labels), RECORD - 1)], axis=1).tobytes()


def decode(batch: bytes) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """The inverse of `encode`; the arrays are copies, so they can be written to."""
    records = np.frombuffer(batch, np.uint8).reshape(-1, RECORD)
    return records[:, 1:].reshape(-1, 3, SIDE, SIDE).copy(), records[:, 0].astype(np.int64)


def stratified(batch: bytes, per_class: int) -> bytes:
    """The first `per_class` records of each class, in file order: how the sample was made."""
    records = np.frombuffer(batch, np.uint8).reshape(-1, RECORD)
    classes = [np.flatnonzero(records[:, 0] == label)[:per_class] for label in range(len(CLASSES))]
    return records[np.sort(np.concatenate(classes))].tobytes()


def _size_fault(size: int) -> str | None:
    if size in (TEST_SET_IMAGES * RECORD, SAMPLE_IMAGES * RECORD):
        return None
    return f"it has {size:,} bytes instead of {TEST_SET_IMAGES * RECORD:,}"


def _label_fault(path: Path) -> str | None:
    labels = np.memmap(path, np.uint8, mode="r").reshape(-1, RECORD)[:, 0]
    wrong = np.flatnonzero(labels >= len(CLASSES))
    if not wrong.size:
        return None
    return f"record {wrong[0]} has the label {labels[wrong[0]]}, and labels are 0 to 9"


def hash_fault(digest: str) -> str:
    """What to say of a batch that nothing but its SHA-256, `digest`, tells from the test set."""
    return f"its sha256 is {digest} instead of {TEST_SET_SHA256}"
