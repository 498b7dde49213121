from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from grader.intake import fingerprint
from grader.labs.kinds import network_lab
from grader.networks.mobilenet_v2.rebuild import build
from grader.sandbox.start import best_isolation
from grader.similarity.kernels import FEWEST, NEAR, kernels_of, shared_kernels
from grader.similarity.pairs import similarities
from grader.similarity.sketch import GradedSource, Reader, Sketch, sketch_of
from tests.networks.checkpoints import module_of
from tests.similarity.rewriting import rewritten
from tests.small_networks import narrow

Rows = NDArray[np.float32]


def tensors(state: Mapping[str, torch.Tensor]) -> dict[str, Rows]:
    """A state_dict as arrays, without the counters of batch norms."""
    return {n: t.detach().numpy() for n, t in state.items() if not n.endswith("tracked")}


def layer(seed: int, many: int = 2 * FEWEST, step: float = 0.0) -> Rows:
    """Kernels of length 1, the same for the same seed but for a step of this length."""
    random, away = np.random.default_rng(seed), np.random.default_rng(seed + 1000)
    rows = random.normal(size=(many, 9))
    rows /= np.linalg.norm(rows, axis=1)[:, None]
    noise = away.normal(size=rows.shape)
    moved = rows + step * noise / np.linalg.norm(noise, axis=1)[:, None]
    rows = moved / np.linalg.norm(moved, axis=1)[:, None]
    return np.asarray(rows, np.float32)


def networks(*layers: Rows) -> Sequence[tuple[str, Mapping[str, Rows]]]:
    """Networks of one layer each, of the students A, B and so on."""
    return [(chr(65 + number), {"a": rows}) for number, rows in enumerate(layers)]


@pytest.fixture(scope="module")
def original() -> torch.nn.Module:
    """A network whose batch norms are not those of a new network."""
    module = module_of(narrow(16), seed=1)
    draw = torch.Generator().manual_seed(5)
    with torch.no_grad():
        for name, tensor in module.state_dict().items():
            if "running_var" in name or (name.endswith("weight") and tensor.ndim == 1):
                tensor.copy_(0.5 + torch.rand(tensor.shape, generator=draw))
            elif "running_mean" in name or name.endswith("bias"):
                tensor.copy_(torch.randn(tensor.shape, generator=draw) * 0.1)
    return module.eval()


def test_a_rewritten_network_computes_the_same_function(original: torch.nn.Module) -> None:
    """The attack of these tests keeps every image's class, so that it is worth finding."""
    other = build(narrow(16))
    other.load_state_dict(rewritten(original))
    images = torch.randn(4, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        first, second = original(images), other.eval()(images)
    centred = [each - each.mean(dim=1, keepdim=True) for each in (first, second)]
    torch.testing.assert_close(*centred, rtol=1e-3, atol=1e-3)


def test_a_rewritten_network_is_found_by_its_canonical_form(original: torch.nn.Module) -> None:
    """Scaled, permuted, with shifted logits: no convolution is equal, all kernels are."""
    sketches = [
        sketch_of("A", tensors(original.state_dict())),
        sketch_of("B", tensors(rewritten(original))),
        sketch_of("C", tensors(module_of(narrow(16), seed=2).state_dict())),
    ]
    one, other = (each.tensors for each in sketches[:2])
    assert not [n for n in one if len(one[n].shape) > 1 and one[n].sha256 == other[n].sha256]
    (pair,) = similarities(sketches, []).pairs
    assert pair.students == ("A", "B")
    assert pair.kernels is not None
    assert pair.kernels.shared == pair.kernels.of >= FEWEST


def test_only_kernels_that_nothing_mixes_are_canonical(original: torch.nn.Module) -> None:
    """Those of depthwise convolutions and of the first one, each with length 1."""
    found = kernels_of(tensors(original.state_dict()))
    assert "features.0.0.weight" in found
    assert "features.18.0.weight" not in found
    for rows in found.values():
        np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, rtol=1e-5)


def test_dead_and_equal_kernels_say_nothing() -> None:
    """A kernel of zeros has no direction, and a direction counts once."""
    weights = np.zeros((4, 1, 3, 3), np.float32)
    weights[1:3] = 1.0
    weights[3, 0, 0, 0] = 2.0
    assert len(kernels_of({"a.0.weight": weights})["a.0.weight"]) == 2
    assert kernels_of({"a.0.weight": np.zeros((4, 1, 3, 3), np.float32)})["a.0.weight"].size == 0
    assert kernels_of({"a.weight": np.ones((4, 9), np.float32)}) == {}


