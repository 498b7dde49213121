"""Calling what a notebook defines: values in, values out."""

from pathlib import Path

import pytest
import torch

from grader.errors import Fault, HarnessError
from grader.labs.kinds import network_lab
from grader.notebook import cells
from grader.notebook.cells import (
    Answer,
    Answers,
    Call,
    CellSandbox,
    Other,
    Raised,
    limits_of,
    run_calls,
)
from grader.sandbox.start import Child, Isolation, best_isolation, bubblewrap_fault, run
from grader.sandbox.supervise import Outcome
from tests.notebook.books import PRUNE

pytestmark = pytest.mark.system
boxed = pytest.mark.skipif(
    best_isolation() is not Isolation.BUBBLEWRAP, reason=f"no bubblewrap: {bubblewrap_fault()}"
)


def ask(work: Path, source: str, *calls: Call, prelude: str = "") -> Answers:
    """Return the code's answers, within the limits of a real question."""
    sandbox = CellSandbox(isolation=best_isolation(), limits=limits_of(network_lab()), work=work)
    return run_calls(source, calls, sandbox, prelude)


@boxed
def test_a_function_is_called_with_tensors(tmp_path: Path) -> None:
    """The result and the changed arguments come back; the caller's own arguments do not change."""
    weight = torch.tensor([[0.5, -0.1], [0.0, 2.0]])
    call = Call(name="fine_grained_prune", arguments=(weight, 0.5))
    odd = Call(name="fine_grained_prune", arguments=(weight, 0.0))
    first, second = ask(tmp_path, PRUNE, call, odd, prelude="import torch").answers
    mask, (pruned, sparsity) = first.returned, first.arguments
    assert isinstance(mask, torch.Tensor)
    assert isinstance(pruned, torch.Tensor)
    assert mask.tolist() == [[True, False], [False, True]]
    assert torch.equal(pruned, torch.tensor([[0.5, 0.0], [0.0, 2.0]]))
    assert sparsity == 0.5
    assert torch.equal(weight, torch.tensor([[0.5, -0.1], [0.0, 2.0]]))
    assert isinstance(second.returned, Raised)  # kthvalue(0): one question costs no other
    assert (second.returned.type, second.returned.line) == ("RuntimeError", 5)
    assert "in line 5" in str(second.returned)


@boxed
def test_values_of_many_kinds(tmp_path: Path) -> None:
    """Names are looked up, numbers of numpy are numbers, and what is no value is named."""
    source = """
import numpy as np
whole, text, table = 3, "測試", {"a": [1, None, True, 2.5]}
array, number, odd, lines = np.eye(2), np.float32(0.5), object(), (line for line in "")
print("seen")
"""
    names = ("whole", "text", "table", "array", "number", "odd", "lines", "missing")
    answers = ask(tmp_path, source, *(Call(name=name, arguments=None) for name in names))
    returned = [answer.returned for answer in answers.answers]
    assert returned[:5] == [3, "測試", {"a": [1, None, True, 2.5]}, [[1, 0], [0, 1]], 0.5]
    assert returned[5:7] == [Other(type="object"), Other(type="generator")]
    assert returned[7] == Raised(
        type="NameError", message="name 'missing' is not defined", line=None
    )
    assert answers.printed == "seen\n"


@boxed
def test_code_that_does_not_run_is_told_once(tmp_path: Path) -> None:
    """Nothing of it can be asked, so the fault is the whole answer."""
    with pytest.raises(Fault, match="NameError in line 2"):
        ask(tmp_path, "x = 1\ny = torch.zeros(x)", Call(name="y", arguments=None))


@boxed
def test_no_question_is_an_answer_too(tmp_path: Path) -> None:
    """Without calls, the code is still run."""
    assert ask(tmp_path, "x = 1") == Answers(answers=(), printed="")


@boxed
def test_a_question_without_arguments_calls(tmp_path: Path) -> None:
    """Unlike one for a name."""
    call, name = Call(name="f"), Call(name="f", arguments=None)
    answers = ask(tmp_path, "def f():\n    return None", call, name).answers
    assert answers == (Answer(returned=None), Answer(returned=Other(type="function")))


@boxed
def test_a_prelude_of_ours_that_fails_is_no_fault_of_the_code(tmp_path: Path) -> None:
    """A failure that any code would have is a HarnessError."""
    with pytest.raises(HarnessError, match="nothing_of_ours"):
        ask(tmp_path, "x = 1", prelude="import nothing_of_ours")


@boxed
def test_one_that_this_machine_may_have_killed_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Once is no proof against anybody: the answer of the second try counts."""
    killed = Outcome(message=b"", stderr="", returncode=-9, stopped=None, seconds=1.0)
    ends = iter([killed])

    def run_at_last(child: Child, isolation: Isolation) -> Outcome:
        return next(ends, None) or run(child, isolation)

    monkeypatch.setattr(cells, "run", run_at_last)
    answers = ask(tmp_path, "x = 1", Call(name="x", arguments=None))
    assert answers.answers == (Answer(returned=1),)
