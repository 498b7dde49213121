"""The measured reference, by row."""

import pytest

from grader.experiments.bands import bands_of
from grader.experiments.exact import Change, changed
from grader.experiments.reference import RowKey, bands_for, reference_of_results, same_network
from grader.experiments.summary import Spread
from tests.experiments.results import finished
from tests.experiments.tiny import lab_experiment

SPEC = lab_experiment()
FOUND = reference_of_results(SPEC, finished(SPEC))


def test_a_row_has_the_spread_over_seeds_and_engines() -> None:
    """Both engines of this run have the same accuracies; a row that is missing has none."""
    found = FOUND.accuracy([RowKey(row="dynamic-qint8")])
    assert found is not None
    assert (round(found.mean, 6), found.low, found.high) == (0.98, 0.97, 0.99)
    assert FOUND.accuracy([RowKey(row="static-qint8")]) is None


def test_a_latency_is_that_of_a_batch_size_or_of_all() -> None:
    """In seconds for a batch."""
    keys = [RowKey(row="3", variant="with-rewinding")]
    assert FOUND.latency(keys, 64) == Spread(mean=0.064, low=0.064, high=0.064)
    every = FOUND.latency(keys, None)
    assert every is not None
    assert (every.low, every.high) == (0.001, 0.064)
    assert FOUND.latency(keys, 8) is None


def test_other_iterations_are_the_same_network() -> None:
    """Another width is not."""
    assert same_network(SPEC, changed(SPEC, Change(prune_iterations=10)))
    assert not same_network(SPEC, changed(SPEC, Change(hidden=(512, 512))))
    assert not same_network(SPEC, changed(SPEC, Change(crop=28)))


def test_bands_are_those_of_the_same_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the lab is called."""
    bands = bands_of(SPEC, finished(SPEC))
    monkeypatch.setattr("grader.experiments.reference.shipped_bands", lambda: (bands,))
    assert bands_for(changed(SPEC, Change(prune_iterations=10))) == bands
    assert bands_for(changed(SPEC, Change(crop=28))) is None
