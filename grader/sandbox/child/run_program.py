"""Child: runs a submitted `.pte` over the test images and answers with its logits.

`run_program PROGRAM PIXELS {"dataset": …, "classes": …, "threads": …}`. PIXELS is the bytes of the
data set's images without their labels. The message is a safetensors file with `logits`, float32 of
shape (N, classes), or with one of three words in its metadata: `refused` when the program does not
load, `fails` when it does not take an image or does not finish, and `answers` with what it gives
that is no logits. The runtime's own words on it are on stderr. A program that crashes takes only
this child with it.
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
    """Answer for argv[1] over the images of argv[2]."""
    with message_pipe() as pipe:
        settings = json.loads(sys.argv[3])
        xnnpack.use_threads(settings["threads"])
        dataset = dataset_named(settings["dataset"])
        pixels = np.fromfile(sys.argv[2], np.uint8).reshape(-1, *dataset.shape)
        program = Path(sys.argv[1]).read_bytes()
        pipe.write(answer(program, pixels, dataset.preprocessing, settings["classes"]))


def answer(program: bytes, pixels: Pixels, preprocessing: Preprocessing, classes: int) -> bytes:
    """The message for a program of these bytes."""
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
    """What a program answers that is not one image's logits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Classifier:
    """A program of which nothing is taken but float32 logits of shape (1, classes)."""

    program: xnnpack.Program
    classes: int

    def execute(self, inputs: list[torch.Tensor]) -> list[torch.Tensor]:
        """Run once. Raises `_Misfit`."""
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


def _note(word: str, error: Exception) -> bytes:
    return save({}, metadata={word: str(error)[:500]})


if __name__ == "__main__":
    main()
