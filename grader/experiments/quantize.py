"""Quantizes a network with torch: the only module that imports `torch.ao.quantization`.

That part of torch is deprecated but works, and the lab asks for its functions. A network is copied
first: `prepare_fx` leaves its settings on the modules, and a later dynamic quantization of the same
object to float16 would then give int8.
"""

import copy
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from torch.ao.quantization import get_default_qconfig_mapping, quantize_dynamic
    from torch.ao.quantization.quantize_fx import convert_fx, prepare_fx

from grader.labs.experiment import DYNAMIC_FLOAT16, DYNAMIC_INT8, STATIC_INT8, Quantization

CALIBRATION_IMAGES = 1_024  # the first of the training images


class Unsupported(Exception):
    """The engine cannot run this quantization; the message is torch's reason."""


def engines() -> tuple[str, ...]:
    """Return the names of torch's quantized engines on this machine."""
    found = torch.backends.quantized.supported_engines
    return tuple(each for each in found if each != "none")


@contextmanager
def using(engine: str) -> Iterator[None]:
    """In the block torch's quantized operations use `engine`."""
    before = torch.backends.quantized.engine
    torch.backends.quantized.engine = engine
    try:
        yield
    finally:
        torch.backends.quantized.engine = before


def quantized(network: nn.Module, row: Quantization, inputs: torch.Tensor) -> nn.Module:
    """Return a quantized copy of `network` for the engine in use.

    Static quantization is calibrated on `inputs`, float32 (N, inputs). Raises `Unsupported` with
    the reason if the engine does not support this quantization.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            made = _MAKERS[row](copy.deepcopy(network).eval(), inputs)
            with torch.inference_mode():
                made(inputs[:1])
    except (RuntimeError, NotImplementedError, AssertionError) as error:
        raise Unsupported(str(error).partition("\n")[0]) from error
    return made


def _dynamic(dtype: torch.dtype, network: nn.Module) -> nn.Module:
    made: nn.Module = quantize_dynamic(  # type: ignore[no-untyped-call]
        network, {nn.Linear}, dtype=dtype
    )
    return made


def _static(network: nn.Module, inputs: torch.Tensor) -> nn.Module:
    settings = get_default_qconfig_mapping(torch.backends.quantized.engine)
    prepared = prepare_fx(network, settings, (inputs[:1],))
    with torch.inference_mode():
        prepared(inputs)
    made: nn.Module = convert_fx(prepared)
    return made


_MAKERS = {
    DYNAMIC_FLOAT16: lambda network, _inputs: _dynamic(torch.float16, network),
    DYNAMIC_INT8: lambda network, _inputs: _dynamic(torch.qint8, network),
    STATIC_INT8: _static,
}
