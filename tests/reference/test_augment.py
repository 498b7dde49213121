import numpy as np
import pytest
import torch
from PIL import Image

from reference.augment import DEVIATION, MEAN, augmented, prepared
from tests.reference.networks import random_images


def test_prepared_is_the_labs_recipe() -> None:
    """PIL's bilinear resize to 224, over 255, normalised: equal to the last rounding."""
    pixels = random_images(3).pixels
    pictures = [
        Image.fromarray(image.permute(1, 2, 0).numpy()).resize(
            (224, 224), Image.Resampling.BILINEAR
        )
        for image in pixels
    ]
    stacked = torch.from_numpy(np.stack([np.asarray(picture) for picture in pictures]))
    expected = (stacked.float() / 255 - torch.tensor(MEAN)) / torch.tensor(DEVIATION)
    assert torch.allclose(prepared(pixels, 224), expected.permute(0, 3, 1, 2), atol=1e-5)


def test_augmented_repeats_with_its_seed() -> None:
    """The same generator gives the same crops; another gives others."""
    pixels = random_images(8).pixels
    first, again, other = (
        augmented(pixels, torch.Generator().manual_seed(seed), cutout=8) for seed in (0, 0, 1)
    )
    assert first.shape == pixels.shape
    assert first.dtype == torch.uint8
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


@pytest.mark.parametrize("cutout", [0, 8])
def test_augmented_takes_pixels_from_its_own_image(cutout: int) -> None:
    """A uniform image stays uniform but for the square that is cut out."""
    pixels = torch.full((16, 3, 32, 32), 7, dtype=torch.uint8)
    result = augmented(pixels, torch.Generator().manual_seed(0), cutout=cutout)
    changed = (result != 7).flatten(1).sum(1)
    assert int(changed.max()) <= 3 * cutout**2
    assert bool(changed.any()) == bool(cutout)
