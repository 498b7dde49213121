import copy
from pathlib import Path

import pytest
import torch
from torch import nn

from grader.evaluators.flops import measure_mflops
from grader.labs.kinds import network_lab
from grader.networks.mobilenet_v2.blueprint import ORIGINAL
from grader.networks.mobilenet_v2.vision import MobileNetV2
from grader.networks.network import Network
from grader.types import Json
from tests.small_networks import narrow, network, small, subject

# Of the network that is one channel wide everywhere and has no residual block left, by the
# counter's convention: a convolution's multiply-adds, 2 per batch-norm output, 1 per ReLU6 output.
EXPANSION, DEPTHWISE, PROJECTION = 1 + 2 + 1, 9 + 2 + 1, 1 + 2
STEM = 27 + 2 + 1
BLOCKS = (  # (expansion's pixels, the rest's pixels) of features 2, 4, 7, 11, 14 and 17
    *((112**2, 56**2), (56**2, 28**2), (28**2, 14**2)),
    *((14**2, 14**2), (14**2, 7**2), (7**2, 7**2)),
)
BY_HAND = (
    (STEM + DEPTHWISE + PROJECTION) * 112**2
    + sum(EXPANSION * wide + (DEPTHWISE + PROJECTION) * small for wide, small in BLOCKS)
    + EXPANSION * 7**2
    + (1 * 10 + 10)
)
# Weights and a batch norm's two numbers per channel: the stem, features.1, the six blocks, the last
# convolution, the Linear.
PARAMETERS_BY_HAND = (27 + 2) + (9 + 2 + 1 + 2) + 6 * (1 + 2 + 9 + 2 + 1 + 2) + (1 + 2) + (10 + 10)


def rows(evidence: object) -> dict[str, dict[str, Json]]:
    """The evidence of each layer by its name."""
    assert isinstance(evidence, list)
    return {str(each["layer"]): each for each in evidence if isinstance(each, dict)}


def unpruned() -> Network:
    """The network of ten classes as torchvision builds it."""
    torch.manual_seed(0)
    module = MobileNetV2(num_classes=10).eval().requires_grad_(False)
    return Network(blueprint=ORIGINAL, module=module)


def test_the_unpruned_network_is_the_labs_number(tmp_path: Path) -> None:
    """318.969098 MFLOPs and 2,236,682 parameters, nothing pruned, and the lab file says so too."""
    found = measure_mflops(subject(unpruned(), tmp_path))
    assert found.value == 318.969098 == network_lab().network.unpruned_mflops
    assert found.unit == "MFLOPs"
    assert found.evidence["operations"] == 318_969_098
    assert found.evidence["parameters"] == 2_236_682
    # thop gives 326.219520 and torchprofile 306.186464: with four times and once the outputs.
    assert found.evidence["multiply_adds"] == 299_507_072
    assert found.evidence["batch_norm_outputs"] == 6_678_112
    assert found.evidence["sparsity"] == 0
    assert found.evidence["checkpoint_bytes"] == (tmp_path / "checkpoint").stat().st_size
    layers = rows(found.evidence["layers"])
    assert len(layers) == 53
    assert {each["sparsity"] for each in layers.values()} == {0}


def test_a_network_counted_by_hand(tmp_path: Path) -> None:
    """One channel everywhere: 698,466 operations and 168 parameters."""
    found = measure_mflops(subject(network(narrow(1)), tmp_path))
    assert found.evidence["operations"] == BY_HAND == 698_466
    assert found.value == 0.698466
    assert found.evidence["parameters"] == PARAMETERS_BY_HAND == 168


def test_the_count_is_torch_prunings_own_on_the_module_as_saved(tmp_path: Path) -> None:
    """The lab's snippet, run on the pickled model, gives the same to every digit."""
    import torch_pruning

    asked = subject(small(), tmp_path)
    model = torch.load(tmp_path / "checkpoint", map_location="cpu", weights_only=False)
    operations, size = torch_pruning.utils.count_ops_and_params(
        model, example_inputs=torch.zeros(1, 3, 224, 224)
    )
    found = measure_mflops(asked)
    assert found.value == operations / 1e6
    assert found.evidence["parameters"] == size


def test_counting_leaves_the_network_as_it_was(tmp_path: Path) -> None:
    """No hook and no attribute of the counter stays behind on what is measured next."""
    before = {name: set(vars(layer)) for name, layer in small().module.named_modules()}
    measure_mflops(subject(small(), tmp_path))
    assert {name: set(vars(layer)) for name, layer in small().module.named_modules()} == before
    assert not any(layer._forward_hooks for layer in small().module.modules())


def test_sparsity_counts_channels_that_are_gone(tmp_path: Path) -> None:
    """One 3x3x3 filter of the stem's 32 is left: 31/32 is pruned; a removed block is all gone."""
    found = measure_mflops(subject(network(narrow(1)), tmp_path))
    layers = rows(found.evidence["layers"])
    assert layers["features.0.0"] == {
        "layer": "features.0.0",
        "original": 864,
        "kept": 27,
        "sparsity": 1 - 27 / 864,
    }
    removed = layers["features.3.conv.0.0"]  # 24 x 144, in a residual block
    assert (removed["original"], removed["kept"], removed["sparsity"]) == (3_456, 0, 1)
    # Of the weights counted above, batch norms' and the Linear's bias are not prunable.
    kept = 27 + (9 + 1) + 6 * (1 + 9 + 1) + 1 + 10
    original = 2_236_682 - 10 - 2 * 17_056  # 17,056 channels are normalised
    assert sum(int(str(each["original"])) for each in layers.values()) == original
    assert found.evidence["sparsity"] == pytest.approx(1 - kept / original, abs=1e-15)


def test_sparsity_counts_zeros_but_operations_do_not(tmp_path: Path) -> None:
    """Half of the Linear's weights set to zero are pruned; the count of operations is the same."""
    pruned = Network(blueprint=small().blueprint, module=copy.deepcopy(small().module))
    linear = pruned.module.get_submodule("classifier.1")
    assert isinstance(linear, nn.Linear)
    linear.weight[:5] = 0
    linear.bias[:] = 0  # biases are excluded
    dense, sparse = (measure_mflops(subject(each, tmp_path)) for each in (small(), pruned))
    assert sparse.value == dense.value
    layers = [rows(found.evidence["layers"]) for found in (dense, sparse)]
    before, after = (each.pop("classifier.1") for each in layers)
    assert (before["original"], before["kept"]) == (12_800, 80)
    assert (after["kept"], after["sparsity"]) == (40, 1 - 40 / 12_800)
    assert layers[0] == layers[1]
