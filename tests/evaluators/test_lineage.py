from pathlib import Path

import pytest

from grader.datasets.cifar10 import CIFAR10
from grader.errors import Fault, Skip
from grader.evaluators.lineage import measure_lineage
from grader.evaluators.unpacked import UnpackedSubmission
from grader.labs.spec import load_lab
from grader.sandbox.start import best_isolation
from grader.types import Role, Submission
from tests.small_networks import handed_in, saved, small

pytestmark = pytest.mark.system


def unpacked(folder: Path, checkpoint: bytes | None) -> UnpackedSubmission:
    """A hand-in of this checkpoint alone, or of nothing."""
    files = []
    if checkpoint is not None:
        (folder / "checkpoint").write_bytes(checkpoint)
        files.append(handed_in(Role.CHECKPOINT, "model/mobilenet.pth", folder / "checkpoint"))
    return UnpackedSubmission(
        submission=Submission(id="B1", source=folder, sha256="0" * 64, files=tuple(files)),
        lab=load_lab(),
        isolation=best_isolation(),
        threads=1,
        work=folder,
        watch=lambda _step, _done, _of: None,
    )


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


def test_without_a_checkpoint_there_is_nothing_to_rebuild(tmp_path: Path) -> None:
    """It is SKIPPED, not a fault of the network."""
    with pytest.raises(Skip, match="checkpoint"):
        measure_lineage(unpacked(tmp_path, None), CIFAR10.verify(CIFAR10.sample_path()))


def test_what_is_no_checkpoint_is_a_fault(tmp_path: Path) -> None:
    """With help for the student."""
    with pytest.raises(Fault) as fault:
        measure_lineage(unpacked(tmp_path, b"no checkpoint"), CIFAR10.verify(CIFAR10.sample_path()))
    assert fault.value.help
