import dataclasses
import signal
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save

from grader.errors import Fault, HarnessError, Skip
from grader.evaluators import executorch
from grader.evaluators.executorch import measure_exported, measure_submitted
from grader.evaluators.subject import Subject
from grader.inference.exact import decide_eagerly
from grader.sandbox import Child, Isolation, Limits, Outcome, best_isolation
from tests.networks import narrow, network, small, small_program, subject

boxed = pytest.mark.skipif(
    not best_isolation().runs_programs, reason="bubblewrap is not here, and programs need it"
)


def asked(work: Path, program: bytes = b"a program") -> Subject:
    """The small network, with a program handed in beside it."""
    made = subject(small(), work, program=program)
    vars(made)["program"] = small_program()
    return made


def outcome(message: bytes = b"", returncode: int = 0, stopped: str | None = None) -> Outcome:
    """How a child ended."""
    return Outcome(message=message, noise="", returncode=returncode, stopped=stopped, seconds=1.0)


def answer(monkeypatch: pytest.MonkeyPatch, how: Outcome) -> None:
    """Have the child end like this, where a real one could not be made to."""

    def run(child: Child, isolation: Isolation) -> Outcome:
        assert isolation.runs_programs
        assert child.program == "run_program"
        return how

    monkeypatch.setattr(executorch, "run", run)


def fault(subject: Subject) -> Fault:
    """What the evaluator holds against the program, with something to do about it."""
    with pytest.raises(Fault) as caught:
        measure_submitted(subject)
    assert caught.value.help
    return caught.value


def test_our_own_program_agrees_with_pytorch(tmp_path: Path) -> None:
    """The exported program's accuracy, its size, and the share of images it answers alike."""
    made = asked(tmp_path)
    found = measure_exported(made)
    correct = int((made.program_logits.argmax(axis=1) == made.images.labels).sum())
    assert found.value == correct / 64
    assert found.evidence["correct"] == correct
    assert found.evidence["agreement"] == 1
    assert found.evidence["program_bytes"] == len(small_program())


def test_no_program_is_skipped(tmp_path: Path) -> None:
    """Two files are enough: there is nothing to fault."""
    with pytest.raises(Skip, match=r"No \.pte was handed in"):
        measure_submitted(subject(small(), tmp_path))


def test_without_isolation_a_program_is_skipped_with_how_to_get_it(tmp_path: Path) -> None:
    """The reason says that isolation is needed, the help how to install it."""
    made = dataclasses.replace(asked(tmp_path), isolation=Isolation.PROCESS)
    with pytest.raises(Skip, match="needs isolation") as caught:
        measure_submitted(made)
    assert caught.value.help
    assert "apt install bubblewrap" in caught.value.help
    assert "--unsandboxed" in caught.value.help


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
    """A program that answers otherwise is named as another network, with the share agreed on."""
    made = subject(network(narrow(2), seed=7), tmp_path, program=small_program())
    vars(made)["decided"] = decide_eagerly(made.network, made.images.pixels)
    raised = fault(made)
    assert "model/mobilenet.pte is not the network of the .pth" in raised.reason
    agreement = raised.evidence["agreement"]
    assert isinstance(agreement, float)
    assert agreement < 0.98
    assert (raised.expected, raised.actual) == ("at least 98%", f"{agreement:.1%}")
    assert raised.evidence["total"] == 64


@boxed
@pytest.mark.slow
@pytest.mark.system
def test_a_program_of_another_runtime_is_skipped(tmp_path: Path) -> None:
    """It bears ExecuTorch's mark and is refused: too old, which is no fault of the network."""
    made = asked(tmp_path, small_program()[:8] + bytes(1_000))
    with pytest.raises(Skip, match="no longer reads"):
        measure_submitted(made)


