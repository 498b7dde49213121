"""Faster training on a CPU: fused kernels that replace torch's own, in training mode only.

On two cores torch spends more time in batch norm, ReLU6 and strided depthwise convolutions than in
all matrix products. The kernels in `kernels.c` do these in bfloat16 at the memory's speed. They
share their parameters with the modules they replace: a state_dict fits both.
"""

import ctypes
import functools
import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

_SOURCE = Path(__file__).with_name("kernels.c")
_FLAGS = ("-O3", "-march=native", "-ffast-math", "-fno-finite-math-only", "-fopenmp", "-fPIC")
_LANES = 16
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # malloc.h


class _Shape(ctypes.Structure):
    _fields_ = [
        (name, ctypes.c_int) for name in ("images", "height", "width", "channels", "stride")
    ]


@functools.cache
def library() -> ctypes.CDLL | None:
    """The compiled kernels; None if there is no C compiler that can build them."""
    folder = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "reference-kernels"
    name = hashlib.sha256(_SOURCE.read_bytes() + repr(_FLAGS).encode()).hexdigest()[:16]
    target = folder / f"{name}.so"
    # Torch's own OpenMP runtime must be the one the kernels' symbols resolve to.
    for runtime in sorted((Path(torch.__file__).parent / "lib").glob("libgomp*.so*")):
        ctypes.CDLL(str(runtime), mode=ctypes.RTLD_GLOBAL)
    try:
        if not target.is_file():
            _compile(target)
        return ctypes.CDLL(str(target))
    except (OSError, subprocess.CalledProcessError):
        return None


