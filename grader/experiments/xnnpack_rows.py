"""Rows for devices without PyTorch: ExecuTorch programs, quantized by XNNPACKQuantizer."""

import warnings
from collections.abc import Mapping

import torch
from torch import nn

from grader.experiments.training import Forward
from grader.inference.lean_imports import imported_on_call
from grader.inference.quiet import quiet_libraries
from grader.inference.xnnpack import load
from grader.labs.experiment import DYNAMIC_INT8, FLOAT32, STATIC_INT8, Quantization

# The exporter takes five seconds to import, which most runs of an experiment can spare.
_XNNPACK, _PT2E = "executorch.backends.xnnpack", "torchao.quantization.pt2e.quantize_pt2e"
_partitioner = imported_on_call(f"{_XNNPACK}.partition.xnnpack_partitioner", "XnnpackPartitioner")
_quantizer = imported_on_call(f"{_XNNPACK}.quantizer.xnnpack_quantizer", "XNNPACKQuantizer")
_settings = imported_on_call(
    f"{_XNNPACK}.quantizer.xnnpack_quantizer", "get_symmetric_quantization_config"
)
_lower = imported_on_call("executorch.exir", "to_edge_transform_and_lower")
_prepare = imported_on_call(_PT2E, "prepare_pt2e")
_convert = imported_on_call(_PT2E, "convert_pt2e")


# XNNPACKQuantizer has no float16.
IS_DYNAMIC: Mapping[Quantization, bool | None] = {
    FLOAT32: None,
    DYNAMIC_INT8: True,
    STATIC_INT8: False,
}


def program(network: nn.Module, row: Quantization, inputs: torch.Tensor, batch: int) -> bytes:
    """Return the ExecuTorch program of a row for batches of `batch` images.

    Static quantization is calibrated on `inputs`, float32 (N, inputs). Raises `KeyError` for a row
    that `IS_DYNAMIC` does not have.
    """
    dynamic = IS_DYNAMIC[row]
    example = (inputs[:batch].clone(),)
    assert len(example[0]) == batch
    with quiet_libraries(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        exported = torch.export.export(network.eval(), example)
        if dynamic is not None:
            settings = _settings(is_per_channel=True, is_dynamic=dynamic)
            prepared = _prepare(exported.module(), _quantizer().set_global(settings))
            for part in torch.split(inputs, batch):
                if len(part) == batch:  # the shape of the program is fixed
                    prepared(part)
            exported = torch.export.export(_convert(prepared), example)
        lowered = _lower(exported, partitioner=[_partitioner()])
        made: bytes = lowered.to_executorch().buffer
    return made


def forward(content: bytes, batch: int) -> Forward:
    """Return a function that runs the program on any number of images, `batch` at a time."""
    loaded = load(content)

    def run(images: torch.Tensor) -> torch.Tensor:
        if len(images) == batch:
            return loaded.execute([images])[0]
        found = []
        for part in torch.split(images, batch):
            missing = batch - len(part)
            whole = torch.cat([part, part.new_zeros(missing, part.shape[1])]) if missing else part
            found.append(loaded.execute([whole.contiguous()])[0][: len(part)].clone())
        return torch.cat(found)

    return run
