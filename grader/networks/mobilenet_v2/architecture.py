"""torchvision's MobileNetV2, written with torch alone, for machines without a usable torchvision.

Every release of torchvision needs one release of torch. A package that needs torchvision would
therefore replace the torch of the environment that it is installed into. The classes have the names
of torchvision's, which saved networks and checks use. tests/networks/mobilenet_v2/
test_architecture.py shows that both networks have equal modules, tensors and logits in every bit.
"""

import torch
from torch import nn

# For each stage: expansion, channels, the number of blocks, and the stride of the first block.
_STAGES = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)
_STEM, _LAST = 32, 1280  # channels
_DROPOUT = 0.2


class Conv2dNormActivation(nn.Sequential):
    """A square convolution that keeps the size for stride 1, a batch norm, and ReLU6."""

    __module__ = "torchvision.ops.misc"

    def __init__(
        self, channels: int, outputs: int, *, kernel: int = 3, stride: int = 1, groups: int = 1
    ) -> None:
        padding = (kernel - 1) // 2
        super().__init__(
            nn.Conv2d(channels, outputs, kernel, stride, padding, groups=groups, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU6(inplace=True),
        )
        self.out_channels = outputs


class InvertedResidual(nn.Module):
    """Expansion (none for a factor of 1), depthwise convolution, projection, addition."""

    __module__ = "torchvision.models.mobilenetv2"

    def __init__(self, channels: int, outputs: int, stride: int, expansion: int) -> None:
        super().__init__()
        self.stride = stride
        self.use_res_connect = stride == 1 and channels == outputs
        hidden = channels * expansion
        widening = () if expansion == 1 else (Conv2dNormActivation(channels, hidden, kernel=1),)
        self.conv = nn.Sequential(
            *widening,
            Conv2dNormActivation(hidden, hidden, stride=stride, groups=hidden),
            nn.Conv2d(hidden, outputs, 1, 1, 0, bias=False),
            nn.BatchNorm2d(outputs),
        )
        self.out_channels = outputs
        self._is_cn = stride > 1

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return the block's output: float32 (N, outputs, height, width)."""
        output: torch.Tensor = self.conv(images)
        return images + output if self.use_res_connect else output


class MobileNetV2(nn.Module):
    """The unpruned network (Sandler et al., 2018) with torchvision's initial weights."""

    __module__ = "torchvision.models.mobilenetv2"

    def __init__(self, num_classes: int = 1000) -> None:
        super().__init__()
        self.last_channel = _LAST
        layers: list[nn.Module] = [Conv2dNormActivation(3, _STEM, stride=2)]
        channels = _STEM
        for expansion, outputs, blocks, stride in _STAGES:
            for number in range(blocks):
                step = stride if number == 0 else 1
                layers.append(InvertedResidual(channels, outputs, step, expansion))
                channels = outputs
        layers.append(Conv2dNormActivation(channels, _LAST, kernel=1))
        self.features = nn.Sequential(*layers)
        self.classifier = nn.Sequential(nn.Dropout(p=_DROPOUT), nn.Linear(_LAST, num_classes))
        for layer in self.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.kaiming_normal_(layer.weight, mode="fan_out")
            elif isinstance(layer, nn.Linear):
                nn.init.normal_(layer.weight, 0, 0.01)
                nn.init.zeros_(layer.bias)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Return the logits, float32 (N, classes), of `images`, float32 (N, 3, height, width)."""
        features = nn.functional.adaptive_avg_pool2d(self.features(images), (1, 1))
        logits: torch.Tensor = self.classifier(torch.flatten(features, 1))
        return logits
