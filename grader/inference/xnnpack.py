"""The network as an ExecuTorch program for XNNPACK: exported, loaded and run."""

import contextlib
import copy
import itertools
import logging
import os
import warnings
from collections.abc import Callable, Iterator
from typing import Any, Protocol

import numpy as np
import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from grader.errors import HarnessError
from grader.inference.eager import Logits
from grader.inference.images import Pixels, batches, preprocess
from grader.structure.rebuild import Network


class Program(Protocol):
    """A loaded program: images float32 (1, 3, 224, 224) in, a list with the logits out."""

    def execute(self, inputs: list[torch.Tensor]) -> list[torch.Tensor]:
        """Run once."""
        ...


@contextlib.contextmanager
def quiet_libraries() -> Iterator[None]:
    """Silence import and export chatter, which is written past Python's streams too."""
    logging.getLogger("torch").setLevel(logging.ERROR)
    logging.getLogger("root").setLevel(logging.ERROR)
    saved, sink = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(sink, 2)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
        os.close(sink)


def export(network: Network, input_shape: tuple[int, int, int] = (3, 224, 224)) -> bytes:
    """The network as a `.pte` for batches of one image.

    Raises `HarnessError` if ExecuTorch cannot lower it, which no MobileNetV2 should cause.
    """
    with quiet_libraries():
        from executorch.backends.xnnpack.partition.xnnpack_partitioner import XnnpackPartitioner
        from executorch.exir import to_edge_transform_and_lower

        example = (torch.zeros(1, *input_shape),)
        try:
            exported = torch.export.export(_fused(network.module), example)
            lowered = to_edge_transform_and_lower(exported, partitioner=[XnnpackPartitioner()])
            program: bytes = lowered.to_executorch().buffer
        except Exception as error:
            raise HarnessError(f"The network could not be exported: {error}") from error
    return program


def _fused(module: nn.Module) -> nn.Module:
    """A copy with every batch norm folded into its convolution: half as much to export."""
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
    """The program's answer to every image: float32 of shape (N, classes)."""
    rows = []
    for start, part in batches(pixels, 64):
        images = preprocess(part).contiguous()
        rows += [program.execute([image[None]])[0].numpy().copy() for image in images]
        watch(start + len(part))
    return np.concatenate(rows)


def use_threads(count: int) -> None:
    """How many threads programs loaded from now on run with, in this whole process."""
    with quiet_libraries():
        from executorch.extension.pybindings import portable_lib

        portable_lib._unsafe_reset_threadpool(count)
