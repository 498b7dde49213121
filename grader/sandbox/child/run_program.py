"""Child: runs a submitted `.pte` on the test images and sends its logits.

`run_program PROGRAM PIXELS {"dataset": …, "classes": …, "threads": …}`. PIXELS is the bytes of the
data set's images without their labels. The message is a safetensors file with `logits`, float32 of
shape (N, classes), or with one of three keys in its metadata: `refused` if the program does not
load, `fails` if it does not accept an image or does not finish, and `answers` if its output is not
logits. The runtime's messages are on stderr. A program that crashes ends only this child.
"""

import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.numpy import save

from grader.datasets.dataset import Pixels, Preprocessing
from grader.datasets.registry import dataset_named
from grader.errors import HarnessError
from grader.inference import xnnpack
from grader.sandbox.child.message import message_pipe


def main() -> None:
    """Send the message for the program argv[1] on the images argv[2]."""
    with message_pipe() as pipe:
        settings = json.loads(sys.argv[3])
        xnnpack.use_threads(settings["threads"])
        dataset = dataset_named(settings["dataset"])
        pixels = np.fromfile(sys.argv[2], np.uint8).reshape(-1, *dataset.shape)
        program = Path(sys.argv[1]).read_bytes()
        pipe.write(answer(program, pixels, dataset.preprocessing, settings["classes"]))


def answer(program: bytes, pixels: Pixels, preprocessing: Preprocessing, classes: int) -> bytes:
    """Return the message for a program of these bytes."""
    try:
        loaded = xnnpack.load(program, aloud=True)
    except HarnessError as refusal:
        return _note("refused", refusal)
    try:
        logits = xnnpack.logits(_Classifier(program=loaded, classes=classes), pixels, preprocessing)
    except _Misfit as misfit:
        return _note("answers", misfit)
    except HarnessError as failure:
        return _note("fails", failure)
    return save({"logits": logits})


class _Misfit(Exception):
    """The program's output is not one image's logits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Classifier:
    """A program that must return float32 logits of shape (1, classes)."""

    program: xnnpack.Program
    classes: int

    def execute(self, inputs: list[torch.Tensor]) -> list[torch.Tensor]:
        """Run once. Raises `_Misfit` for any other output."""
        answers: list[object] = [*self.program.execute(inputs)]
        if len(answers) != 1:
            raise _Misfit(f"{len(answers)} values")
        (logits,) = answers
        if not isinstance(logits, torch.Tensor):
            raise _Misfit(f"{type(logits).__name__} instead of a tensor")
        if logits.dtype != torch.float32 or logits.shape != (1, self.classes):
            dtype = str(logits.dtype).removeprefix("torch.")
            raise _Misfit(f"{dtype} of shape {tuple(logits.shape)}")
        return [logits]


def _note(key: str, error: Exception) -> bytes:
    return save({}, metadata={key: str(error)[:500]})


if __name__ == "__main__":
    main()
