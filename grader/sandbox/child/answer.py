"""Child: loads a checkpoint as the lab does and sends its module's logits for a few images.

`answer CHECKPOINT {"found_at": …, "seed": …, "images": …, "input_shape": …}`. The message is a
safetensors file with `logits`, float32 of shape (images, classes). `torch.load` may build only the
classes of a saved MobileNetV2. If it refuses the file, or if the module fails, the child exits with
the cause as the last line on stderr.
"""

import io
import json
import pickle
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save
from torch import nn

from grader.networks.mobilenet_v2.vision import (
    Conv2dNormActivation,
    InvertedResidual,
    MobileNetV2,
    mobilenet_v2,
)
from grader.networks.probe_images import probe_images
from grader.sandbox.child.container import rewritten
from grader.sandbox.child.message import message_pipe

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
    """Send the message for argv[1]."""
    with message_pipe() as pipe:
        pipe.write(answer(sys.argv[1], json.loads(sys.argv[2])))


def answer(path: str, settings: Mapping[str, Any]) -> bytes:
    """Return the message for the module at `path`."""
    module = load_module(path, settings["found_at"])
    with torch.inference_mode():
        logits = module.eval()(probe_images(settings))
    return save({"logits": logits.float().contiguous()})


def load_module(path: str, found_at: str) -> nn.Module:
    """Return the module at key `found_at` of a checkpoint, as `torch.load` makes it.

    If `torch.load` refuses the file, exits with the reason.
    """
    try:
        with torch.serialization.safe_globals(ALLOWED):
            checkpoint = io.BytesIO(rewritten(Path(path)))
            content = torch.load(checkpoint, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        # torch's message is a page of advice, with the cause in the middle.
        page = str(error)
        cause = re.search(r"GLOBAL (\S+)", page) or re.search(r"Unpickler error: (.+)", page)
        sys.exit(f"torch.load refuses {cause[1] if cause else 'it'}")
    if found_at:
        content = content[int(found_at) if isinstance(content, list | tuple) else found_at]
    if isinstance(
        content, dict
    ):  # saved by Torch-Pruning: the __dict__ of every module, by its path
        module = mobilenet_v2()
        module.__dict__.update(content[""])
    else:
        module = content.module if isinstance(content, nn.DataParallel) else content
    assert isinstance(module, nn.Module)
    return module


if __name__ == "__main__":
    main()
