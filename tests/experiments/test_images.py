"""Images as tensors."""

import numpy as np
import pytest
import torch

from grader.datasets.training import TrainingDataset
from grader.errors import GraderError
from grader.experiments.images import cropped, read_images
from tests.experiments.tiny import TEST, TRAIN, tiny_experiment


def test_the_middle_is_cut_out() -> None:
    """Four pixels are left out on each side of 28 for a crop of 20."""
    pixels = np.arange(28 * 28).reshape(1, 1, 28, 28).astype(np.uint8)
    assert np.array_equal(cropped(pixels, 20), pixels[:, :, 4:24, 4:24])
    assert np.array_equal(cropped(pixels, None), pixels)


def test_pixels_become_numbers_from_0_to_1(tiny: TrainingDataset) -> None:
    """Flattened, in the order of the files."""
    images = read_images(tiny_experiment(), quick=False)
    train, _ = tiny.read(tiny.find())
    assert images.train.inputs.shape == (TRAIN, 36)
    assert images.test.inputs.shape == (TEST, 36)
    first = torch.from_numpy(train.pixels[0, 0, 11:17, 11:17].copy()).flatten() / 255
    assert torch.equal(images.train.inputs[0], first)
    assert images.train.classes[:3].tolist() == [0, 1, 2]


def test_missing_images_are_told(tiny: TrainingDataset) -> None:
    """With the command that gets them."""
    (tiny.find() / "test").unlink()
    with pytest.raises(GraderError) as error:
        read_images(tiny_experiment(), quick=True)
    assert "grader data fetch" in str(error.value.help)
