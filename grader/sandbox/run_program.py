"""Child: runs a submitted `.pte` over the test images and answers with its logits.

`run_program PROGRAM PIXELS {"classes": …}`. PIXELS is uint8 of shape (N, 3, 32, 32) without its
labels. The message is a safetensors file with `logits`, float32 of shape (N, classes), or with the
runtime's refusal in its metadata. A program that crashes takes only this child with it.
"""

import json
import sys
from pathlib import Path

import numpy as np
from safetensors.numpy import save

from grader.errors import HarnessError
from grader.inference import xnnpack
from grader.sandbox.message import message_pipe


def main() -> None:
    """Answer for argv[1] over the images of argv[2]."""
    with message_pipe() as pipe:
        settings = json.loads(sys.argv[3])
        pixels = np.fromfile(sys.argv[2], np.uint8).reshape(-1, 3, 32, 32)
        try:
            program = xnnpack.load(Path(sys.argv[1]).read_bytes())
        except HarnessError as refusal:
            pipe.write(save({}, metadata={"refused": str(refusal)[:500]}))
            return
        logits = xnnpack.logits(program, pixels)
        if logits.shape != (len(pixels), settings["classes"]) or logits.dtype != np.float32:
            shape = f"answers {logits.dtype} of shape {logits.shape[1:]}"
            pipe.write(save({}, metadata={"misfit": shape}))
            return
        pipe.write(save({"logits": logits}))


if __name__ == "__main__":
    main()
