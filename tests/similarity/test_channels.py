import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.similarity.channels import Kept, Overlaps, kept_channels, overlaps

LAYER = "features.4.conv.1.0.weight"
CHANNELS = 96


def kernels(
    seed: int, channels: int = CHANNELS
) -> "np.ndarray[tuple[int, ...], np.dtype[np.float32]]":
    """Random depthwise kernels, float32 (channels, 1, 3, 3)."""
    return np.random.default_rng(seed).normal(size=(channels, 1, 3, 3)).astype(np.float32)


BASE = {LAYER: kernels(0)}


@given(st.sets(st.integers(0, CHANNELS - 1), min_size=1, max_size=CHANNELS - 1), st.integers(0, 9))
def test_kept_channels_are_found_again(chosen: set[int], seed: int) -> None:
    """After pruning and a step of training, each channel is found by its kernel."""
    pruned = BASE[LAYER][sorted(chosen)]
    noise = np.random.default_rng(seed).normal(size=pruned.shape).astype(np.float32)
    found = kept_channels({LAYER: pruned + 0.02 * noise}, BASE)
    assert found[LAYER] == Kept(channels=frozenset(chosen), original=CHANNELS)


def test_another_base_is_not_taken_for_this_one() -> None:
    """Kernels that were never in the base leave their layer out."""
    assert kept_channels({LAYER: kernels(1)[:40]}, BASE) == {}


@pytest.mark.parametrize(
    "tensors",
    [
        {LAYER: BASE[LAYER]},
        {"features.4.conv.0.0.weight": kernels(0)[:40]},
        {LAYER: np.zeros((40, 2, 3, 3), np.float32)},
        {"features.18.0.weight": kernels(0)[:40]},
    ],
    ids=["unpruned", "not in the base", "not depthwise", "another layer"],
)
def test_only_pruned_depthwise_layers_of_the_base_count(
    tensors: dict[str, "np.ndarray[tuple[int, ...], np.dtype[np.float32]]"],
) -> None:
    """If nothing was pruned, or the layer is not in the base, there is no choice."""
    assert kept_channels(tensors, BASE) == {}


def kept(many: int, original: int) -> Kept:
    """The first so many channels."""
    return Kept(channels=frozenset(range(many)), original=original)


def of_two(one: dict[str, Kept], other: dict[str, Kept]) -> Overlaps:
    """The overlaps of two choices."""
    return overlaps([one, other])


def test_chance_is_hypergeometric() -> None:
    """Of 10 channels two keep 4 and 5: 2 in common on average, with the textbook's variance."""
    both = of_two({"a": kept(4, 10)}, {"a": kept(5, 10)})
    found = both.of(0, 1)
    assert (found.shared, found.more, found.expected) == (4, 5, 2.0)
    assert found.deviation == pytest.approx(math.sqrt(4 * 5 * 6 * 5 / (10 * 10 * 9)))
    assert found.share == both.share[0, 1] == both.evenness[1, 0] == 0.8
    assert both.deviations[0, 1] == pytest.approx(2 / found.deviation)


def test_layers_add_up() -> None:
    """Each layer that both have counts; one that a single network has does not."""
    found = of_two({"a": kept(4, 10), "b": kept(2, 8)}, {"a": kept(5, 10), "c": kept(1, 2)})
    assert found.of(0, 1) == of_two({"a": kept(4, 10)}, {"a": kept(5, 10)}).of(0, 1)
    two = of_two({"a": kept(4, 10), "b": kept(2, 8)}, {"a": kept(5, 10), "b": kept(2, 8)})
    assert (two.of(0, 1).shared, two.of(0, 1).more) == (6, 7)


def test_without_a_common_layer_nothing_is_said() -> None:
    """Two networks of different bases have no overlap."""
    found = of_two({}, {"a": kept(1, 4)})
    assert (found.more[0, 1], found.share[0, 1], found.deviations[0, 1]) == (0, 0, 0)


def test_choices_without_freedom_are_no_evidence() -> None:
    """If a network kept all channels, the overlap is no evidence."""
    assert of_two({"a": kept(4, 4)}, {"a": kept(4, 4)}).deviations[0, 1] == 0.0
