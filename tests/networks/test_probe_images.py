"""The random images on which a hand-in's module and its rebuild are compared."""

import torch

from grader.networks.probe_images import probe_images

SETTINGS = {"seed": 7, "images": 2, "input_shape": [3, 4, 5]}


def test_same_seed_gives_the_same_images_on_both_sides() -> None:
    """Float32 of the given shape, independent of earlier random numbers."""
    first = probe_images(SETTINGS)
    torch.manual_seed(1)
    assert first.shape == (2, 3, 4, 5)
    assert first.dtype == torch.float32
    assert torch.equal(first, probe_images(SETTINGS))
    assert not torch.equal(first, probe_images({**SETTINGS, "seed": 8}))
