from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from reference.augment import prepared
from reference.kernels import FusedBatchNorm, FusedDepthwise, accelerate, library
from reference.surrogate import surrogate
from tests.reference.networks import SMALL, random_images

pytestmark = pytest.mark.skipif(library() is None, reason="no C compiler")
# bfloat16 keeps 8 bits: half a unit in the last place of values up to 8.
_TOLERANCE = 8 * 2.0**-8


def _answers(module: Callable[[Tensor], Tensor], x: Tensor, dy: Tensor) -> tuple[Tensor, Tensor]:
    inputs = x.clone().requires_grad_()
    output = module(inputs)
    torch.autograd.backward(output, dy.to(output.dtype))
    assert inputs.grad is not None
    return output.detach().float(), inputs.grad.float()


def _noise(*shape: int) -> Tensor:
    values = torch.randn(*shape, generator=torch.Generator().manual_seed(1))
    return values.to(torch.bfloat16).contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize("channels", [1, 3, 8, 40])
@pytest.mark.parametrize("relu6", [True, False])
def test_batch_norm_equals_torchs(channels: int, relu6: bool) -> None:
    """Outputs, gradients and running statistics are torch's, to bfloat16's precision."""
    plain, fused = nn.BatchNorm2d(channels), FusedBatchNorm(channels)
    fused.relu6 = relu6
    for norm in (plain, fused):
        nn.init.constant_(norm.weight, 2.0)
        nn.init.constant_(norm.bias, 3.0)
    x, dy = _noise(4, channels, 7, 5), _noise(4, channels, 7, 5)
    expected = nn.Sequential(plain, nn.ReLU6() if relu6 else nn.Identity())
    for ours, theirs in zip(_answers(fused, x, dy), _answers(expected, x.float(), dy), strict=True):
        assert torch.allclose(ours, theirs, atol=_TOLERANCE)
    assert plain.weight.grad is not None
    assert fused.weight.grad is not None
    assert torch.allclose(fused.weight.grad, plain.weight.grad, atol=_TOLERANCE)
    assert plain.running_var is not None
    assert fused.running_var is not None
    assert torch.allclose(fused.running_var, plain.running_var, atol=1e-4)


@pytest.mark.parametrize("channels", [1, 8, 21, 40])
@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("side", [7, 8])
def test_depthwise_equals_torchs(channels: int, stride: int, side: int) -> None:
    """Odd and even sides, both strides, any number of channels: torch's answers and gradients."""
    plain = nn.Conv2d(channels, channels, 3, stride, 1, groups=channels, bias=False)
    fused = FusedDepthwise(channels, channels, 3, stride, 1, groups=channels, bias=False)
    fused.load_state_dict(plain.state_dict())
    x = _noise(3, channels, side, side)
    dy = _noise(3, channels, *([(side - 1) // stride + 1] * 2))
    for ours, theirs in zip(_answers(fused, x, dy), _answers(plain, x.float(), dy), strict=True):
        assert torch.allclose(ours, theirs, atol=_TOLERANCE)
    assert plain.weight.grad is not None
    assert fused.weight.grad is not None
    assert torch.allclose(fused.weight.grad, plain.weight.grad, atol=1e-3)


def test_accelerated_network_shares_names_and_answers() -> None:
    """After the swap the state_dict still fits, and in eval mode the answers are the same."""
    network = surrogate(SMALL).eval()
    images = prepared(random_images(4).pixels, 56)
    with torch.no_grad():
        before = network(images)
        names = list(network.state_dict())
        accelerate(network)
        assert torch.allclose(network(images), before, atol=1e-5)
    assert list(network.state_dict()) == names
    kinds = {type(module) for module in network.modules()}
    assert {FusedBatchNorm, FusedDepthwise} <= kinds
    assert not {nn.BatchNorm2d, nn.ReLU6} & kinds