@pytest.mark.parametrize(
    ("content", "actual"), [(b"garbage" * 9, b"garbageg".hex(" ")), (b" ", "20")]
)
def test_what_is_no_program_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, actual: str
) -> None:
    """Any other file that the runtime refuses is told by the bytes it begins with."""
    answer(monkeypatch, outcome(save({}, metadata={"refused": "error 0x23"})))
    raised = fault(asked(tmp_path, content))
    assert "is not an ExecuTorch program" in raised.reason
    assert (raised.expected, raised.actual) == ("bytes 4 to 8: ET12", actual)


@boxed
@pytest.mark.system
def test_a_program_that_is_cut_short_is_no_fault_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine too busy to finish in time says nothing of the program: an ERROR, not a zero."""
    monkeypatch.setattr(executorch, "RUN_LIMITS", Limits(wall_seconds=0.2, cpu_seconds=60))
    with pytest.raises(HarnessError, match="did not finish within 0"):
        measure_submitted(asked(tmp_path))


@pytest.mark.parametrize(
    ("how", "story"),
    [
        (outcome(returncode=-signal.SIGSEGV), "crashed (SIGSEGV)"),
        (outcome(returncode=128 + signal.SIGABRT), "crashed (SIGABRT)"),
        (outcome(returncode=1), "ended with exit code 1"),
        (outcome(returncode=128 + signal.SIGXCPU), "used more processor time than it may"),
        (outcome(stopped="left a process behind"), "left a process behind"),
    ],
)
def test_a_program_that_breaks_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: Outcome, story: str
) -> None:
    """A crash takes the child only, and the verdict tells how it ended."""
    answer(monkeypatch, how)
    assert fault(asked(tmp_path)).reason == f"model/mobilenet.pte could not be run: it {story}."


@pytest.mark.parametrize(
    ("logits", "notes", "actual"),
    [
        (np.zeros((64, 5), np.float32), {}, "something else"),
        (np.zeros((63, 10), np.float32), {}, "something else"),
        (np.zeros((64, 10), np.float64), {}, "something else"),
        (None, {"misfit": "answers float32 of shape (5,)"}, "answers float32 of shape (5,)"),
    ],
)
def test_a_program_that_is_no_classifier_is_a_fault(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    logits: "np.ndarray[tuple[int, int], np.dtype[np.floating]] | None",
    notes: Mapping[str, str],
    actual: str,
) -> None:
    """Other classes, images left out or another dtype: what is expected is said."""
    tensors = {} if logits is None else {"logits": logits}
    answer(monkeypatch, outcome(save(tensors, metadata=dict(notes))))
    raised = fault(asked(tmp_path))
    assert "does not answer as a classifier" in raised.reason
    assert (raised.expected, raised.actual) == ("float32 of shape (1, 10)", actual)


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"garbage",
        b"\xff" * 64,
        (2).to_bytes(8, "little") + b"[]",
        (21).to_bytes(8, "little") + b'{"__metadata__":null}',
        (19).to_bytes(8, "little") + b'{"__metadata__":[]}',
        save({"logits": np.zeros((64, 10), np.float32)})[:-1],
        save({"logits": np.zeros(1, np.float32)}).replace(b'"F32"', b'"F4" '),
    ],
)
def test_an_answer_in_no_known_form_is_ours_to_look_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, message: bytes
) -> None:
    """Hostile bytes instead of logits raise `HarnessError`, or are no classifier's answer."""
    answer(monkeypatch, outcome(message))
    with pytest.raises((HarnessError, Fault), match=r"no known form|as a classifier"):
        measure_submitted(asked(tmp_path))


def test_the_labels_stay_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The child is given the program and the bare pixels, and nothing else."""
    given: list[Child] = []

    def run(child: Child, isolation: Isolation) -> Outcome:
        assert isolation.runs_programs
        given.append(child)
        return outcome(returncode=1)

    monkeypatch.setattr(executorch, "run", run)
    made = asked(tmp_path)
    fault(made)
    program, pixels = given[0].inputs
    assert program.read_bytes() == b"a program"
    assert pixels.read_bytes() == made.images.pixels.tobytes()
    assert given[0].settings == {"classes": 10, "threads": 1}
