import dataclasses
import signal
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save

from grader.errors import Fault, HarnessError, Skip
from grader.evaluators import old_programs
from grader.evaluators.executorch import measure_submitted
from grader.evaluators.old_programs import converted
from grader.evaluators.rebuilt import RebuiltSubmission
from grader.sandbox.start import Child, Isolation
from grader.sandbox.supervise import Outcome
from grader.types import Role, SubmittedFile
from tests.evaluators.test_submitted_pass import asked, convert, outcome
from tests.old_programs import old_program
from tests.sandbox.tiers import needs_bubblewrap

OLD = Skip("It has the form of 2024.")
DAMAGED = Fault("It fails while it runs.", help="Export it again.")


def handed_in(made: RebuiltSubmission) -> SubmittedFile:
    """The `.pte`."""
    program = made.submission.file(Role.PROGRAM)
    assert program is not None
    return program


def ending(
    folder: Path, monkeypatch: pytest.MonkeyPatch, how: Outcome, first: Fault | Skip = OLD
) -> Path:
    """What becomes of a conversion that ends so."""
    convert(monkeypatch, how)
    made = asked(folder)
    return converted(handed_in(made), first, made)


@needs_bubblewrap
@pytest.mark.slow
@pytest.mark.system
def test_an_old_program_is_measured_and_the_evidence_says_so(tmp_path: Path) -> None:
    """It agrees with its network on every image; no file of the conversion is left."""
    made = asked(tmp_path, old_program())
    found = measure_submitted(made)
    assert (found.evidence["agreement"], found.evidence["total"]) == (1, 64)
    assert found.evidence["converted_from"] == handed_in(made).sha256
    assert not (tmp_path / "converted.pte").exists()
    assert handed_in(made).path.read_bytes() == old_program()


@pytest.mark.slow
@pytest.mark.system
def test_without_bubblewrap_the_conversion_is_the_same(tmp_path: Path) -> None:
    """A process with limits starts flatc too."""
    made = dataclasses.replace(asked(tmp_path, old_program()), isolation=Isolation.UNSANDBOXED)
    path = converted(handed_in(made), OLD, made)
    assert path.read_bytes()[8:12] == b"eh00"


def test_the_converted_bytes_are_written_for_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside the hand-in's own files, in its scratch folder."""
    message = save({"program": np.frombuffer(b"today's", np.uint8)})
    path = ending(tmp_path, monkeypatch, outcome(message))
    assert (path.parent, path.read_bytes()) == (tmp_path, b"today's")


@pytest.mark.parametrize(
    ("how", "why"),
    [
        (
            outcome(save({}, metadata={"unconvertible": "it is \x1b[1mdamaged"})),
            "it is ?[1mdamaged",
        ),
        (outcome(stopped="used more processor time than it may"), "processor time"),
        (outcome(returncode=-signal.SIGSEGV), "SIGSEGV"),
        (outcome(stopped="answered with more than 9 bytes"), "9 bytes"),
    ],
)
def test_what_cannot_be_converted_is_skipped_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: Outcome, why: str
) -> None:
    """No zero: the program may have been right when it was handed in."""
    with pytest.raises(Skip) as caught:
        ending(tmp_path, monkeypatch, how)
    assert why in caught.value.reason
    assert caught.value.reason.isprintable()
    assert caught.value.help


@pytest.mark.parametrize("notes", [{"current": ""}, {"unconvertible": "it is damaged"}])
def test_a_program_that_is_not_old_keeps_its_own_verdict(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, notes: dict[str, str]
) -> None:
    """It fails as it is, and its form is not the cause."""
    with pytest.raises(Fault) as caught:
        ending(tmp_path, monkeypatch, outcome(save({}, metadata=notes)), DAMAGED)
    assert caught.value is DAMAGED


@pytest.mark.parametrize(
    "how",
    [
        dataclasses.replace(outcome(returncode=-9, stopped="did not end"), overdue=True),
        outcome(returncode=128 + signal.SIGKILL),
        outcome(returncode=1, stderr="ImportError: no module"),
        outcome(save({"program": np.zeros((2, 2), np.float32)})),
        outcome(b"garbage"),
    ],
)
def test_a_conversion_that_the_machine_ends_is_ours_to_look_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: Outcome
) -> None:
    """A busy machine, and a child that breaks, are no verdict on the program."""
    with pytest.raises(HarnessError):
        ending(tmp_path, monkeypatch, how)


def test_the_limits_allow_for_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file of the weights as JSON is twelve times as long; time is the lab's at most."""
    given = []

    def run(child: Child, _isolation: object) -> Outcome:
        given.append((child.settings, child.limits))
        return outcome(save({}, metadata={"current": ""}))

    monkeypatch.setattr(old_programs, "run", run)
    made = asked(tmp_path)
    with pytest.raises(Skip):
        converted(handed_in(made), OLD, made)
    ((settings, limits),) = given
    assert settings == {"inline": True}
    assert limits.file_bytes > 12 * 20_000_000
    assert limits.cpu_seconds <= made.lab.limits.program_seconds
    assert limits.wall_seconds > limits.cpu_seconds + 30
