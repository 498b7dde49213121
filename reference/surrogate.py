"""The surrogate: the network without its front, trained on small images; and the front.

At 224 pixels a CIFAR image is upsampled seven times: the layers before the 56x56 maps see no more
than the pixels themselves. So features.0 to features.2 only pass the three colours through, and the
rest is trained alone on 56x56 images, at a fraction of the whole network's cost.

The front samples exactly the points that a resize to 56x56 would. Pixel j of that lies at 4j + 2 on
the 224 grid; features.0 (stride 2) averages its taps -1 and 0, centre 2i, and features.2 (stride 2)
takes its tap +1, so i = 2j + 1: centre 4j + 2. A shift into (0, 6) keeps ReLU6 from clipping; the
last batch norm undoes it.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from grader.networks.mobilenet_v2.vision import MobileNetV2
from reference.network import Widths, build, widths_of

COLOURS = 3
FRONT = 3  # features.0, features.1 and features.2
# Normalised pixels are in [-2.2, 2.7]; shifted they stay in ReLU6's linear range.
_SHIFT = 2.5


class ColourFront(nn.Module):
    """Replaces the front: three colours, then channels of zeros up to `width`."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.width = width

    def forward(self, images: Tensor) -> Tensor:
        """[N, 3, H, W] to [N, width, H, W]."""
        padded = functional.pad(images, (0, 0, 0, 0, 0, self.width - COLOURS))
        return padded.contiguous(memory_format=torch.channels_last)


def surrogate(widths: Widths) -> MobileNetV2:
    """Build the network without its front, for images a quarter of the size."""
    return without_front(build(widths))


def without_front(network: MobileNetV2) -> MobileNetV2:
    """Replace the front of `network`, in place, with one that passes the colours through."""
    width = widths_of(network).blocks[FRONT - 2].out
    network.features[0] = ColourFront(width)
    for position in range(1, FRONT):
        network.features[position] = nn.Identity()
    return network


def with_front(inner: dict[str, Tensor], widths: Widths, sample: Tensor) -> MobileNetV2:
    """Build the whole network from a surrogate's state.

    Args:
        inner: the surrogate's state_dict, of `widths`.
        widths: the widths of the whole network.
        sample: normalised images [N, 3, 224, 224]; the front's batch norms take their statistics
            from it, so that training can continue without a jump of the loss.

    """
    network = build(widths)
    missing, unexpected = network.load_state_dict(inner, strict=False)
    assert not unexpected
    assert all(int(name.split(".")[1]) < FRONT for name in missing)
    _pass_colours(network)
    _set_norms(network, sample)
    return network


def _pass_colours(network: MobileNetV2) -> None:
    """Set the front's weights so that the output of features.2 equals a resize to 56x56."""
    stem, first, second = (network.features[position] for position in range(FRONT))
    with torch.no_grad():
        for module in (stem, first, second):
            for convolution in module.modules():
                if isinstance(convolution, nn.Conv2d):
                    convolution.weight.zero_()
        for colour in range(COLOURS):
            stem[0].weight[colour, colour, :2, :2] = 0.25
            first.conv[0][0].weight[colour, 0, 1, 1] = 1.0
            first.conv[1].weight[colour, colour] = 1.0
            second.conv[0][0].weight[colour, colour] = 1.0
            second.conv[1][0].weight[colour, 0, 2, 2] = 1.0
            second.conv[2].weight[colour, colour] = 1.0
        for channel in range(COLOURS, second.conv[2].out_channels):
            # A mixture of the colours whose batch norm has gain 0: zero at first, but it can learn.
            second.conv[2].weight[channel, channel % COLOURS] = 1.0
            second.conv[2].weight[channel, (channel + 1) % COLOURS] = -1.0


def _set_norms(network: MobileNetV2, sample: Tensor) -> None:
    """Make each batch norm of the front an identity (plus shift) on the statistics of `sample`."""
    stem, first, second = (network.features[position] for position in range(FRONT))
    sites = [
        (stem[0], stem[1], _SHIFT),
        (first.conv[0][0], first.conv[0][1], 0.0),
        (first.conv[1], first.conv[2], 0.0),
        (second.conv[0][0], second.conv[0][1], 0.0),
        (second.conv[1][0], second.conv[1][1], 0.0),
        (second.conv[2], second.conv[3], -_SHIFT),
    ]
    network.eval()
    for convolution, norm, shift in sites:
        seen: list[Tensor] = []
        hook = convolution.register_forward_hook(lambda _m, _i, output: seen.append(output))  # noqa: B023 - removed below
        with torch.no_grad():
            value = sample
            for position in range(FRONT):
                value = network.features[position](value)
        hook.remove()
        with torch.no_grad():
            variance, mean = torch.var_mean(seen[0], dim=(0, 2, 3), correction=0)
            norm.running_mean.copy_(mean)
            norm.running_var.copy_(variance)
            norm.weight.copy_((variance + norm.eps).sqrt())
            norm.bias.copy_(mean + shift)
    silent = second.conv[3]
    with torch.no_grad():
        silent.weight[COLOURS:] = 0.0
        silent.bias[COLOURS:] = 0.0