def test_one_huge_channel_hides_no_other() -> None:
    """A channel that a later layer ignores can have any size."""
    weights = np.random.default_rng(0).normal(size=(4, 1, 3, 3)).astype(np.float32)
    weights[0] *= 1e9
    assert len(kernels_of({"a.0.weight": weights})["a.0.weight"]) == 4


def test_a_copy_with_more_channels_is_found() -> None:
    """All kernels of the smaller network are in the larger one."""
    copied = np.concatenate([layer(2), layer(1)[::-1]])
    (found,) = shared_kernels(networks(layer(1), copied, layer(3))).pairs.items()
    assert found[0] == ("A", "B")
    assert found[1].shared == found[1].of == 2 * FEWEST


@pytest.mark.parametrize(("step", "pairs"), [(NEAR / 4, 1), (5 * NEAR, 0)])
def test_training_changes_kernels_beyond_the_tolerance(step: float, pairs: int) -> None:
    """Rounding does not."""
    assert len(shared_kernels(networks(layer(1), layer(1, step=step))).pairs) == pairs


def test_few_equal_kernels_are_no_evidence() -> None:
    """A front that a recipe prescribes is not."""
    few = layer(9, many=FEWEST - 1)
    class_ = [np.concatenate([few, layer(seed, many=10)]) for seed in (1, 2)]
    assert shared_kernels(networks(*class_)).pairs == {}


def test_the_classes_kernels_do_not_hide_a_pair() -> None:
    """Ten started from one checkpoint and kept most of it: two share the rest, too."""
    start = layer(99, many=4 * FEWEST)
    seeds = [*range(9), 0]
    found = shared_kernels(networks(*(np.concatenate([start, layer(s)]) for s in seeds)))
    assert found.groups == {tuple("ABCDEFGHIJ"): 4 * FEWEST}
    (pair,) = found.pairs.items()
    assert pair[0] == ("A", "J")
    assert pair[1].shared == pair[1].of == 2 * FEWEST


def test_the_bases_kernels_are_nobodys() -> None:
    """Kernels of the unpruned network make no pair."""
    two = networks(layer(1), layer(1))
    assert shared_kernels(two, {"a": layer(1)}).pairs == {}
    assert len(shared_kernels(two, {"a": layer(2)}).pairs) == 1
    assert len(shared_kernels(two, {"a": np.ones((3, 4), np.float32)}).pairs) == 1


@pytest.mark.parametrize(("base", "pairs"), [({"a": layer(1)}, 0), ({}, 1)])
def test_two_that_hardly_left_the_base_are_no_pair_beside_it(
    base: dict[str, Rows], pairs: int
) -> None:
    """After a few steps of training, kernels of both are near by chance, and near the base's."""
    two = networks(layer(1, step=NEAR * 1.1), layer(1, step=NEAR * 1.1))
    found = shared_kernels(two, base).pairs
    assert len(found) == pairs
    assert [each.without_base for each in found.values()] == [bool(base)] * pairs


def test_nobody_shares_anything() -> None:
    """An empty class has no pair."""
    found = shared_kernels([])
    assert (found.pairs, found.groups) == ({}, {})


@pytest.mark.system
def test_the_rewritten_case_is_found_by_its_canonical_form(tmp_path: Path, cases: Path) -> None:
    """A real network, and the same one scaled and permuted."""
    lab = network_lab()
    reader = Reader(lab=lab, isolation=best_isolation(), work=tmp_path)
    names = ("similar-original", "similar-rewritten-same-function")
    found = []
    for name in names:
        path = cases / "attacks" / f"{name}.zip"
        graded = GradedSource(student=name, path=path, sha256=fingerprint(path, lab))
        sketch = reader.sketch(graded)
        assert isinstance(sketch, Sketch), sketch
        found.append(sketch)
    pairs = shared_kernels([(each.student, each.kernels) for each in found]).pairs
    assert pairs.keys() == {names[:2]}
    (kernels,) = pairs.values()
    assert kernels.shared == kernels.of > 1000
