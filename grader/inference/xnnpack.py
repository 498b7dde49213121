"""The network as an ExecuTorch program for XNNPACK: exported, loaded and run."""

import contextlib
import copy
import itertools
import logging
import os
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from grader.errors import HarnessError
from grader.inference.eager import Logits
from grader.inference.images import Pixels, batches, preprocess
from grader.inference.runnable import Runnable


class Program(Protocol):
    """A loaded program: images float32 (1, 3, 224, 224) in, a list with the logits out."""

    def execute(self, inputs: list[torch.Tensor]) -> list[torch.Tensor]:
        """Run once."""
        ...


@contextlib.contextmanager
def quiet_libraries() -> Iterator[None]:
    """Silence import and export chatter, which is written past Python's streams too."""
    loggers = logging.getLogger("torch"), logging.getLogger()
    levels = [logger.level for logger in loggers]
    saved, sink = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        for logger in loggers:
            logger.setLevel(logging.ERROR)
        os.dup2(sink, 2)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(sink)
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def export(network: Runnable, input_shape: tuple[int, int, int] = (3, 224, 224)) -> bytes:
    """The network as a `.pte` for batches of one image.

    Raises `HarnessError` if ExecuTorch cannot lower it, which no MobileNetV2 should cause.
    """
    with quiet_libraries():
        from executorch.backends.xnnpack.partition.xnnpack_partitioner import XnnpackPartitioner
        from executorch.exir import to_edge_transform_and_lower

        example = (torch.zeros(1, *input_shape),)
        try:
            exported = torch.export.export(fused(network.module), example)
            lowered = to_edge_transform_and_lower(exported, partitioner=[XnnpackPartitioner()])
            program: bytes = lowered.to_executorch().buffer
        except Exception as error:  # the exporter's passes raise whatever went wrong in them
            raise HarnessError(f"The network could not be exported: {error}") from error
    return program


def fused(module: nn.Module) -> nn.Module:
    """A copy with each batch norm folded into the convolution before it: half as much to export."""
    copied = copy.deepcopy(module)
    for parent in list(copied.modules()):
        children = list(parent.named_children())
        for (name, layer), (norm_name, norm) in itertools.pairwise(children):
            if isinstance(layer, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
                setattr(parent, name, fuse_conv_bn_eval(layer, norm))
                setattr(parent, norm_name, nn.Identity())
    return copied


def load(program: bytes) -> Program:
    """The program's `forward`, ready to run. Raises `HarnessError` if the runtime refuses it."""
    with quiet_libraries():
        from executorch.runtime import Runtime, Verification

        try:
            loaded = Runtime.get().load_program(
                program, verification=Verification.InternalConsistency
            )
            method: Any = loaded.load_method("forward")
        except RuntimeError as error:
            raise HarnessError(f"The runtime refused the program: {error}") from error
    assert method is not None
    return _Kept(loaded, method)


class _Kept:
    """A method that keeps its program alive, which the runtime's own object does not."""

    def __init__(self, program: object, method: Any) -> None:
        self._program = program
        self._method = method

    def execute(self, inputs: list[torch.Tensor]) -> list[torch.Tensor]:
        outputs: list[torch.Tensor] = self._method.execute(inputs)
        return outputs


def logits(
    program: Program, pixels: Pixels, watch: Callable[[int], None] = lambda _done: None
) -> Logits:
    """The program's answer to every image: float32 of shape (N, classes).

    Raises `HarnessError` if the runtime fails on one.
    """
    rows = []
    for start, part in batches(pixels, 64):
        images = preprocess(part).contiguous()
        try:
            rows += [program.execute([image[None]])[0].numpy().copy() for image in images]
        except RuntimeError as error:
            raise HarnessError(f"The program could not be run: {error}") from error
        watch(start + len(part))
    return np.concatenate(rows)


def save(program: bytes, path: Path) -> None:
    """Write a program so that whoever reads `path`, or writes it too, meets no half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        whole = Path(folder) / path.name
        whole.write_bytes(program)
        whole.replace(path)


def use_threads(count: int) -> None:
    """How many threads programs loaded from now on run with, in this whole process.

    Those loaded before must not be run any more: their threads are gone.
    """
    with quiet_libraries():
        from executorch.extension.pybindings import portable_lib

        portable_lib._unsafe_reset_threadpool(count)
