"""The keys of a lab's `[experiment]`."""

from typing import Any

import pytest
from pydantic import ValidationError

from grader.labs.experiment import ExperimentSpec
from tests.experiments.tiny import lab_experiment


def test_the_defaults_are_those_of_the_lab() -> None:
    """A lab file needs only what its training has no usual value for."""
    keys = {"dataset", "crop", "hidden", "learning_rate", "batch", "epochs"}
    short = ExperimentSpec.model_validate(lab_experiment().model_dump(include=keys))
    assert short == lab_experiment()


@pytest.mark.parametrize(
    "change",
    [
        {"hidden": [0]},
        {"hidden": [10**9]},
        {"hidden": [1] * 33},
        {"learning_rate": 0},
        {"learning_rate": float("nan")},
        {"batch": 0},
        {"epochs": 0},
        {"seed": -1},
        {"crop": 0},
        {"latency_batches": []},
        {"latency_batches": [1, 1]},
        {"latency_runs": 1},
        {"quantization": ["D qint4"]},
        {"quantization": ["S qint8", "S qint8"]},
        {"prune_fraction": 1},
        {"prune_iterations": -1},
        {"layers": 3},
    ],
    ids=str,
)
def test_a_value_that_makes_no_sense_is_refused(change: dict[str, Any]) -> None:
    """Every key has bounds, and unknown keys are faults."""
    with pytest.raises(ValidationError):
        ExperimentSpec.model_validate({**lab_experiment().model_dump(), **change})
