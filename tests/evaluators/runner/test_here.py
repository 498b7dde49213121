"""Runners that are harmless scripts, so that they run without isolation too."""

import dataclasses
import functools
from pathlib import Path

import numpy as np
import pytest

from grader.datasets.cifar10 import CIFAR10
from grader.errors import Fault, HarnessError, Skip
from grader.evaluators.rebuilt import RebuiltSubmission
from grader.evaluators.runner import here as runner
from grader.evaluators.runner.here import measure_runner
from grader.evaluators.submitted_pass import SubmittedPass
from grader.inference.exact import Decided, decide_eagerly
from grader.sandbox.start import Isolation
from grader.types import Finding, Role
from tests.evaluators.runner.test_executable import elf
from tests.sandbox.tiers import needs_rlimits
from tests.small_networks import PREPROCESSING, handed_in, sample_pixels, small, subject

IMAGES = 20
FOREIGN = elf(243)  # no wheel of torch is for RISC-V

pytestmark = needs_rlimits


@functools.cache
def decided() -> Decided:
    """PyTorch's answers, which do not depend on the runner."""
    return decide_eagerly(small(), sample_pixels(IMAGES), PREPROCESSING)


def asked(work: Path, content: bytes, program: bytes = b"a program") -> RebuiltSubmission:
    """The small network, with a runner that may run, and a `.pte` that nothing of ours can."""
    made = subject(small(), work, images=IMAGES, program=program)
    (work / "runner").write_bytes(content)
    file = handed_in(Role.RUNNER, "xnn_executor_runner", work / "runner")
    files = (*made.submission.files, file)
    made = dataclasses.replace(
        made,
        isolation=Isolation.UNSANDBOXED,
        submission=dataclasses.replace(made.submission, files=files),
    )
    vars(made)["decided"] = decided()
    vars(made)["submitted"] = SubmittedPass(
        failure=Fault("It does not load.", help="Export it again.")
    )
    return made


def ours(made: RebuiltSubmission) -> float:
    """PyTorch's accuracy."""
    return float((made.decided.classes == made.images.labels).mean())


def shell(*lines: str) -> bytes:
    """A script of these commands."""
    return "\n".join(["#!/bin/sh", *lines, ""]).encode()


def printing(*lines: str) -> bytes:
    """A script that prints these lines."""
    return shell(*(f"echo '{line}'" for line in lines))


def fault(made: RebuiltSubmission) -> Fault:
    """What the evaluator holds against the runner, with something to do about it."""
    with pytest.raises(Fault) as caught:
        measure_runner(made)
    assert caught.value.help
    return caught.value


def passed(folder: Path, *lines: str) -> Finding:
    """What is found of a runner that prints these lines."""
    return measure_runner(asked(folder, printing(*lines)))


def test_no_runner_is_skipped(tmp_path: Path) -> None:
    """Two files are enough: there is nothing to fault."""
    with pytest.raises(Skip, match="runner"):
        measure_runner(subject(small(), tmp_path))


def test_a_runner_for_a_device_is_skipped_and_never_a_zero(tmp_path: Path) -> None:
    """What the lab asks for runs on a Pi; without one, the reason says what it is built for."""
    with pytest.raises(Skip, match="riscv64") as caught:
        measure_runner(asked(tmp_path, FOREIGN))
    assert caught.value.help


def test_without_isolation_a_runner_is_skipped_with_how_to_get_it(tmp_path: Path) -> None:
    """The reason says that isolation is needed, the help how to install it."""
    made = dataclasses.replace(asked(tmp_path, printing()), isolation=Isolation.PROCESS)
    with pytest.raises(Skip, match="isolation") as caught:
        measure_runner(made)
    assert caught.value.help
    assert "apt install bubblewrap" in caught.value.help


def test_without_a_program_there_is_nothing_to_run(tmp_path: Path) -> None:
    """A runner alone measures nothing."""
    with pytest.raises(Skip, match=r"\.pte"):
        measure_runner(asked(tmp_path, printing(), program=b""))


