"""One hand-in on this machine as a device; test_class_on_devices has a class on SSH devices."""

import dataclasses
import hashlib
import os
import platform
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from grader.datasets.cifar10 import CIFAR10
from grader.datasets.dataset import TestSet
from grader.devices.pool import DeviceSpec
from grader.devices.reach import connect
from grader.errors import HarnessError
from grader.evaluators.runner import on_device as device_runner
from grader.evidence.ids import DEVICE_LATENCY, RUNNER
from grader.fleet.device_run import DeviceRun, our_accuracies
from grader.fleet.fleet import Compromised, Declined
from grader.fleet.pending import REQUIRED, Task, with_result
from grader.intake import fingerprint
from grader.labs.kinds import network_lab
from grader.sandbox.start import Isolation
from grader.types import Event, Json, Measured, Measurement, Role, Status, SubmittedFile
from tests.evaluators.runner.test_executable import elf
from tests.fake_stages import NOTHING, conditions, ignore

LAB = network_lab("prune-mobilenet-2024-original")
ON_PI: dict[str, Json] = {"device": "pi4"}


def measured(*measurements: Measurement, roles: tuple[Role, ...] = ()) -> Measured:
    """Return a hand-in with files of these roles and these measurements."""
    files = tuple(
        SubmittedFile(role=role, name=role, path=Path(role), size=1, sha256="") for role in roles
    )
    submission = dataclasses.replace(NOTHING.submission, files=files)
    return dataclasses.replace(NOTHING, submission=submission, measurements=measurements)


def found(id: str, status: Status, evidence: dict[str, Json] | None = None) -> Measurement:
    """A measurement."""
    return Measurement(id=id, status=status, reason="Because.", evidence=evidence or {})


EXPORTED = found(REQUIRED, Status.PASSED)
ALL_FOUR = (Role.CHECKPOINT, Role.PROGRAM, Role.RUNNER, Role.NOTEBOOK)


def test_ours_are_the_accuracies_measured_here() -> None:
    """Of a program that is not the checkpoint's network, too: the runner ran that one."""
    counted: dict[str, Json] = {"correct": 30, "total": 40}
    checkpoint = found("accuracy.pytorch", Status.PASSED, {"correct": 36, "total": 40})
    sample = TestSet(path=Path("images"), sha256="", images=40, is_sample=True)
    another = found("accuracy.program", Status.FAILED, counted)
    ours = our_accuracies(measured(checkpoint, another), sample)
    assert (ours.checkpoint, ours.program, ours.total, ours.sample) == (0.9, 0.75, 40, True)
    too_old = found("accuracy.program", Status.SKIPPED)
    assert our_accuracies(measured(checkpoint, too_old), sample).program is None


IMAGES = 5
TIMED = Measurement(id=DEVICE_LATENCY, status=Status.PASSED, value=2.0, evidence=ON_PI)
NEEDS_A_DEVICE = found(RUNNER, Status.SKIPPED)
OURS = found("accuracy.pytorch", Status.PASSED, {"correct": 5, "total": IMAGES})
FOREIGN = elf(62 if platform.machine() == "aarch64" else 183)


def script(*lines: str) -> bytes:
    """A runner for any machine with a shell."""
    return "\n".join(["#!/bin/sh", *lines, ""]).encode()


def handed_in(folder: Path, content: bytes) -> Measured:
    """A hand-in of four files, timed already, whose runner only a device could run."""
    zip_ = folder / "B1.zip"
    with zipfile.ZipFile(zip_, "w") as archive:
        for place in ("model/mobilenet.pth", "model/mobilenet.pte", "B1.ipynb"):
            archive.writestr(place, b"{}")
        archive.writestr("xnn_executor_runner", content)
    known = measured(EXPORTED, OURS, NEEDS_A_DEVICE, TIMED, roles=ALL_FOUR)
    submission = dataclasses.replace(
        known.submission, id="B1", source=zip_, sha256=fingerprint(zip_, LAB)
    )
    return dataclasses.replace(known, submission=submission)


