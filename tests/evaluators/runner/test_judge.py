from dataclasses import replace

import pytest

from grader.errors import Fault, HarnessError
from grader.evaluators.runner.executable import Executable
from grader.evaluators.runner.judge import FinishedRunner, OurAccuracies, judge
from grader.labs.kinds import network_lab
from grader.sandbox.supervise import Outcome

SPEC = network_lab("prune-mobilenet-2024-original").runner
OURS = OurAccuracies(checkpoint=0.9, program=0.9, total=1_000, sample=True)
SCRIPT = Executable(interpreter="/usr/bin/env python3")


def ran(
    printed: str, stderr: str = "", returncode: int = 0, refusal: str | None = None
) -> FinishedRunner:
    """A runner that printed this and ended so, after two seconds."""
    outcome = Outcome(
        message=printed.encode(), stderr=stderr, returncode=returncode, stopped=None, seconds=2.0
    )
    return FinishedRunner(name="runner", executable=SCRIPT, outcome=outcome, refusal=refusal)


GOOD = "Done testing: 1000/1000\nAccuracy: 0.9000\n"


def test_an_accuracy_that_is_ours_needs_no_look() -> None:
    """With the images a second and what was printed as evidence."""
    assert SPEC is not None
    found = judge(ran(GOOD), OURS, SPEC)
    assert (found.value, found.review) == (0.9, None)
    assert found.evidence["images_per_second"] == 500
    assert found.evidence["printed"] == "0.9000"
    assert found.evidence["last_output"] == GOOD.strip()


@pytest.mark.parametrize(
    ("printed", "ours", "doubt"),
    [
        (GOOD, replace(OURS, checkpoint=0.7), "PyTorch"),
        (GOOD, replace(OURS, program=0.7), "ExecuTorch"),
        ("Accuracy: 0.9", OURS, "no progress"),
        ("Done testing: 10/1000\nAccuracy: 0.9", OURS, "10 images of 1000"),
        (f"Accuracy: 0.2\n{GOOD}", OURS, "2 different"),
    ],
)
def test_what_a_person_should_look_at(printed: str, ours: OurAccuracies, doubt: str) -> None:
    """A runner scores itself: the number counts, and the doubt is told."""
    assert SPEC is not None
    found = judge(ran(printed), ours, SPEC)
    assert found.value == 0.9
    assert doubt in (found.review or "")


@pytest.mark.parametrize(
    ("images", "looked_at"), [(9_010, False), (9_011, True), (8_990, False), (8_951, False)]
)
def test_more_than_ten_images_more_are_looked_at(images: int, looked_at: bool) -> None:
    """Within the tolerance too; fewer images than ours earn nothing."""
    assert SPEC is not None
    assert SPEC.tolerance == 0.005
    ours = replace(OURS, total=10_000, sample=False)
    printed = f"Done testing: 10000/10000\nAccuracy: {images / 10_000:.4f}\n"
    found = judge(ran(printed), ours, SPEC)
    assert found.value == images / 10_000
    assert (found.review is not None) == looked_at


def test_a_program_that_could_not_be_run_is_not_compared() -> None:
    """Nothing of ours says anything of it."""
    assert SPEC is not None
    assert judge(ran(GOOD), replace(OURS, program=None), SPEC).review is None


def test_an_accuracy_by_the_programs_logger_counts() -> None:
    """ExecuTorch's own runner writes to stderr."""
    assert SPEC is not None
    assert judge(ran("", stderr=f"I 00:00:01 executorch:main.cpp] {GOOD}"), OURS, SPEC).value == 0.9


@pytest.mark.parametrize(
    ("run", "reason"),
    [
        (ran("Nothing of note"), "printed no accuracy"),
        (ran("Accuracy: 90.0"), "a percentage"),
        (ran("Accuracy: many"), "accuracy"),
        (ran("", returncode=3), "exit code 3"),
        (ran("", returncode=-11), "SIGSEGV"),
        (ran("", returncode=1, refusal="ENOENT"), "/usr/bin/env python3"),
        (ran("", returncode=1, refusal="ENOEXEC"), "is damaged"),
        (
            ran("", "r: error while loading shared libraries: libx.so: cannot open", 127),
            "libx.so",
        ),
        (ran("", "r: version `GLIBC_2.99' not found", 1), "GLIBC_2.99"),
        (ran("", "qemu-aarch64: Could not open '/lib/ld-linux.so.1'", 255), "/lib/ld-linux.so.1"),
    ],
)
def test_a_runner_that_fails_is_told_why(run: FinishedRunner, reason: str) -> None:
    """With help, and the end of what it said as evidence."""
    assert SPEC is not None
    with pytest.raises(Fault) as fault:
        judge(run, OURS, SPEC)
    assert reason in fault.value.reason
    assert fault.value.help
    assert {"last_output", "last_errors", "ended"} <= fault.value.evidence.keys()


@pytest.mark.parametrize(
    "run",
    [
        ran(GOOD, returncode=-9),
        ran("", returncode=1, refusal="ENOMEM"),
        replace(ran(GOOD), outcome=replace(ran(GOOD).outcome, overdue=True)),
    ],
)
def test_what_this_machine_may_have_done_is_no_fault(run: FinishedRunner) -> None:
    """No memory, or no time: it is graded again."""
    assert SPEC is not None
    with pytest.raises(HarnessError, match="runner"):
        judge(run, OURS, SPEC)
