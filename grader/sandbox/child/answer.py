"""Child: loads a checkpoint as the lab does and answers what its own module says of a few images.

`answer CHECKPOINT {"family": …, "found_at": …, "seed": …, "images": …, "input_shape": …}`. The
message is a safetensors file with `logits`, float32 of shape (images, classes). `torch.load` may
build the classes of a saved network of the family and no others; what it refuses, or what fails
while it runs, ends the child with the cause as the last line on stderr.
"""

import importlib
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

from grader.networks.family import Family
from grader.networks.probe_images import probe_images
from grader.networks.registry import family_named
from grader.sandbox.child.container import rewritten
from grader.sandbox.child.message import message_pipe

# Around a network of any family.
WRAPPERS = (set, nn.DataParallel)


def main() -> None:
    """Answer for argv[1]."""
    with message_pipe() as pipe:
        pipe.write(answer(sys.argv[1], json.loads(sys.argv[2])))


def answer(path: str, settings: Mapping[str, Any]) -> bytes:
    """The message for the module at `path`."""
    module = load_module(path, settings["found_at"], family_named(settings["family"]))
    with torch.inference_mode():
        logits = module.eval()(probe_images(settings))
    return save({"logits": logits.float().contiguous()})


def load_module(path: str, found_at: str, family: Family[Any]) -> nn.Module:
    """The module that a checkpoint holds under `found_at`, as `torch.load` makes it."""
    builder = family.builder()  # which makes the family's packages importable
    allowed: list[Any] = [
        *WRAPPERS,
        *((_class(now), saved) for saved, now in family.saved_classes.items()),
    ]
    try:
        with torch.serialization.safe_globals(allowed):
            checkpoint = io.BytesIO(rewritten(Path(path)))
            content = torch.load(checkpoint, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        # torch's message is a page of advice, with what it was about in the middle.
        page = str(error)
        about = re.search(r"GLOBAL (\S+)", page) or re.search(r"Unpickler error: (.+)", page)
        sys.exit(f"torch.load refuses {about[1] if about else 'it'}")
    if found_at:
        content = content[int(found_at) if isinstance(content, list | tuple) else found_at]
    if isinstance(content, dict):  # Torch-Pruning's: the __dict__ of every module, by its path
        module = builder.original(1).module
        module.__dict__.update(content[""])
    else:
        module = content.module if isinstance(content, nn.DataParallel) else content
    assert isinstance(module, nn.Module)
    return module


def _class(name: str) -> type[nn.Module]:
    """The class of this full name, which a family of ours gives."""
    module, _, own = name.rpartition(".")
    found: type[nn.Module] = getattr(importlib.import_module(module), own)
    return found


if __name__ == "__main__":
    main()
