"""Child: loads a checkpoint as the lab does and answers what its own module says of a few images.

`answer CHECKPOINT {"found_at": …, "seed": …, "images": …, "input_shape": …}`. The message is a
safetensors file with `logits`, float32 of shape (images, classes). `torch.load` may build the
classes of a saved MobileNetV2 and no others; what it refuses, or what fails while it runs, ends the
child with the error on stderr.
"""

import json
import sys
from typing import Any

import torch
from safetensors.torch import save
from torch import nn

from grader.inference.vision import Conv2dNormActivation, InvertedResidual, MobileNetV2
from grader.sandbox.message import message_pipe
from grader.structure.probe import probe_images

_OLD = "torchvision.models.mobilenet"
ALLOWED: list[Any] = [
    MobileNetV2,
    InvertedResidual,
    Conv2dNormActivation,
    nn.Sequential,
    nn.Conv2d,
    nn.BatchNorm2d,
    nn.ReLU6,
    nn.Dropout,
    nn.Linear,
    nn.Identity,
    nn.DataParallel,
    set,
    (MobileNetV2, f"{_OLD}.MobileNetV2"),
    (InvertedResidual, f"{_OLD}.InvertedResidual"),
    *[
        (Conv2dNormActivation, old)
        for old in (
            f"{_OLD}.ConvBNReLU",
            f"{_OLD}v2.ConvBNReLU",
            f"{_OLD}v2.ConvBNActivation",
            "torchvision.ops.misc.ConvNormActivation",
        )
    ],
]


def main() -> None:
    """Answer for argv[1]."""
    with message_pipe() as pipe:
        settings = json.loads(sys.argv[2])
        with torch.serialization.safe_globals(ALLOWED):
            content = torch.load(sys.argv[1], map_location="cpu", weights_only=True)
        if key := settings["found_at"]:
            content = content[int(key) if isinstance(content, list | tuple) else key]
        module = content.module if isinstance(content, nn.DataParallel) else content
        with torch.inference_mode():
            logits = module.eval()(probe_images(settings))
        pipe.write(save({"logits": logits.float().contiguous()}))


if __name__ == "__main__":
    main()
