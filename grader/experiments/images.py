"""The images of an experiment as tensors: read, cropped in the middle, scaled to 0 to 1."""

from dataclasses import dataclass

import torch

from grader.datasets.dataset import Pixels
from grader.datasets.registry import training_dataset_named
from grader.datasets.training import Split
from grader.experiments.exact import widths
from grader.labs.experiment import ExperimentSpec

QUICK_TRAIN, QUICK_TEST = 6_000, 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Images:
    """Images, float32 (N, inputs) from 0 to 1, and their classes, int64 (N,)."""

    inputs: torch.Tensor
    classes: torch.Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentImages:
    """The images to train on and to test on."""

    train: Images
    test: Images


def read_images(spec: ExperimentSpec, *, quick: bool) -> ExperimentImages:
    """Return the experiment's images; with `quick` the first few thousand only.

    Raises `GraderError` if the data set is unknown, missing or damaged, or the crop too large.
    """
    widths(spec)  # raises before the large files are read
    dataset = training_dataset_named(spec.dataset)
    train, test = dataset.read(dataset.find())
    return ExperimentImages(
        train=_tensors(train, spec.crop, QUICK_TRAIN if quick else None),
        test=_tensors(test, spec.crop, QUICK_TEST if quick else None),
    )


def cropped(pixels: Pixels, side: int | None) -> Pixels:
    """Return the middle square of `side` pixels of each image, uint8 (N, channels, side, side)."""
    if side is None:
        return pixels
    top, left = ((size - side) // 2 for size in pixels.shape[-2:])
    return pixels[..., top : top + side, left : left + side]


def _tensors(split: Split, side: int | None, most: int | None) -> Images:
    pixels = cropped(split.pixels[:most], side)
    inputs = torch.from_numpy(pixels.reshape(len(pixels), -1).copy()).float().div_(255)
    return Images(inputs=inputs, classes=torch.from_numpy(split.labels[:most]))
