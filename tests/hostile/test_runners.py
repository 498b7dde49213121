"""Every hostile runner in a real sandbox, through the evaluator; the cases are in `runners`."""

import dataclasses
import functools
import re
import socket
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import nn

from grader.errors import Fault, HarnessError, Skip
from grader.evaluators.rebuilt import RebuiltSubmission
from grader.evaluators.runner import here as runner
from grader.evaluators.runner.here import measure_runner
from grader.evaluators.submitted_pass import SubmittedPass
from grader.inference.exact import Decided, decide_eagerly
from grader.labs.kinds import network_lab
from grader.labs.network_lab import NetworkLab
from grader.types import Measurement, Role, Status
from tests.exported import export
from tests.hostile.processes import gone
from tests.hostile.runners import CASES, RunnerCase
from tests.places import ROOT
from tests.sandbox.tiers import needs_bubblewrap
from tests.small_networks import (
    INPUT_SHAPE,
    PREPROCESSING,
    Bare,
    handed_in,
    sample_pixels,
    small,
    subject,
)

IMAGES = 50
REFERENCE = ROOT / "reference" / "xnn_executor_runner"
# Where a runner might leave a file of its own.
SHARED = (*map(Path, ("/", "/tmp", "/var/tmp", "/dev/shm", "/usr/lib")), Path.home())  # noqa: S108

pytestmark = [pytest.mark.system, needs_bubblewrap]


@pytest.fixture(scope="module")
def listener() -> Iterator[socket.socket]:
    """Something on the host's loopback that a runner would love to talk to."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        yield server


@pytest.fixture
def outside(tmp_path: Path) -> Path:
    """A folder beside the hand-in's own, of a name that nothing else on this machine bears."""
    folder = tmp_path / f"outside-{uuid.uuid4().hex}"
    folder.mkdir()
    (folder / "other-student.txt").write_text("another student's answer")
    return folder


@functools.cache
def decided() -> Decided:
    """PyTorch's answers to the images, which do not depend on the runner."""
    return decide_eagerly(small(), sample_pixels(IMAGES), PREPROCESSING)


def asked(work: Path, content: bytes, lab: NetworkLab) -> RebuiltSubmission:
    """The small network, handed in with a runner and a `.pte` that none of the hostile ones run."""
    work.mkdir()
    made = subject(small(), work, images=IMAGES, program=b"a program")
    (work / "runner").write_bytes(content)
    file = handed_in(Role.RUNNER, "xnn_executor_runner", work / "runner")
    files = (*made.submission.files, file)
    with_runner = dataclasses.replace(
        made, lab=lab, submission=dataclasses.replace(made.submission, files=files)
    )
    vars(with_runner)["decided"] = decided()
    vars(with_runner)["submitted"] = SubmittedPass(failure=Skip("It is not run here."))
    return with_runner


def lab_for(case: RunnerCase, *arguments: str) -> NetworkLab:
    """The lab, which gives the case's processor time and tells the runner where to strike."""
    lab = network_lab()
    assert lab.runner
    limits = lab.limits.model_copy(update={"runner_seconds": case.seconds})
    start = lab.runner.model_copy(update={"arguments": (*lab.runner.arguments, *arguments)})
    return lab.model_copy(update={"limits": limits, "runner": start})


def verdict(made: RebuiltSubmission) -> Measurement:
    """Return the runner's measurement, as in the pipeline."""
    measured = functools.partial(Measurement, id="accuracy.runner")
    try:
        found = measure_runner(made)
    except Fault as fault:
        return measured(
            status=Status.FAILED,
            reason=fault.reason,
            help=fault.help,
            evidence=fault.evidence,
        )
    except Skip as skip:
        return measured(status=Status.SKIPPED, reason=skip.reason, help=skip.help)
    except HarnessError as error:
        return measured(status=Status.ERROR, reason=str(error))
    return measured(status=Status.PASSED, review=found.review, evidence=found.evidence)


def files_in(folder: Path) -> dict[Path, bytes]:
    """Every file below `folder` but the test images, which the evaluator puts there."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path: path.read_bytes() for path in files if path.name != "data.bin"}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_hostile_runner(
    case: RunnerCase,
    tmp_path: Path,
    outside: Path,
    listener: socket.socket,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It gets the verdict beside it, and nothing is left of it but the verdict.

    No process of it lives on, no file of the host has come or changed, nobody was called.
    """
    monkeypatch.setattr(runner, "SPARE_SECONDS", case.spare_seconds)
    port = str(listener.getsockname()[1])
    made = asked(tmp_path / "work", case.make(), lab_for(case, str(outside), port))
    before = files_in(tmp_path)
    measured = verdict(made)
    assert measured.id == case.check
    assert measured.status is case.status, measured
    assert case.says in (measured.review or measured.reason or "")
    assert measured.help or measured.status not in {Status.FAILED, Status.SKIPPED}
    assert re.search(case.prints, str(measured.evidence.get("last_output", ""))), measured
    assert gone(outside.name)
    assert files_in(tmp_path) == before
    assert [place for place in SHARED if (place / outside.name).exists()] == []
    with pytest.raises(BlockingIOError):
        listener.accept()


def means() -> Bare:
    """A network that looks at the mean of each colour, and is exported in no time."""
    torch.manual_seed(0)
    layers = (nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(3, 10))
    return Bare(module=nn.Sequential(*layers).eval().requires_grad_(False))


@pytest.mark.slow
def test_the_references_runner_is_believed(tmp_path: Path) -> None:
    """An honest runner over 500 images gives exactly our accuracy, and nothing to look at."""
    images = 500
    made = subject(small(), tmp_path, images=images, program=export(means(), INPUT_SHAPE))
    file = tmp_path / "runner"
    file.write_bytes(REFERENCE.read_bytes())
    files = (*made.submission.files, handed_in(Role.RUNNER, "xnn_executor_runner", file))
    made = dataclasses.replace(made, submission=dataclasses.replace(made.submission, files=files))
    vars(made)["decided"] = decide_eagerly(means(), made.images.pixels, PREPROCESSING)
    found = measure_runner(made)
    assert found.value == found.evidence["ours_checkpoint"] == found.evidence["ours_program"]
    assert found.evidence["looked_at"] == images
    assert found.review is None
