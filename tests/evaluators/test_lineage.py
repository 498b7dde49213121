import io
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from grader.datasets.cifar10 import CIFAR10
from grader.datasets.dataset import TestSet
from grader.errors import Fault, GraderError, Skip
from grader.evaluators.flops import count_operations
from grader.evaluators.hidden_draw import new_secret
from grader.evaluators.lineage import rebuild_submission
from grader.evaluators.rebuilt import RebuiltSubmission
from grader.evaluators.unpacked import UnpackedSubmission
from grader.evidence.ids import LINEAGE
from grader.evidence.lineage import LineageEvidence
from grader.labs.kinds import network_lab
from grader.sandbox.start import best_isolation
from grader.types import Finding, Measurement, Role, Status, Submission
from tests.small_networks import handed_in, narrow, network, saved, small

pytestmark = pytest.mark.system


def unpacked(folder: Path, checkpoint: bytes | None) -> UnpackedSubmission:
    """A hand-in of this checkpoint alone, or of nothing."""
    files = []
    if checkpoint is not None:
        (folder / "checkpoint").write_bytes(checkpoint)
        files.append(handed_in(Role.CHECKPOINT, "model/mobilenet.pth", folder / "checkpoint"))
    return UnpackedSubmission(
        submission=Submission(id="B1", source=folder, sha256="0" * 64, files=tuple(files)),
        lab=network_lab(),
        isolation=best_isolation(),
        threads=1,
        work=folder,
        watch=lambda _step, _done, _of: None,
        secret=new_secret(),
    )


def measure_lineage(
    hand_in: UnpackedSubmission, data: TestSet
) -> tuple[RebuiltSubmission, Finding]:
    """The rebuilt hand-in, and the finding after its own module was run."""
    lineage = rebuild_submission(hand_in, data)
    return lineage.rebuilt, lineage.measure()


def test_a_pruned_network_is_rebuilt_with_its_images(tmp_path: Path) -> None:
    """Its value is how many parameters it has; what the hand-in said of itself goes on with it."""
    hand_in, data = unpacked(tmp_path, saved(small())), CIFAR10.verify(CIFAR10.sample_path())
    rebuilt, found = measure_lineage(hand_in, data)
    assert found.value == sum(each.numel() for each in small().module.parameters())
    assert found.unit == "parameters"
    assert len(rebuilt.images.labels) == data.images
    assert rebuilt.images.is_sample
    assert rebuilt.network.blueprint == small().blueprint
    assert (rebuilt.submission, rebuilt.work) == (hand_in.submission, hand_in.work)


def test_several_networks_are_named_with_their_mflops(tmp_path: Path) -> None:
    """The first is measured, a person looks, and the key measures another."""
    other = network(narrow(4))
    content = {
        "ema": other.module.state_dict(),
        "model": small().module,
        "teacher": {f"layer.{number}.weight": torch.ones(1, 1) for number in range(9)},
        "epoch": 3,
    }
    data = CIFAR10.verify(CIFAR10.sample_path())
    hand_in = unpacked(tmp_path, written(content))
    rebuilt, found = measure_lineage(hand_in, data)
    assert rebuilt.network.blueprint == small().blueprint
    evidence = LineageEvidence.read(measured(found))
    assert evidence.checkpoint_key == "model"
    ema, teacher = evidence.other_networks or ()
    assert (ema.key, teacher.key) == ("ema", "teacher")
    operations, _ = count_operations(other, hand_in.lab.network)
    assert ema.mflops == operations / 1e6
    assert (teacher.mflops, bool(teacher.problem)) == (None, True)
    assert "--checkpoint-key" in str(found.review)
    again, found = measure_lineage(replace(hand_in, checkpoint_key="ema"), data)
    assert again.network.blueprint == other.blueprint
    assert found.review
    with pytest.raises(GraderError) as unknown:
        measure_lineage(replace(hand_in, checkpoint_key="best"), data)
    assert "'model'" in str(unknown.value.help)


def test_the_same_network_twice_is_no_doubt(tmp_path: Path) -> None:
    """A model and its own state_dict, as many scripts save them."""
    module = network(narrow(4, residual=tuple(range(1, 18)))).module
    content = {"model": module, "state_dict": module.state_dict()}
    data = CIFAR10.verify(CIFAR10.sample_path())
    _, found = measure_lineage(unpacked(tmp_path, written(content)), data)
    assert found.review is None
    (other,) = LineageEvidence.read(measured(found)).other_networks or ()
    assert other.same_weights is True


def written(content: object) -> bytes:
    """The bytes that torch.save writes."""
    buffer = io.BytesIO()
    torch.save(content, buffer)
    return buffer.getvalue()


def measured(found: Finding) -> Measurement:
    """The measurement of a finding."""
    return Measurement(id=LINEAGE, status=Status.PASSED, evidence=found.evidence)


def test_without_a_checkpoint_there_is_nothing_to_rebuild(tmp_path: Path) -> None:
    """It is SKIPPED, not a fault of the network."""
    with pytest.raises(Skip, match="checkpoint"):
        measure_lineage(unpacked(tmp_path, None), CIFAR10.verify(CIFAR10.sample_path()))


def test_what_is_no_checkpoint_is_a_fault(tmp_path: Path) -> None:
    """With help for the student."""
    with pytest.raises(Fault) as fault:
        measure_lineage(unpacked(tmp_path, b"no checkpoint"), CIFAR10.verify(CIFAR10.sample_path()))
    assert fault.value.help
