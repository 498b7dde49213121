"""MFLOPs as the lab counts them, parameters, and sparsity."""

import math
from collections.abc import Iterator

import torch
import torch_pruning

from grader.evaluators.rebuilt import RebuiltSubmission
from grader.evidence.mflops import LayerSparsity, MflopsEvidence
from grader.inference.operations import count
from grader.labs.network_lab import NetworkSpec
from grader.networks.network import Network
from grader.networks.registry import family_named
from grader.types import Finding, Role


def measure_mflops(rebuilt: RebuiltSubmission) -> Finding:
    """Torch-Pruning's count at 1x3x224x224, in millions; lower is better.

    `torch_pruning.utils.count_ops_and_params` counts a convolution's multiply-adds, 2 per
    batch-norm output, 1 per activation, and in*out + out for the Linear.
    """
    operations, parameters = count_operations(rebuilt.network, rebuilt.lab.network)
    example = torch.zeros(1, *rebuilt.lab.network.input_shape)
    multiply_adds, batch_norm_outputs = count(rebuilt.network.module, example)
    layers = tuple(_sparsity(rebuilt.network, rebuilt.lab.network))
    original = sum(layer[1] for layer in layers)
    kept = sum(layer[2] for layer in layers)
    checkpoint = rebuilt.submission.file(Role.CHECKPOINT)
    assert checkpoint is not None
    return Finding(
        value=operations / 1e6,
        unit="MFLOPs",
        evidence=MflopsEvidence(
            operations=int(operations),
            unpruned_mflops=rebuilt.lab.network.unpruned_mflops,
            parameters=int(parameters),
            checkpoint_bytes=checkpoint.size,
            sparsity=1 - kept / original,
            layers=tuple(_row(*layer) for layer in layers),
            multiply_adds=multiply_adds,
            batch_norm_outputs=batch_norm_outputs,
        ).json(),
    )


def count_operations(network: Network, spec: NetworkSpec) -> tuple[float, float]:
    """The operations for one image and the parameters of `network`, as Torch-Pruning counts."""
    example = torch.zeros(1, *spec.input_shape)
    operations, parameters = torch_pruning.utils.count_ops_and_params(network.module, example)
    return operations, parameters


def _row(layer: str, original: int, kept: int) -> LayerSparsity:
    return LayerSparsity(layer=layer, original=original, kept=kept, sparsity=1 - kept / original)


def _sparsity(network: Network, spec: NetworkSpec) -> Iterator[tuple[str, int, int]]:
    """For each layer its name, its weights in the original, and its weights that are not zero.

    Only prunable weights count: those of convolutions and of the Linear layer, without biases.
    """
    state = network.module.state_dict()
    for name, shape in family_named(spec.family).prunable(spec.classes).items():
        kept = int(torch.count_nonzero(state[name])) if name in state else 0
        yield name.removesuffix(".weight"), math.prod(shape), kept