def _compile(target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        compiled, built = Path(scratch) / "kernels.o", Path(scratch) / "kernels.so"
        compiler = shutil.which("gcc") or "gcc"
        compilation = [compiler, *_FLAGS, "-c", str(_SOURCE), "-o", str(compiled)]
        # Linked without -fopenmp: the runtime is torch's, already loaded.
        linking = [compiler, "-shared", str(compiled), "-o", str(built), "-lm"]
        for command in (compilation, linking):
            subprocess.run(command, check=True, capture_output=True)
        built.replace(target)


def keep_memory() -> None:
    """Keep freed memory in the process: glibc returns large tensors and page-faults them again."""
    libc = ctypes.CDLL(None)
    if hasattr(libc, "mallopt"):
        for parameter in (_TRIM_THRESHOLD, _MMAP_THRESHOLD):
            libc.mallopt(parameter, 2**31 - 1)


def _rows(tensor: Tensor) -> Tensor:
    return tensor.to(torch.bfloat16).contiguous(memory_format=torch.channels_last)


def _pointer(tensor: Tensor) -> ctypes.c_void_p:
    return ctypes.c_void_p(tensor.data_ptr())


class _BatchNorm(torch.autograd.Function):
    @staticmethod
    def forward(  # noqa: PLR0913, PLR0917 - autograd takes no records
        ctx: Any, x: Tensor, gamma: Tensor, beta: Tensor, eps: float, relu6: bool
    ) -> tuple[Tensor, Tensor, Tensor]:
        kernels = library()
        assert kernels is not None
        x = _rows(x)
        channels = x.shape[1]
        rows = x.numel() // channels
        y = torch.empty_like(x)
        mean, variance = torch.empty(channels), torch.empty(channels)
        kernels.batch_norm_forward(
            _pointer(x), _pointer(y), ctypes.c_long(rows), ctypes.c_int(channels),
            _pointer(gamma), _pointer(beta), ctypes.c_float(eps), ctypes.c_int(relu6),
            _pointer(mean), _pointer(variance),
        )  # fmt: skip
        ctx.save_for_backward(x, gamma, beta, mean, variance)
        ctx.eps, ctx.relu6 = eps, relu6
        ctx.mark_non_differentiable(mean, variance)
        return y, mean, variance

    @staticmethod
    def backward(ctx: Any, dy: Tensor, *_: Tensor) -> tuple[Tensor | None, ...]:
        kernels = library()
        assert kernels is not None
        x, gamma, beta, mean, variance = ctx.saved_tensors
        dy = _rows(dy)
        dx, dgamma, dbeta = torch.empty_like(x), torch.empty_like(gamma), torch.empty_like(beta)
        channels = x.shape[1]
        kernels.batch_norm_backward(
            _pointer(x), _pointer(dy), _pointer(dx), ctypes.c_long(x.numel() // channels),
            ctypes.c_int(channels), _pointer(gamma), _pointer(beta), ctypes.c_float(ctx.eps),
            ctypes.c_int(ctx.relu6), _pointer(mean), _pointer(variance), _pointer(dgamma),
            _pointer(dbeta),
        )  # fmt: skip
        return dx, dgamma, dbeta, None, None


class _Depthwise(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, stride: int) -> Tensor:
        kernels = library()
        assert kernels is not None
        x = _rows(x)
        images, channels, height, width = x.shape
        padded = -(-channels // _LANES) * _LANES
        taps = torch.zeros(9, padded)
        taps[:, :channels] = weight.reshape(channels, 9).t()
        shape = _Shape(images, height, width, channels, stride)
        y = torch.empty(
            (images, channels, (height - 1) // stride + 1, (width - 1) // stride + 1),
            dtype=torch.bfloat16,
            memory_format=torch.channels_last,
        )
        kernels.depthwise_forward(_pointer(x), _pointer(taps), _pointer(y), ctypes.byref(shape))
        ctx.save_for_backward(x, taps)
        ctx.shape = shape
        return y

    @staticmethod
    def backward(ctx: Any, dy: Tensor) -> tuple[Tensor | None, ...]:
        kernels = library()
        assert kernels is not None
        x, taps = ctx.saved_tensors
        dy = _rows(dy)
        shape = ctypes.byref(ctx.shape)
        dx, dtaps = torch.empty_like(x), torch.zeros_like(taps)
        kernels.depthwise_backward(
            _pointer(x), _pointer(taps), _pointer(dy), _pointer(dx), _pointer(dtaps), shape
        )
        channels = x.shape[1]
        return dx, dtaps[:, :channels].t().reshape(channels, 1, 3, 3), None


def _apply(function: type[torch.autograd.Function], *inputs: Any) -> Any:
    return function.apply(*inputs)  # type: ignore[no-untyped-call]  # torch leaves it untyped


class FusedBatchNorm(nn.BatchNorm2d):
    """BatchNorm2d, with ReLU6 folded in if `relu6`; bfloat16, channels last, while training."""

    relu6: bool = False

    def forward(self, input: Tensor) -> Tensor:
        """[N, C, H, W] to the same; bfloat16 comes out while training."""
        if not self.training:
            output = super().forward(input)
            return output.clamp(0.0, 6.0) if self.relu6 else output
        assert self.running_mean is not None
        assert self.running_var is not None
        assert self.momentum is not None
        parameters = (input, self.weight, self.bias, self.eps, self.relu6)
        y: Tensor
        y, mean, variance = _apply(_BatchNorm, *parameters)
        count = y.numel() // y.shape[1]
        with torch.no_grad():
            self.running_mean.lerp_(mean, self.momentum)
            self.running_var.lerp_(variance * (count / max(1, count - 1)), self.momentum)
        return y


class FusedDepthwise(nn.Conv2d):
    """A 3x3 depthwise convolution, padding 1, in bfloat16 while training."""

    def forward(self, input: Tensor) -> Tensor:
        """[N, C, H, W] to [N, C, H / stride, W / stride], rounded up."""
        if not self.training:
            return super().forward(input)
        output: Tensor = _apply(_Depthwise, input, self.weight, self.stride[0])
        return output


def accelerate(network: nn.Module) -> nn.Module:
    """Replace layers by the kernels, in place, with the same parameters and names.

    Does nothing without a C compiler. Returns `network`.
    """
    if library() is None:
        return network
    for module in network.modules():
        if not isinstance(module, nn.Sequential):
            continue
        for position, child in enumerate(module):
            if type(child) is nn.BatchNorm2d:
                child.__class__ = FusedBatchNorm
                follows = module[position + 1] if position + 1 < len(module) else None
                if isinstance(follows, nn.ReLU6):
                    child.relu6 = True  # type: ignore[assignment]
                    module[position + 1] = nn.Identity()
            elif (
                type(child) is nn.Conv2d
                and child.groups == child.in_channels > 1
                and child.kernel_size == (3, 3)
            ):
                child.__class__ = FusedDepthwise
    return network