def run_on_device(
    folder: Path,
    known: Measured,
    *,
    seconds: int = 20,
    isolation: Isolation = Isolation.UNSANDBOXED,
    environment: dict[str, str] | None = None,
    tell: Callable[[Event], None] = ignore,
) -> Measured:
    """Return the hand-in after a run on this machine as a device."""
    content = CIFAR10.sample_path().read_bytes()[: IMAGES * CIFAR10.record]
    (folder / "images").write_bytes(content)
    data = TestSet(
        path=folder / "images",
        sha256=hashlib.sha256(content).hexdigest(),
        images=IMAGES,
        is_sample=True,
    )
    limits = LAB.limits.model_copy(update={"runner_seconds": seconds})
    lab = LAB.model_copy(update={"limits": limits})
    under = dataclasses.replace(
        conditions(folder / "work"), lab=lab, data=data, isolation=isolation
    )
    (folder / "home").mkdir(exist_ok=True)
    spec = DeviceSpec(name="pi4", environment={"HOME": str(folder / "home"), **(environment or {})})
    with connect(spec) as connection:
        said = DeviceRun(conditions=under)(connection, Task(measured=known, id=RUNNER), tell)
    hand_ins = folder / "home" / ".cache" / "edge-lab-grader" / "hand-ins"
    assert not hand_ins.exists() or not list(hand_ins.iterdir())
    assert not list((folder / "work").iterdir())
    return known if said is None else with_result(known, said)


@pytest.mark.system
def test_a_runner_is_judged_by_what_it_prints_on_the_device(tmp_path: Path) -> None:
    """Beside what this machine measured; nothing else of what is known changes."""
    lines = ("echo Done testing: 5/5", "echo Accuracy: 1.0")
    known = handed_in(tmp_path, script(*lines))
    after = run_on_device(tmp_path, known)
    assert [each.id for each in after.measurements] == [each.id for each in known.measurements]
    (ran,) = [each for each in after.measurements if each not in known.measurements]
    assert (ran.id, ran.status, ran.value, ran.review) == (RUNNER, Status.PASSED, 1.0, None)
    assert ran.evidence["device"] == "pi4"
    assert "processor-time" in str(ran.evidence["isolation"])
    assert ran.evidence["ours_checkpoint"] == 1.0
    looks = ran.evidence["health"]
    assert isinstance(looks, list)
    assert len(looks) == 2
    assert after.submission == known.submission


@pytest.mark.system
@pytest.mark.parametrize(
    ("content", "status", "says"),
    [
        (script("echo Accuracy: 0.5"), Status.PASSED, "1.0000"),
        (script("echo hello"), Status.FAILED, "accuracy"),
        (script("exit 3"), Status.FAILED, "exit code 3"),
        (script("exit 124"), Status.FAILED, "exit code 124"),
        (script("while :; do :; done"), Status.FAILED, "time"),
        (script("sleep 60"), Status.ERROR, "2 s"),
        (script("kill -KILL $$"), Status.ERROR, "SIGKILL"),
        (b"#!/no/such/shell\n", Status.FAILED, "/no/such/shell"),
        (b"#!/usr/bin/env no-such\n", Status.FAILED, "no-such"),
    ],
)
def test_a_bad_runner_gets_its_verdict_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, status: Status, says: str
) -> None:
    """The messages are those of this machine; the evidence names the device."""
    monkeypatch.setattr(device_runner, "SPARE_SECONDS", 0 if b"sleep" in content else 30)
    after = run_on_device(tmp_path, handed_in(tmp_path, content), seconds=1)
    ran = next(each for each in after.measurements if each.id == RUNNER)
    assert (ran.status, ran.evidence["device"]) == (status, "pi4")
    assert says in (ran.review or ran.reason or "")


