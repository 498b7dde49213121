"""Loads, runs and saves ExecuTorch programs for XNNPACK."""

import contextlib
import functools
from collections.abc import Callable, Iterator
from importlib.metadata import version
from typing import Any, Protocol

import numpy as np
import torch

from grader.datasets.dataset import Pixels, Preprocessing
from grader.errors import HarnessError, Skip
from grader.inference.eager import Logits
from grader.inference.packages import GET_IT, why_no_executorch
from grader.inference.preprocess import batches, preprocess
from grader.inference.quiet import quiet_libraries


class Program(Protocol):
    """A loaded program: one preprocessed image float32 (1, …) in, a list with the logits out."""

    def execute(self, inputs: list[torch.Tensor]) -> list[torch.Tensor]:
        """Run once."""
        ...


_IMAGES_IN_CACHE = 4  # a processor's cache holds this many prepared images
_IMAGES_TO_AN_EVENT = 64

# The runtime's C++ exceptions become these in Python.
_RAISED = (RuntimeError, MemoryError, ValueError, IndexError)


def load(program: bytes, *, aloud: bool = False) -> Program:
    """Return the program's `forward`, ready to run.

    Raises `HarnessError` if the runtime refuses it. The runtime writes the reason to stderr, which
    is silenced unless `aloud` is True.
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
    # executorch.runtime has the same extension module, but imports the whole exporter too, which
    # takes four seconds in every child.
    from executorch.extension.pybindings import _portable_lib

    return _portable_lib


@functools.cache
def why_unusable() -> str | None:
    """Return why ExecuTorch cannot be used here, None if it can. Imports its runtime."""
    reason = why_no_executorch()
    if reason is None:
        try:
            with quiet_libraries():
                _runtime()
        except (ImportError, OSError) as error:
            cause = (str(error).splitlines() or ["unknown"])[0]
            reason = (
                f"ExecuTorch {version('executorch')} cannot be imported beside torch "
                f"{torch.__version__}: {cause}"
            )
    return reason


def require_executorch() -> None:
    """Raise `Skip` if ExecuTorch cannot be used here, with how to get it."""
    reason = why_unusable()
    if reason is not None:
        raise Skip(reason, help=GET_IT)


def registered_backends() -> list[str]:
    """The names of the backends that this ExecuTorch has."""
    names: list[str] = _runtime()._get_registered_backend_names()
    return names


class _Kept:
    """A method that keeps its program and the bytes alive; the runtime's own method does not."""

    def __init__(self, content: bytes, program: object, method: Any) -> None:
        self._method = method  # freed in this order
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
    """Return the program's logits for every image: float32 of shape (N, classes).

    `watch` gets the number of images done. Raises `HarnessError` if the runtime fails on an image.
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
                    # One array for all: small arrays between freed images would keep the allocator
                    # from reusing the images' memory, a gigabyte for 10,000 images.
                    found = np.empty((len(pixels), answer.shape[-1]), answer.dtype)
                found[number] = answer
            if (done := start + len(part)) % _IMAGES_TO_AN_EVENT == 0 or done == len(pixels):
                watch(done)
    assert found is not None
    return found


@contextlib.contextmanager
def _one_torch_thread() -> Iterator[None]:
    """Inside the block torch uses one thread: its idle threads spin, and XNNPACK's would wait."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def use_threads(count: int) -> None:
    """Set the number of threads for programs that this process loads from now on.

    Programs that are loaded already must not run any more: their threads have ended.
    """
    with quiet_libraries():
        _runtime()._unsafe_reset_threadpool(count)
