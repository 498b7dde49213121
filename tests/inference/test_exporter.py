import itertools

import torch
from torch import nn

from grader.inference.preprocess import preprocess
from tests.exported import fused
from tests.small_networks import PREPROCESSING, sample_pixels, small


def test_no_batch_norm_is_left_after_a_convolution() -> None:
    """Folded, the network answers the same; the original keeps its batch norms."""
    before = [type(layer) for layer in small().module.modules()]
    folded = fused(small().module)
    follows = [
        (first, second)
        for parent in folded.modules()
        for first, second in itertools.pairwise(parent.children())
    ]
    assert any(isinstance(first, nn.Conv2d) for first, _ in follows)
    assert not any(isinstance(layer, nn.BatchNorm2d) for pair in follows for layer in pair)
    assert [type(layer) for layer in small().module.modules()] == before
    with torch.inference_mode():
        images = preprocess(sample_pixels(8), PREPROCESSING)
        assert torch.allclose(folded(images), small().module(images), atol=1e-4)
