import numpy as np
import pytest

from grader.similarity.sketch import Sketch
from grader.similarity.tensors import STEP, shared_tensors
from tests.similarity.networks import NAMES, network, tensor


def test_equal_tensors_are_found() -> None:
    """One pair shares all three tensors bit for bit; no other pair shares any."""
    found = shared_tensors([network("A", 1), network("B", 1), network("C", 2)]).pairs
    assert found.keys() == {("A", "B")}
    shared = found["A", "B"]
    assert (shared.equal, shared.near, shared.comparable) == (3, 0, 3)


def test_a_small_step_does_not_hide_them() -> None:
    """Weights moved by half the tolerance are near, by three times the tolerance are not."""
    found = shared_tensors([network("A", 1), network("B", 1, step=STEP / 2)]).pairs
    assert (found["A", "B"].equal, found["A", "B"].near) == (0, 3)
    assert found["A", "B"].furthest == pytest.approx(STEP / 2, rel=0.1)
    assert shared_tensors([network("A", 1), network("B", 1, step=3 * STEP)]).pairs == {}


@pytest.mark.parametrize(("ring", "of"), [(4, 12), (5, 30), (4, 4)])
def test_what_many_share_is_a_groups(ring: int, of: int) -> None:
    """Too many students for pairs are listed as a group."""
    names = [chr(ord("A") + number) for number in range(of)]
    class_ = [
        network(name, 1 if name < names[ring - 1] else number)
        for number, name in enumerate(names, start=ring)
    ]
    class_[ring - 1] = network(names[ring - 1], 1)
    found = shared_tensors(class_)
    assert found.pairs == {}
    assert found.groups == {tuple(names[:ring]): len(NAMES)}


def test_three_are_pairs() -> None:
    """Three students are listed as pairs."""
    found = shared_tensors([network(name, 1) for name in "ABC"])
    assert (len(found.pairs), found.groups) == (3, {})


def test_what_is_the_bases_is_nobodys() -> None:
    """A layer of the base, unchanged or moved by a small step, makes no pair or group."""
    base = network("Z", 1).tensors
    for names in ("AB", "ABCDEF"):
        class_ = [network(name, 1, step=STEP / 4) for name in names]
        found = shared_tensors(class_, base)
        assert (found.pairs, found.groups) == ({}, {})
    wider = {name: tensor(np.ones(65, np.float32)) for name in base}
    assert len(shared_tensors([network("A", 1), network("B", 1)], wider).pairs) == 1


def test_other_widths_are_not_compared() -> None:
    """Tensors of another shape have no distance."""
    wide = Sketch(student="B", tensors={NAMES[0]: tensor(np.ones(65, np.float32))})
    assert shared_tensors([network("A", 1), wide]).pairs == {}
