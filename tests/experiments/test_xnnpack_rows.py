"""ExecuTorch programs of the experiment's network."""

import pytest
import torch

from grader.experiments.images import ExperimentImages
from grader.experiments.training import untrained
from grader.experiments.xnnpack_rows import IS_DYNAMIC, forward, program
from grader.labs.experiment import Quantization
from tests.experiments.tiny import tiny_experiment


@pytest.mark.slow  # the exporter
@pytest.mark.parametrize("row", IS_DYNAMIC)
def test_a_program_answers_nearly_as_the_network(
    row: Quantization, images: ExperimentImages
) -> None:
    """For any number of images, also one that is no multiple of its batch."""
    network, inputs = untrained(tiny_experiment(), 0).eval(), images.train.inputs
    content = program(network, row, inputs, 8)
    with torch.inference_mode():
        plain = network(inputs[:20])
    answers = forward(content, 8)(inputs[:20])
    assert torch.allclose(answers, plain, atol=1e-5 if row == "float32" else 0.1)
    assert torch.equal(answers, plain) <= (row == "float32")


def test_there_is_no_program_in_float16(images: ExperimentImages) -> None:
    """XNNPACKQuantizer has none."""
    with pytest.raises(KeyError):
        program(untrained(tiny_experiment(), 0), "D float16", images.train.inputs, 1)
