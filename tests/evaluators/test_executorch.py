from pathlib import Path

import pytest

from grader.evaluators.executorch import measure_exported, measure_submitted
from grader.inference.exact import decide_eagerly
from grader.sandbox.start import best_isolation
from tests.evaluators.test_submitted_pass import asked, fault
from tests.small_networks import PREPROCESSING, narrow, network, small_program, subject

boxed = pytest.mark.skipif(
    not best_isolation().runs_programs, reason="bubblewrap is not here, and programs need it"
)


def test_our_own_program_agrees_with_pytorch(tmp_path: Path) -> None:
    """The exported program's accuracy, its size, and the share of images it answers alike."""
    made = asked(tmp_path)
    found = measure_exported(made)
    correct = int((made.program_logits.argmax(axis=1) == made.images.labels).sum())
    assert found.value == correct / 64
    assert found.evidence["correct"] == correct
    assert found.evidence["agreement"] == 1
    assert found.evidence["program_bytes"] == len(small_program())


@boxed
@pytest.mark.slow
@pytest.mark.system
def test_the_same_networks_program_agrees(tmp_path: Path) -> None:
    """Run in the sandbox, it answers every image as the .pth does."""
    made = asked(tmp_path, small_program())
    found = measure_submitted(made)
    assert found.evidence["agreement"] == 1
    assert found.evidence["total"] == 64
    assert found.value == measure_exported(made).value


@boxed
@pytest.mark.slow
@pytest.mark.system
def test_another_networks_program_is_a_fault(tmp_path: Path) -> None:
    """A program with other classes is a different network; the share of equal classes is given."""
    made = subject(network(narrow(2), seed=7), tmp_path, program=small_program())
    vars(made)["decided"] = decide_eagerly(made.network, made.images.pixels, PREPROCESSING)
    raised = fault(made)
    assert "model/mobilenet.pte" in raised.reason
    agreement = raised.evidence["agreement"]
    assert isinstance(agreement, float)
    assert agreement < 0.98
    assert (raised.expected, raised.actual) == ("at least 98%", f"{agreement:.1%}")
    assert raised.evidence["total"] == 64
