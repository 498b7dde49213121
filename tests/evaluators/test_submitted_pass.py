"""The pass of the handed-in program: what its child answers, and what becomes of that."""

import dataclasses
import signal
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save

from grader.errors import Fault, HarnessError, Skip
from grader.evaluators import old_programs, submitted_pass
from grader.evaluators.executorch import measure_submitted
from grader.evaluators.rebuilt import RebuiltSubmission
from grader.sandbox.limits import SandboxLimits
from grader.sandbox.start import Child, Isolation
from grader.sandbox.supervise import Outcome
from tests.small_networks import small, small_program, subject


def asked(work: Path, program: bytes = b"a program") -> RebuiltSubmission:
    """The small network, with a program handed in beside it."""
    made = subject(small(), work, program=program)
    # Where bubblewrap is not here, the tests that start a child are skipped; the others fake it.
    made = dataclasses.replace(made, isolation=Isolation.BUBBLEWRAP)
    vars(made)["program"] = small_program()
    return made


def outcome(
    message: bytes = b"", returncode: int = 0, stopped: str | None = None, stderr: str = ""
) -> Outcome:
    """How a child ended."""
    return Outcome(
        message=message, stderr=stderr, returncode=returncode, stopped=stopped, seconds=1.0
    )


def refused(why: str) -> bytes:
    """The child's message when the runtime does not load the program."""
    return save({}, metadata={"refused": why})


def answer(monkeypatch: pytest.MonkeyPatch, how: Outcome) -> None:
    """Have the child end like this, where a real one could not be made to."""

    def run(child: Child, isolation: Isolation) -> Outcome:
        assert isolation.runs_programs
        assert child.program == "run_program"
        return how

    monkeypatch.setattr(submitted_pass, "run", run)


def convert(monkeypatch: pytest.MonkeyPatch, how: Outcome) -> None:
    """Have the child that converts programs end like this."""

    def run(child: Child, isolation: Isolation) -> Outcome:
        assert isolation.runs_programs
        assert child.program == "convert_program"
        return how

    monkeypatch.setattr(old_programs, "run", run)


def fault(subject: RebuiltSubmission) -> Fault:
    """The fault that the evaluator raises; it must have a help text."""
    with pytest.raises(Fault) as caught:
        measure_submitted(subject)
    assert caught.value.help
    return caught.value


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


def test_a_refusal_is_explained_by_the_runtimes_first_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Later messages on stderr only follow from the first."""
    stderr = "Loading.\n[program.cpp:9] No method named 'forward'.\n[method.cpp:99] Failed\n"
    answer(monkeypatch, outcome(refused("error: 0x12"), stderr=stderr))
    told = fault(asked(tmp_path, small_program())).reason
    assert "forward" in told
    assert "Failed" not in told


def test_a_program_of_another_time_is_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A too old or too new program is no fault of the network."""
    answer(monkeypatch, outcome(refused("error: 0x23")))
    with pytest.raises(Skip, match="ExecuTorch"):
        measure_submitted(asked(tmp_path, b"\x1c\0\0\0ET11"))


def test_a_refusal_without_words_is_explained_by_the_childs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the runtime logs nothing, the exception's text is used."""
    answer(monkeypatch, outcome(refused("The runtime refused the program: std::bad_alloc")))
    told = fault(asked(tmp_path, small_program())).reason
    assert "memory" in told
    assert "std::bad_alloc" in told


def test_what_the_runtime_says_is_short_and_printable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The student chooses an operator's name: its escape sequences do not reach a terminal."""
    stderr = f"[method.cpp:1] kernel '\x1b[31m{'a' * 9_000}"
    answer(monkeypatch, outcome(refused("error: 0x14"), stderr=stderr))
    told = fault(asked(tmp_path, small_program())).reason
    assert told.isprintable()
    assert "kernel '?[31maaa" in told
    assert len(told) < 300


@pytest.mark.parametrize(
    "how",
    [
        Outcome(
            message=b"", stderr="", returncode=-9, stopped="did not end", seconds=1.0, overdue=True
        ),
        Outcome(message=b"", stderr="", returncode=128 + 9, stopped=None, seconds=1.0),
    ],
)
def test_a_program_that_is_cut_short_is_no_fault_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: Outcome
) -> None:
    """A busy machine, or one without memory, is no fault of the program: an ERROR, not a zero."""
    answer(monkeypatch, how)
    with pytest.raises(HarnessError, match=r"interrupted: it (did not end|crashed \(SIGKILL\))"):
        measure_submitted(asked(tmp_path))