def test_what_is_no_program_is_a_fault_before_isolation_is_asked_for(tmp_path: Path) -> None:
    """A text file is none on any machine."""
    made = dataclasses.replace(asked(tmp_path, b"hello"), isolation=Isolation.PROCESS)
    assert fault(made).actual == "text"


@pytest.mark.system
def test_a_runner_that_agrees_is_believed(tmp_path: Path) -> None:
    """Its accuracy is the value, and the evidence says what it rests on."""
    made = asked(tmp_path, b"")
    lines = (f"Done testing: {IMAGES}/{IMAGES}", f"Accuracy: {ours(made)}")
    made.submission.files[-1].path.write_bytes(printing(*lines))
    found = measure_runner(made)
    assert (found.value, found.unit, found.review) == (ours(made), "", None)
    evidence = dict(found.evidence)
    seconds = evidence.pop("run_seconds")
    ended = evidence["ended"]
    assert isinstance(seconds, float)
    assert "exit code 0" in str(ended)
    assert evidence == {
        "ended": ended,
        "last_output": "\n".join(lines),
        "last_errors": "",
        "printed": str(ours(made)),
        "different": 1,
        "looked_at": IMAGES,
        "total": IMAGES,
        "sample": True,
        "ours_checkpoint": ours(made),
        "ours_program": None,
        "images_per_second": IMAGES / seconds,
    }


@pytest.mark.system
def test_a_runner_gets_the_labs_files_and_leaves_none(tmp_path: Path) -> None:
    """The images with their labels, as the lab has them, and a folder that is gone afterwards."""
    made = asked(tmp_path, shell("pwd", "touch left", "echo Accuracy: 0"))
    found = measure_runner(made)
    records = CIFAR10.sample_path().read_bytes()[: IMAGES * CIFAR10.record]
    assert (made.work / "data.bin").read_bytes() == records
    folder = str(found.evidence["last_output"]).splitlines()[0]
    assert not Path(folder).exists()


@pytest.mark.system
@pytest.mark.parametrize(
    ("lines", "review"),
    [
        (["Done testing: 20/20", "Accuracy: 1"], "1.0000"),
        (["Accuracy: 1"], "no progress"),
        (["Done testing: 10/20", "Accuracy: 1"], "10 images"),
        (["Accuracy: 1", "Accuracy: 0.5"], "2 different"),
    ],
)
def test_what_a_person_should_look_at(tmp_path: Path, lines: list[str], review: str) -> None:
    """A runner prints what it likes: the number is taken, and doubted."""
    found = passed(tmp_path, *lines)
    assert found.value == float(lines[-1].removeprefix("Accuracy: "))
    assert found.review
    assert review in found.review


@pytest.mark.system
@pytest.mark.parametrize(("right", "review"), [(True, False), (False, True)])
def test_the_program_it_ran_stands_beside_it(tmp_path: Path, right: bool, review: bool) -> None:
    """ExecuTorch's accuracy of the same `.pte`, here, and a difference is to be looked at."""
    made = asked(tmp_path, b"")
    answers = np.eye(10, dtype=np.float32)[made.decided.classes]
    answers = answers if right else np.roll(answers, 1, axis=1)
    vars(made)["submitted"] = SubmittedPass(answers=answers)
    lines = (f"Done testing: {IMAGES}/{IMAGES}", f"Accuracy: {ours(made)}")
    made.submission.files[-1].path.write_bytes(printing(*lines))
    found = measure_runner(made)
    theirs = float((answers.argmax(axis=1) == made.images.labels).mean())
    assert found.evidence["ours_program"] == theirs
    assert ("ExecuTorch" in (found.review or "")) is review


