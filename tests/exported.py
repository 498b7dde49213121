"""ExecuTorch's own exporter for the tests that need it.

It takes nine seconds to import. Every process of the tests imports all test modules, so none of
them imports the exporter at its top.
"""

from torch import nn

from grader.inference.runnable import Runnable


def export(network: Runnable, input_shape: tuple[int, int, int]) -> bytes:
    """The network as a `.pte`, by `grader.inference.exporter.export`."""
    from grader.inference import exporter

    return exporter.export(network, input_shape)


def fused(module: nn.Module) -> nn.Module:
    """A copy with folded batch norms, by `grader.inference.exporter.fused`."""
    from grader.inference import exporter

    return exporter.fused(module)