def test_a_child_of_ours_that_breaks_is_no_fault_of_the_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The child replies for any program, so its own exit code is an ERROR, not a zero."""
    answer(monkeypatch, outcome(returncode=1, stderr="ImportError: cannot import name 'runtime'"))
    with pytest.raises(HarnessError, match="ended with exit code 1: ImportError"):
        measure_submitted(asked(tmp_path))


def test_the_labs_processor_time_is_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An endless loop reaches the limit of processor time long before that of wall time."""
    given: list[SandboxLimits] = []

    def run(child: Child, isolation: Isolation) -> Outcome:
        assert isolation.runs_programs
        given.append(child.limits)
        return outcome(returncode=-signal.SIGSEGV)

    monkeypatch.setattr(submitted_pass, "run", run)
    made = asked(tmp_path)
    fault(made)
    assert given[0].cpu_seconds == made.lab.limits.program_seconds
    assert given[0].wall_seconds > given[0].cpu_seconds + 30


@pytest.mark.parametrize(
    ("how", "story"),
    [
        (outcome(returncode=-signal.SIGSEGV), "crashed (SIGSEGV)"),
        (outcome(returncode=128 + signal.SIGABRT), "crashed (SIGABRT)"),
        (outcome(returncode=128 + signal.SIGXCPU), "used more processor time than it may"),
        (outcome(stopped="left a process behind"), "left a process behind"),
    ],
)
def test_a_program_that_breaks_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: Outcome, story: str
) -> None:
    """A crash ends only the child, and the reason says how it ended."""
    answer(monkeypatch, how)
    assert story in fault(asked(tmp_path)).reason


def test_a_crash_is_told_with_the_runtimes_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The runtime's assertion says more than the signal."""
    stderr = "[evalue.h:348] assert failed: EValue is not a Tensor.\n"
    answer(monkeypatch, outcome(returncode=-signal.SIGABRT, stderr=stderr))
    told = fault(asked(tmp_path)).reason
    assert "(SIGABRT)" in told
    assert "EValue is not a Tensor" in told


def test_a_program_for_other_images_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reason quotes the runtime; the expected shape is given."""
    failure = "method->set_inputs() for method 'forward' failed with error 0x10"
    stderr = "[tensor_impl.cpp:135] Expected shape (1, 3, 32, 32), but received (1, 3, 224, 224).\n"
    answer(monkeypatch, outcome(save({}, metadata={"fails": failure}), stderr=stderr))
    raised = fault(asked(tmp_path))
    assert "Expected shape (1, 3, 32, 32), but" in raised.reason
    assert "(1, 3, 224, 224)" in str(raised.expected)


def test_a_program_that_fails_on_an_image_is_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a message of the runtime the reason has the exception's text.

    The program has today's form, so that it is not the form that fails.
    """
    failed = save({}, metadata={"fails": "method->execute() failed with error 0x23"})
    answer(monkeypatch, outcome(failed))
    convert(monkeypatch, outcome(save({}, metadata={"current": ""})))
    assert "method->execute() failed with error 0x23" in fault(asked(tmp_path)).reason


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_answers_that_are_not_finite_are_a_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bad: float
) -> None:
    """One number that is not finite is enough, at any position."""
    logits = np.zeros((64, 10), np.float32)
    logits[63, 9] = bad
    answer(monkeypatch, outcome(save({"logits": logits})))
    raised = fault(asked(tmp_path))
    assert "NaN" in raised.reason
    assert "1 of 64 images" in str(raised.actual)


@pytest.mark.parametrize(
    ("logits", "notes", "actual"),
    [
        (np.zeros((64, 5), np.float32), {}, "something else"),
        (np.zeros((63, 10), np.float32), {}, "something else"),
        (np.zeros((64, 10), np.float64), {}, "something else"),
        (None, {"answers": "float32 of shape (1, 5)"}, "float32 of shape (1, 5)"),
    ],
)
def test_a_program_that_is_no_classifier_is_a_fault(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    logits: "np.ndarray[tuple[int, int], np.dtype[np.floating]] | None",
    notes: Mapping[str, str],
    actual: str,
) -> None:
    """Other classes, missing images or another dtype: the expected shape is given."""
    tensors = {} if logits is None else {"logits": logits}
    answer(monkeypatch, outcome(save(tensors, metadata=dict(notes))))
    raised = fault(asked(tmp_path))
    assert "logits" in raised.reason
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
    with pytest.raises((HarnessError, Fault), match=r"sandbox|logits"):
        measure_submitted(asked(tmp_path))


def test_the_labels_stay_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The child is given the program and the bare pixels, and nothing else."""
    given: list[Child] = []

    def run(child: Child, isolation: Isolation) -> Outcome:
        assert isolation.runs_programs
        given.append(child)
        return outcome(returncode=-signal.SIGSEGV)

    monkeypatch.setattr(submitted_pass, "run", run)
    made = asked(tmp_path)
    fault(made)
    program, pixels = given[0].inputs
    assert program.read_bytes() == b"a program"
    assert pixels.read_bytes() == made.images.pixels.tobytes()
    assert given[0].settings == {"dataset": "cifar10", "classes": 10, "threads": 1}
