"""Evidence of a network's operations and weights."""

from dataclasses import dataclass

from grader.evidence.record import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerSparsity(Record):
    """The weights of one layer."""

    layer: str | None
    """the layer's name"""
    original: int | None
    """weights in the unpruned network"""
    kept: int | None
    """weights that are left and are not zero"""
    sparsity: float | None
    """the fraction of the layer's weights that is removed or zero"""


@dataclass(frozen=True, slots=True, kw_only=True)
class MflopsEvidence(Record):
    """Operations, parameters and sparsity."""

    operations: int | None
    """operations for one image"""
    unpruned_mflops: float | None
    """millions of operations of the unpruned network"""
    parameters: int | None
    """parameters that are left"""
    checkpoint_bytes: int | None
    """the size of the checkpoint as handed in, in bytes"""
    sparsity: float | None
    """the fraction of the unpruned network's prunable weights (no biases) that is removed or zero"""  # noqa: E501
    layers: tuple[LayerSparsity, ...]
    """the layers with prunable weights, in the network's order"""
    multiply_adds: int | None = None
    """multiply-adds of the convolutions and the Linear alone, for one image"""
    batch_norm_outputs: int | None = None
    """outputs of all batch norms for one image, which other counters count once, twice or four times"""  # noqa: E501
