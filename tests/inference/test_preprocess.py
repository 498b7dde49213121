from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch
from PIL import Image

from grader.datasets.dataset import Pixels
from grader.inference.preprocess import batches, preprocess
from grader.networks.mobilenet_v2 import vision
from tests.small_networks import PREPROCESSING, sample_pixels


def the_labs() -> Callable[[Image.Image], torch.Tensor]:
    """The transform of the lab's notebook, by torchvision."""
    assert vision  # makes torchvision importable
    from torchvision import transforms

    transform: Callable[[Image.Image], torch.Tensor] = transforms.Compose(
        [
            transforms.Resize((224, 224)),
            transforms.ToTensor(),
            transforms.Normalize(mean=PREPROCESSING.mean, std=PREPROCESSING.deviation),
        ]
    )
    return transform


def assert_equal_to_the_labs(pixels: Pixels) -> None:
    """Each image comes out of `preprocess` as it does of the lab's transform."""
    transform = the_labs()
    for image, ours in zip(pixels, preprocess(pixels, PREPROCESSING), strict=True):
        theirs = transform(Image.fromarray(image.transpose(1, 2, 0)))
        assert torch.equal(ours, theirs)


def test_real_images_equal_the_labs_transform_in_every_bit() -> None:
    """500 images of CIFAR-10 come out as PIL and torchvision make them, to the last bit."""
    assert_equal_to_the_labs(sample_pixels(500))


def test_noise_equals_the_labs_transform_in_every_bit() -> None:
    """Images with every edge there can be come out as PIL and torchvision make them."""
    random = np.random.default_rng(0)
    assert_equal_to_the_labs(random.integers(0, 256, (48, 3, 32, 32), np.uint8))
    assert_equal_to_the_labs(random.choice(np.array([0, 255], np.uint8), (48, 3, 32, 32)))


def test_a_plain_image_is_its_colour_normalised() -> None:
    """A red image of 255, 0, 0 is (1 - 0.485)/0.229, -0.456/0.224 and -0.406/0.225 everywhere."""
    red = np.zeros((1, 3, 32, 32), np.uint8)
    red[:, 0] = 255
    prepared = preprocess(red, PREPROCESSING)
    expected = ((1 - 0.485) / 0.229, -0.456 / 0.224, -0.406 / 0.225)
    for plane, value in zip(prepared[0], expected, strict=True):
        assert torch.allclose(plane, torch.tensor(value), rtol=1e-6)


def test_shape_dtype_and_memory_format() -> None:
    """N images become float32 of shape (N, 3, side, side), a channel after the other in memory."""
    prepared = preprocess(sample_pixels(3), PREPROCESSING)
    assert prepared.shape == (3, 3, 224, 224)
    assert prepared.dtype is torch.float32
    assert prepared.is_contiguous()
    assert preprocess(sample_pixels(2), replace(PREPROCESSING, side=96)).shape == (2, 3, 96, 96)


def test_the_pixels_are_not_altered() -> None:
    """Preprocessing works on a copy, also of a view that is not contiguous."""
    pixels = sample_pixels(8)
    before = pixels.copy()
    every_second = preprocess(pixels[::2], PREPROCESSING)
    assert torch.equal(every_second, preprocess(pixels, PREPROCESSING)[::2])
    assert np.array_equal(pixels, before)


def test_batches_cover_every_image_once_in_order() -> None:
    """Ten images in batches of four are 0 to 3, 4 to 7, and the two that are left."""
    pixels = sample_pixels(10)
    parts = list(batches(pixels, 4))
    assert [(start, len(part)) for start, part in parts] == [(0, 4), (4, 4), (8, 2)]
    assert np.array_equal(np.concatenate([part for _, part in parts]), pixels)