@pytest.mark.system
def test_what_is_no_program_was_said_already(tmp_path: Path) -> None:
    """Nothing is asked of the device, and what is known stays."""
    known = handed_in(tmp_path, b"hello")
    assert run_on_device(tmp_path, known) == known


@pytest.mark.system
def test_a_device_of_another_processor_leaves_a_runner_to_others(tmp_path: Path) -> None:
    """It still needs its device."""
    with pytest.raises(Declined):
        run_on_device(tmp_path, handed_in(tmp_path, FOREIGN))


@pytest.mark.system
@pytest.mark.parametrize("isolation", [Isolation.BUBBLEWRAP, Isolation.PROCESS])
def test_this_machine_as_a_device_runs_nothing_outside_the_sandbox(
    tmp_path: Path, isolation: Isolation
) -> None:
    """A device that has walls of its own is to do it, unless the user accepts the risk."""
    known = handed_in(tmp_path, script(f"touch {tmp_path}/was-here", "echo Accuracy: 1.0"))
    with pytest.raises(Declined):
        run_on_device(tmp_path, known, isolation=isolation)
    assert not (tmp_path / "was-here").exists()


@pytest.mark.system
def test_a_hand_in_that_changed_is_not_taken_to_a_device(tmp_path: Path) -> None:
    """What runs there is what was measured here."""
    known = handed_in(tmp_path, script("echo Accuracy: 1.0"))
    handed_in(tmp_path, script("echo Accuracy: 0.9"))
    with pytest.raises(HarnessError, match="changed"):
        run_on_device(tmp_path, known)


@pytest.mark.system
def test_a_runner_that_never_ends_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first timeout is an ERROR, the second FAILED."""
    monkeypatch.setattr(device_runner, "SPARE_SECONDS", 0)
    known = handed_in(tmp_path, script("echo begun", "sleep 60"))
    first = run_on_device(tmp_path, known, seconds=1)
    second = run_on_device(tmp_path, first, seconds=1)
    ran = [
        next(each for each in after.measurements if each.id == RUNNER) for after in (first, second)
    ]
    assert [each.status for each in ran] == [Status.ERROR, Status.FAILED]
    assert [each.evidence["overdue"] for each in ran] == [1, 2]
    assert "2 s" in str(ran[1].reason)
    assert ran[1].evidence["last_output"] == "begun"


@pytest.mark.system
def test_progress_is_told_a_few_times_a_second(tmp_path: Path) -> None:
    """However many lines of it a runner prints; that all is done is told at once."""
    lines = ("yes Done testing: 1/5 | head -n 200000", "echo Done testing: 5/5")
    told: list[Event] = []
    run_on_device(
        tmp_path, handed_in(tmp_path, script(*lines, "echo Accuracy: 1.0")), tell=told.append
    )
    assert len(told) < 200
    assert (told[-1].done, told[-1].of) == (5, 5)


@pytest.mark.system
def test_a_runner_that_writes_to_the_devices_home_is_noticed(tmp_path: Path) -> None:
    """Its number stands and a person looks; the device is used no further."""
    home, tools = tmp_path / "home", tmp_path / "tools"
    tools.mkdir()
    (tools / "unshare").write_text("#!/bin/sh\nexit 1\n")
    (tools / "unshare").chmod(0o755)
    lines = (f"mv $PWD {home}/kept", "echo Done testing: 5/5", "echo Accuracy: 1.0")
    path = {"PATH": f"{tools}:{os.environ['PATH']}"}
    with pytest.raises(Compromised, match=f"B1.*{home}/kept") as caught:
        run_on_device(tmp_path, handed_in(tmp_path, script(*lines)), environment=path)
    ran = caught.value.result
    assert isinstance(ran, Measurement)
    assert (ran.status, ran.value) == (Status.PASSED, 1.0)
    assert f"{home}/kept" in str(ran.review)
