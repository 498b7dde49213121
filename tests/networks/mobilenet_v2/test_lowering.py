from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import nn

from grader.datasets.dataset import Pixels
from grader.inference import xnnpack
from grader.inference.preprocess import preprocess
from grader.networks.mobilenet_v2.blueprint import ORIGINAL_BLOCKS, Block, Blueprint
from grader.networks.mobilenet_v2.lowering import lower
from grader.networks.mobilenet_v2.vision import MobileNetV2
from grader.networks.network import Network
from tests.exported import export
from tests.small_networks import (
    INPUT_SHAPE,
    PREPROCESSING,
    Bare,
    narrow,
    network,
    sample_pixels,
    small,
)


def answers(program: bytes, images: Pixels) -> torch.Tensor:
    """The program's logits, one image at a time."""
    loaded = xnnpack.load(program)
    return torch.cat(
        [loaded.execute([image[None]])[0].clone() for image in preprocess(images, PREPROCESSING)]
    )


def uneven() -> Network:
    """Widths that have nothing in common, as pruning by importance leaves them."""
    blocks = tuple(
        Block(position=block.position, hidden=3 + 5 * number % 17, outputs=2 + number // 3)
        for number, block in enumerate(ORIGINAL_BLOCKS)
        if not block.residual
    )
    return network(Blueprint(stem=3, blocks=blocks, last=23, classes=10))


@pytest.mark.slow  # the exporter
@pytest.mark.parametrize(
    "pruned",
    [
        pytest.param(lambda: network(narrow(1, residual=(3, 5, 16))), id="one channel everywhere"),
        pytest.param(uneven, id="uneven widths, no residual block left"),
        pytest.param(small, id="eight channels everywhere"),
    ],
)
def test_the_logits_equal_those_of_the_exporters_program_in_every_bit(
    pruned: Callable[[], Network],
) -> None:
    """For any widths and removed blocks, ExecuTorch's own exporter gives the same logits."""
    made = pruned()
    pixels = sample_pixels(16)
    exported = answers(export(made, INPUT_SHAPE), pixels)
    assert torch.equal(answers(lower(made), pixels), exported)
    assert exported.std() > 0


def test_the_unpruned_network_answers_as_pytorch() -> None:
    """All 52 convolutions and the ten additions are there: no logit is 1e-3 from PyTorch's."""
    torch.manual_seed(0)
    module = MobileNetV2(num_classes=10).eval().requires_grad_(False)
    pixels = sample_pixels(2)
    with torch.inference_mode():
        expected = module(preprocess(pixels, PREPROCESSING))
    found = answers(lower(Bare(module=module)), pixels)
    assert torch.allclose(found, expected, atol=1e-3 * float(expected.abs().max()))


def test_the_same_network_gives_the_same_program() -> None:
    """Nothing in the bytes depends on the time or on what was lowered before."""
    first = lower(small())
    lower(network(narrow(2)))
    assert lower(small()) == first


def test_images_of_another_size() -> None:
    """The shapes of all values follow from the side of the image."""
    images = torch.from_numpy(np.random.default_rng(0).normal(size=(1, 3, 96, 96))).float()
    (logits,) = xnnpack.load(lower(small(), side=96)).execute([images])
    with torch.inference_mode():
        assert torch.allclose(logits, small().module(images), atol=1e-3)


def test_only_a_mobilenet_is_lowered() -> None:
    """Another network is no MobileNetV2 and would be lowered wrongly."""
    with pytest.raises(AssertionError):
        lower(Bare(module=nn.Linear(1, 1)))
