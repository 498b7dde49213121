"""Iterative magnitude pruning with torch's own functions, and the ways to save what is left."""

import copy
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn.utils import prune

from grader.experiments.saved_size import saved_size

State = Mapping[str, torch.Tensor]


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskSizes:
    """The bytes of a pruned network saved as it is (with masks), dense, and as sparse tensors."""

    masked: int
    dense: int
    sparse: int


def prune_once(network: nn.Module, fraction: float) -> None:
    """Prune `fraction` of the weights that remain: the smallest of all layers together, no biases.

    A fraction of 0 prunes nothing and adds the masks.
    """
    _apply_masks(network)
    prune.global_unstructured(_weights(network), prune.L1Unstructured, amount=fraction)


def rewind(network: nn.Module, initial: State) -> None:
    """Set weights and biases to `initial`, the state before training; the masks stay."""
    state = dict(network.state_dict())
    for name, value in initial.items():
        state[f"{name}_orig" if f"{name}_orig" in state else name] = value
    network.load_state_dict(state)


def restore(network: nn.Module, state: State) -> None:
    """Load the state of a pruned network, masks included, into a network without masks."""
    prune_once(network, 0.0)
    network.load_state_dict(state)


def permanent(network: nn.Module) -> nn.Module:
    """Return a copy without masks, whose pruned weights are zero. It runs as fast as any other."""
    _apply_masks(network)
    copied = copy.deepcopy(network)
    for module, name in _weights(copied):
        prune.remove(module, name)  # type: ignore[no-untyped-call]
    return copied.eval()


def remaining(network: nn.Module) -> int:
    """Return the number of weights that are not pruned."""
    masks = [value for name, value in network.named_buffers() if name.endswith("_mask")]
    return int(sum(int(each.sum()) for each in masks))


def disk_sizes(network: nn.Module, plain: nn.Module) -> DiskSizes:
    """Return the sizes of a pruned `network` and of `plain`, its permanent copy.

    All tensors of the third are sparse, also the biases, as in the lab's text.
    """
    dense = plain.state_dict()
    return DiskSizes(
        masked=saved_size(network.state_dict()),
        dense=saved_size(dense),
        sparse=saved_size({name: value.to_sparse() for name, value in dense.items()}),
    )


def _apply_masks(network: nn.Module) -> None:
    """Set each masked weight to its original times its mask.

    torch does so only in a forward pass: after a training step or after a state was loaded, the
    weight is an older one. Without autograd, because only a leaf of it can be copied.
    """
    with torch.no_grad():
        for module, _ in _weights(network):
            if hasattr(module, "weight_orig"):
                original, mask = module.weight_orig, module.weight_mask
                assert isinstance(original, torch.Tensor)
                assert isinstance(mask, torch.Tensor)
                module.weight = original * mask


def _weights(network: nn.Module) -> list[tuple[nn.Module, str]]:
    return [(each, "weight") for each in network.modules() if isinstance(each, nn.Linear)]
