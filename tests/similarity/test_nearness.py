from collections.abc import Mapping

import numpy as np
import pytest
from numpy.typing import NDArray

from grader.similarity.kernels import FEWEST, shared_kernels
from grader.similarity.nearness import FARTHEST, distances, near_networks

Rows = NDArray[np.float32]
Kernels = Mapping[str, Rows]
START = np.random.default_rng(0).normal(size=(3 * FEWEST, 9))


def trained(rows: NDArray[np.float64], seed: int, by: float) -> Rows:
    """Kernels of length 1, each changed by the fraction `by` of its length."""
    noise = np.random.default_rng(seed).normal(size=rows.shape)
    lengths = np.linalg.norm(rows, axis=1) / np.linalg.norm(noise, axis=1)
    moved = rows + by * noise * lengths[:, None]
    return np.asarray(moved / np.linalg.norm(moved, axis=1)[:, None], np.float32)


def pruned(seed: int, by: float) -> Kernels:
    """A network that kept two thirds of the start's channels and was trained."""
    kept = np.random.default_rng(seed).permutation(len(START))[: 2 * FEWEST]
    return {"a": trained(START[np.sort(kept)], seed, by)}


def copied(network: Kernels, seed: int, by: float, fewer: int = 0) -> Kernels:
    """A copy with permuted channels, without some of them, that was trained on."""
    rows = network["a"]
    order = np.random.default_rng(seed).permutation(len(rows))[fewer:]
    return {"a": trained(np.asarray(rows[order], np.float64), seed, by)}


BASE: Kernels = {"a": trained(START, 0, 0.0)}


def students(*networks: Kernels) -> list[tuple[str, Kernels]]:
    """The students A, B and so on."""
    return [(chr(65 + number), each) for number, each in enumerate(networks)]


@pytest.mark.parametrize("by", [0.001, 0.006, 0.05])
def test_networks_from_one_checkpoint_are_no_pair_beside_it(by: float) -> None:
    """Trained little or much, they are no nearer each other than the checkpoint."""
    class_ = students(*(pruned(seed, by) for seed in range(5)))
    assert near_networks(class_, BASE).pairs == {}
    assert shared_kernels(class_, BASE).pairs == {}


@pytest.mark.parametrize("base", [BASE, {}])
@pytest.mark.parametrize("fewer", [0, 5])
def test_a_copy_that_was_trained_on_is_a_pair(base: Kernels, fewer: int) -> None:
    """With the checkpoint, or beside a class that started from it."""
    original = pruned(0, 0.05)
    others = (pruned(seed, 0.05) for seed in range(1, 5))
    copy = copied(original, 9, 0.01, fewer)
    class_ = students(original, *others, copy)
    assert shared_kernels(class_, base).pairs == {}
    (pair,) = near_networks(class_, base).pairs.items()
    assert pair[0] == ("A", "F")
    assert pair[1].apart < 0.02
    assert pair[1].usual > 0.04
    assert pair[1].to_base == bool(base)


def test_two_networks_have_no_usual_distance() -> None:
    """Without a checkpoint and without a class nothing can be compared."""
    assert near_networks(students(pruned(0, 0.05), pruned(0, 0.05))).pairs == {}


def test_kernels_that_nobody_trained_say_nothing() -> None:
    """Two students who trained no depthwise kernel have those of the checkpoint."""
    class_ = students(*(pruned(0, 1e-6) for _ in range(2)))
    assert near_networks(class_, BASE).pairs == {}


def test_many_near_networks_are_a_group() -> None:
    """Four copies of one network are listed once."""
    original = pruned(0, 0.05)
    copies = (copied(original, seed, 0.005) for seed in range(10, 13))
    found = near_networks(students(original, *copies), BASE)
    assert found.pairs == {}
    assert found.groups.keys() == {tuple("ABCD")}
    assert next(iter(found.groups.values())) < 0.01


def test_distances_are_those_of_a_quarter_of_the_smaller_networks_kernels() -> None:
    """A network inside a larger one has the distance 0, and one of few kernels is far."""
    small = {"a": BASE["a"][: 2 * FEWEST]}
    few = {"a": BASE["a"][: FEWEST - 1]}
    found = distances([small, few, {"b": BASE["a"]}], BASE)
    assert found.shape == (3, 4)
    assert found[0, 3] == pytest.approx(0, abs=1e-3)
    assert found[1, 0] == found[0, 1] == FARTHEST
    assert found[2, 0] == found[0, 2] == FARTHEST


def test_another_shape_is_another_layer() -> None:
    """A layer of other kernels under the same name is not compared, and nobody has no pair."""
    other: Kernels = {"a": np.full((2 * FEWEST, 4), 0.5, np.float32)}
    assert distances([BASE, other], {})[0, 1] == FARTHEST
    assert near_networks([]).pairs == {}


def test_a_pair_inside_a_group_is_listed() -> None:
    """Nine trained one classmate's network a little further; two of them share more than that."""
    original = pruned(0, 0.2)
    copies = [copied(original, seed, 0.01) for seed in range(10, 19)]
    twin = copied(copies[0], 30, 0.0005)
    others = [pruned(seed, 0.2) for seed in range(1, 30)]
    names = [*(f"C{at}" for at in range(9)), "TWIN", *(f"O{at:02}" for at in range(29))]
    for base in (BASE, {}):
        found = near_networks(list(zip(names, [*copies, twin, *others], strict=True)), base)
        (group,) = found.groups
        assert {"C0", "TWIN"} < set(group) <= set(names[:10])
        assert found.pairs.keys() == {("C0", "TWIN")}
        assert found.pairs["C0", "TWIN"].apart < 0.001
        assert found.pairs["C0", "TWIN"].usual > 0.005
