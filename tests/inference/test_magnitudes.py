import copy
import io
import math
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from grader.inference.eager import lab_logits
from grader.inference.exact import LARGE, decide
from grader.inference.magnitudes import LARGEST, largest_magnitude
from grader.inference.xnnpack import load, logits
from grader.networks.mobilenet_v2.lowering import lower
from tests.small_networks import PREPROCESSING, Bare, logits_of_the_lab, sample_pixels, small

PROJECTION, NORM = "features.17.conv.2", "features.17.conv.3"


def altered(change: Callable[[nn.Conv2d, nn.BatchNorm2d], None]) -> Bare:
    """`small()` with the last projection and its batch norm changed."""
    module = copy.deepcopy(small().module)
    with torch.no_grad():
        change(module.get_submodule(PROJECTION), module.get_submodule(NORM))  # type: ignore[arg-type]
    return Bare(module=module)


def overflowing(convolution: nn.Conv2d, norm: nn.BatchNorm2d) -> None:
    """The same function but for rounding, until the convolution alone overflows."""
    scale = 2.0**126
    convolution.weight.mul_(scale)
    assert norm.running_mean is not None
    norm.running_mean.mul_(scale)
    norm.weight.div_(scale)


def small_terms_lost(_: nn.Conv2d, norm: nn.BatchNorm2d) -> None:
    """A mean beside which the convolution's sums vanish."""
    assert norm.running_mean is not None
    norm.running_mean.fill_(1e9)


def tiny_variance(_: nn.Conv2d, norm: nn.BatchNorm2d) -> None:
    """A factor that makes numbers out of what underflows."""
    norm.weight.fill_(1e9)


def no_variance(_: nn.Conv2d, norm: nn.BatchNorm2d) -> None:
    """The root of a negative number."""
    assert norm.running_var is not None
    norm.running_var.fill_(-1)


@pytest.mark.parametrize("change", [overflowing, small_terms_lost, tiny_variance, no_variance])
def test_numbers_beyond_the_bound_are_found(
    change: Callable[[nn.Conv2d, nn.BatchNorm2d], None],
) -> None:
    """Weights, means, factors of batch norms, and NaN."""
    assert not largest_magnitude(altered(change), PREPROCESSING) <= LARGEST


def test_no_image_exceeds_the_bound() -> None:
    """The largest sum that any of a few images has is below it, and it is not far above."""
    largest = 0.0

    def watch(_layer: nn.Module, _inputs: object, output: torch.Tensor) -> None:
        nonlocal largest
        largest = max(largest, float(output.abs().max()))

    module = copy.deepcopy(small().module)
    for layer in module.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear | nn.BatchNorm2d):
            layer.register_forward_hook(watch)
    extremes = np.stack([np.zeros((3, 32, 32), np.uint8), np.full((3, 32, 32), 255, np.uint8)])
    for pixels in (sample_pixels(16), extremes):
        lab_logits(Bare(module=module), pixels, PREPROCESSING)
    assert largest <= largest_magnitude(small(), PREPROCESSING) < LARGEST


def test_a_layer_of_an_unknown_kind_has_no_bound() -> None:
    """What it computes is not known."""
    layers = nn.Sequential(nn.Flatten(), nn.LayerNorm(3 * 224 * 224))
    assert largest_magnitude(Bare(module=layers), PREPROCESSING) == math.inf


def test_the_network_is_left_as_it_is() -> None:
    """It works on a copy."""
    before = {name: value.clone() for name, value in small().module.state_dict().items()}
    largest_magnitude(small(), PREPROCESSING)
    after = small().module.state_dict()
    assert all(torch.equal(value, after[name]) for name, value in before.items())


def test_where_the_lab_overflows_and_xnnpack_does_not_the_lab_is_right() -> None:
    """XNNPACK folds the batch norm into the weights; the loop's NaN and infinity still count."""
    network, pixels = altered(overflowing), sample_pixels(16)
    folded = logits(load(lower(network)), pixels, PREPROCESSING)
    loop = logits_of_the_lab(network, pixels)
    assert np.isfinite(folded).all()
    assert not np.isfinite(loop).all()
    decided = decide(network, pixels, PREPROCESSING, folded, np.arange(0, 16, 5))
    assert decided.all_because == LARGE
    assert np.array_equal(decided.classes, loop.argmax(axis=1))


def real(path: Path) -> Bare:
    """The network of a real checkpoint or hand-in."""
    content = path.read_bytes()
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            content = archive.read("model/mobilenet.pth")
    module = torch.load(io.BytesIO(content), map_location="cpu", weights_only=False)
    return Bare(module=module.eval())


@pytest.mark.slow
def test_real_networks_stay_far_below_the_bound(cases: Path) -> None:
    """Trained ones by a factor of a hundred; the one made to overflow has none."""
    for name in ("case-a.pth", "case-b.pth"):
        assert 100 * largest_magnitude(real(cases / name), PREPROCESSING) < LARGEST
    assert largest_magnitude(real(cases / "attacks" / "overflow.zip"), PREPROCESSING) == math.inf
