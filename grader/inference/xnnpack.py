"""ExecuTorch programs for XNNPACK: loaded, run and kept."""

import contextlib
import logging
import os
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch

from grader.datasets.dataset import Pixels, Preprocessing
from grader.errors import HarnessError
from grader.inference.eager import Logits
from grader.inference.preprocess import batches, preprocess


class Program(Protocol):
    """A loaded program: one preprocessed image in, float32 (1, …), a list with the logits out."""

    def execute(self, inputs: list[torch.Tensor]) -> list[torch.Tensor]:
        """Run once."""
        ...


@contextlib.contextmanager
def quiet_libraries() -> Iterator[None]:
    """Silence import and export chatter, which is written past Python's streams too."""
    loggers = logging.getLogger("torch"), logging.getLogger()
    levels = [logger.level for logger in loggers]
    saved = os.dup(2)
    # The runtime writes to whatever sys.stderr is, which need not be file descriptor 2.
    with Path(os.devnull).open("w") as sink, contextlib.redirect_stderr(sink):
        try:
            for logger in loggers:
                logger.setLevel(logging.ERROR)
            os.dup2(sink.fileno(), 2)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                yield
        finally:
            os.dup2(saved, 2)
            os.close(saved)
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)


_IMAGES_IN_CACHE = 4  # as many prepared images as a processor's cache holds
_IMAGES_TO_AN_EVENT = 64

# What the runtime's C++ exceptions become in Python.
_RAISED = (RuntimeError, MemoryError, ValueError, IndexError)


def load(program: bytes, *, aloud: bool = False) -> Program:
    """The program's `forward`, ready to run. Raises `HarnessError` if the runtime refuses it.

    The runtime writes why to stderr, which is silenced unless `aloud`.
    """
    with contextlib.nullcontext() if aloud else quiet_libraries():
        runtime = _runtime()
        try:
            loaded = runtime._load_program_from_buffer(
                program, program_verification=runtime.Verification.InternalConsistency
            )
            method = loaded.load_method("forward")
        except _RAISED as error:
            raise HarnessError(f"The runtime refused the program: {error}") from error
    return _Kept(program, loaded, method)


def _runtime() -> Any:
    # executorch.runtime is the same extension module, with the whole exporter imported around it:
    # four seconds of every child's life.
    from executorch.extension.pybindings import _portable_lib

    return _portable_lib


def registered_backends() -> list[str]:
    """The names of the backends that this ExecuTorch has."""
    names: list[str] = _runtime()._get_registered_backend_names()
    return names


class _Kept:
    """A method that keeps its program and the bytes alive, which the runtime's own does not."""

    def __init__(self, content: bytes, program: object, method: Any) -> None:
        self._method = method  # let go of in this order
        self._program = program
        self._content = content

    def execute(self, inputs: list[torch.Tensor]) -> list[torch.Tensor]:
        outputs: list[torch.Tensor] = self._method(inputs)
        return outputs


def logits(
    program: Program,
    pixels: Pixels,
    preprocessing: Preprocessing,
    watch: Callable[[int], None] = lambda _done: None,
) -> Logits:
    """The program's answer to every image: float32 of shape (N, classes).

    Raises `HarnessError` if the runtime fails on one.
    """
    assert len(pixels)
    found: Logits | None = None
    with _one_torch_thread():
        for start, part in batches(pixels, _IMAGES_IN_CACHE):
            for number, image in enumerate(preprocess(part, preprocessing), start):
                try:
                    answer = program.execute([image[None]])[0].numpy()
                except _RAISED as error:
                    raise HarnessError(f"The program could not be run: {error}") from error
                if found is None:
                    # All at once: small arrays that stay, between images that go, would keep the
                    # allocator from using the images' memory again, a gigabyte in 10,000 images.
                    found = np.empty((len(pixels), answer.shape[-1]), answer.dtype)
                found[number] = answer
            if (done := start + len(part)) % _IMAGES_TO_AN_EVENT == 0 or done == len(pixels):
                watch(done)
    assert found is not None
    return found


@contextlib.contextmanager
def _one_torch_thread() -> Iterator[None]:
    """Torch's own threads look for work long after they had some, and XNNPACK's would wait."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def use_threads(count: int) -> None:
    """How many threads programs loaded from now on run with, in this whole process.

    Those loaded before must not be run any more: their threads are gone.
    """
    with quiet_libraries():
        _runtime()._unsafe_reset_threadpool(count)
