"""Rows for devices without PyTorch: ExecuTorch programs, quantized by XNNPACKQuantizer."""

import warnings
from collections.abc import Mapping

import torch
from torch import nn

from grader.experiments.training import Forward
from grader.inference.quiet import quiet_libraries
from grader.inference.xnnpack import load
from grader.labs.experiment import DYNAMIC_INT8, FLOAT32, STATIC_INT8, Quantization

with quiet_libraries():
    from executorch.backends.xnnpack.partition.xnnpack_partitioner import XnnpackPartitioner
    from executorch.backends.xnnpack.quantizer.xnnpack_quantizer import (
        XNNPACKQuantizer,
        get_symmetric_quantization_config,
    )
    from executorch.exir import to_edge_transform_and_lower
    from torchao.quantization.pt2e.quantize_pt2e import convert_pt2e, prepare_pt2e


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
            settings = get_symmetric_quantization_config(is_per_channel=True, is_dynamic=dynamic)
            prepared = prepare_pt2e(exported.module(), XNNPACKQuantizer().set_global(settings))
            for part in torch.split(inputs, batch):
                if len(part) == batch:  # the shape of the program is fixed
                    prepared(part)
            exported = torch.export.export(convert_pt2e(prepared), example)
        lowered = to_edge_transform_and_lower(exported, partitioner=[XnnpackPartitioner()])
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
