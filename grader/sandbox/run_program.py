"""Child: runs a submitted `.pte` over the test images and answers with its logits.

`run_program PROGRAM PIXELS {"classes": …, "threads": …}`. PIXELS is uint8 of shape (N, 3, 32, 32)
without its labels. The message is a safetensors file with `logits`, float32 of shape (N, classes),
or with the runtime's refusal in its metadata. A program that crashes takes only this child with it.
"""

import json
import sys
from pathlib import Path

import numpy as np
from safetensors.numpy import save

from grader.errors import HarnessError
from grader.inference import xnnpack
from grader.inference.images import Pixels
from grader.sandbox.message import message_pipe

# What comes of an input that the program does not take, and of answers that are no tensor.
_MISFITS = (HarnessError, ValueError, TypeError, IndexError, AttributeError)


def main() -> None:
    """Answer for argv[1] over the images of argv[2]."""
    with message_pipe() as pipe:
        settings = json.loads(sys.argv[3])
        xnnpack.use_threads(settings["threads"])
        pixels = np.fromfile(sys.argv[2], np.uint8).reshape(-1, 3, 32, 32)
        pipe.write(answer(Path(sys.argv[1]).read_bytes(), pixels, settings["classes"]))


def answer(program: bytes, pixels: Pixels, classes: int) -> bytes:
    """The message for a program of these bytes."""
    try:
        loaded = xnnpack.load(program)
    except HarnessError as refusal:
        return save({}, metadata={"refused": str(refusal)[:500]})
    try:
        logits = xnnpack.logits(loaded, pixels)
    except _MISFITS as misfit:
        return save({}, metadata={"misfit": f"fails on images: {misfit}"[:500]})
    if logits.shape != (len(pixels), classes) or logits.dtype != np.float32:
        shape = f"answers {logits.dtype} of shape {logits.shape[1:]}"
        return save({}, metadata={"misfit": shape})
    return save({"logits": logits})


if __name__ == "__main__":
    main()
