"""Means over the seeds."""

from dataclasses import replace

import pytest

from grader.experiments.parts import WAYS
from grader.experiments.summary import pruning_summary, quantization_summary
from tests.experiments.results import finished, latencies, seed_result
from tests.experiments.tiny import lab_experiment

LAB = lab_experiment()


def test_a_row_is_the_mean_over_its_seeds() -> None:
    """With the lowest and the highest; an unsupported row has none."""
    rows = quantization_summary(finished(LAB))
    assert [(each.first.row, each.first.engine) for each in rows] == [
        ("float32", ""),
        ("D qint8", "fbgemm"),
        ("D qint8", "qnnpack"),
        ("D float16", "qnnpack"),
    ]
    spread = rows[0].accuracy
    assert spread is not None
    assert spread.mean == pytest.approx(0.98)
    assert (spread.low, spread.high) == (0.97, 0.99)
    assert rows[-1].accuracy is None


def test_a_seed_that_is_not_finished_counts_as_far_as_it_is() -> None:
    """The mean of an iteration is over the seeds that have it."""
    first, second, _ = finished(LAB)
    short = replace(second, pruning={way: second.pruning[way][:2] for way in WAYS})
    rows = pruning_summary((first, short))["with-rewinding"]
    assert rows[0].accuracy.mean == pytest.approx(0.975)
    assert (rows[0].accuracy.low, rows[0].accuracy.high) == (0.97, 0.98)
    assert rows[2].accuracy.low == rows[2].accuracy.high
    assert len(rows) == 21


def test_a_latency_is_steady_only_if_that_of_each_seed_is() -> None:
    """Mean and deviation are means over the seeds."""
    one, two = seed_result(LAB, 0, 0.9), seed_result(LAB, 1, 0.9)
    row = replace(two.quantization[0], latencies=latencies(0.004, steady=False))
    found = quantization_summary((one, replace(two, quantization=(row,))))[0].latencies
    assert [(each.batch, each.steady) for each in found] == [(1, False), (64, False)]
    assert found[0].mean == pytest.approx(0.003)