@pytest.mark.system
@pytest.mark.parametrize("off", [0.9, 1.1])
def test_a_difference_is_tolerated_up_to_the_labs_limit(tmp_path: Path, off: float) -> None:
    """Every student's resize is another: the lab says how much of it is nobody's concern."""
    made = asked(tmp_path, b"")
    spec = made.lab.runner
    assert spec
    printed = ours(made) + off * spec.tolerance
    lines = (f"Done testing: {IMAGES}/{IMAGES}", f"Accuracy: {printed}")
    made.submission.files[-1].path.write_bytes(printing(*lines))
    assert (measure_runner(made).review is not None) is (off > 1)


@pytest.mark.system
def test_an_accuracy_in_the_log_counts(tmp_path: Path) -> None:
    """ExecuTorch's logger writes to stderr, and writing there is no failure."""
    found = measure_runner(asked(tmp_path, shell("echo 'I 1] Accuracy: 0.5' >&2")))
    assert found.value == 0.5
    assert found.evidence["last_errors"] == "I 1] Accuracy: 0.5"


@pytest.mark.system
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (printing("all done"), "no accuracy"),
        (printing("Accuracy: 92.34"), "percentage"),
        (printing("Accuracy: nan"), "fraction"),
        (shell("echo Accuracy: 0.5", "exit 3"), "exit code 3"),
        (shell("kill -s ABRT $$"), "SIGABRT"),
        (b"#!/no/such/shell\n", "/no/such/shell"),
        (b"#!/no/such/\x1b[31mshell\n", "/no/such/?[31mshell"),
        (b"#!/usr/bin/env no-such\n", "no-such"),
        (
            shell(
                "echo ./r: error while loading shared libraries: libgone.so.1: cannot open >&2",
                "exit 127",
            ),
            "libgone.so.1",
        ),
        (
            shell('echo "./r: /lib/libc.so.6: version \\`GLIBC_9.9\' not found" >&2', "exit 1"),
            "GLIBC_9.9",
        ),
        (b"#!\n", "damaged"),
    ],
)
def test_a_runner_that_fails_is_a_fault(tmp_path: Path, content: bytes, reason: str) -> None:
    """The reason says why, and how it ended and what it printed last are kept."""
    raised = fault(asked(tmp_path, content))
    assert reason in raised.reason
    assert {"ended", "last_output", "last_errors"} <= raised.evidence.keys()


@pytest.mark.system
@pytest.mark.parametrize(
    ("content", "story"),
    [
        (shell("exec sleep 60"), "2 s"),
        (shell("kill -s KILL $$"), "SIGKILL"),
        (shell("echo run_binary: EACCES >&2", "exit 126"), "EACCES"),
    ],
)
def test_what_the_machine_may_have_done_is_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, story: str
) -> None:
    """A machine asleep, out of memory or with a folder that runs no programs: never a zero."""
    monkeypatch.setattr(runner, "SPARE_SECONDS", 0)
    made = asked(tmp_path, content)
    limits = made.lab.limits.model_copy(update={"runner_seconds": 1})
    lab = made.lab.model_copy(update={"limits": limits})
    with pytest.raises(HarnessError, match=story):
        measure_runner(dataclasses.replace(made, lab=lab))


@pytest.mark.parametrize("unusable", ["ExecuTorch 1.5.0 is installed.", None])
def test_a_script_that_fails_where_a_package_is_missing_is_no_fault(
    unusable: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may need the package: it is skipped with its end as evidence. Elsewhere it failed."""
    monkeypatch.setattr(runner, "why_unusable", lambda: unusable)
    made = asked(tmp_path, shell("echo no module >&2", "exit 1"))
    if unusable is None:
        assert fault(made)
        return
    with pytest.raises(Skip, match="ExecuTorch 1") as caught:
        measure_runner(made)
    assert "no module" in str(caught.value.evidence["last_errors"])
    assert "pip install" in (caught.value.help or "")
    assert measure_runner(asked(tmp_path, printing("Accuracy: 0.5"))).value == 0.5
