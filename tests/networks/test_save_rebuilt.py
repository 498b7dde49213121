"""The network rebuilt from a hand-in, saved."""

from pathlib import Path

import pytest
import torch

from grader.errors import GraderError
from grader.labs.kinds import network_lab
from grader.networks.mobilenet_v2.vision import MobileNetV2
from grader.networks.save_rebuilt import save_rebuilt
from tests.small_networks import small, state_dict, zipped

pytestmark = pytest.mark.system


def test_the_rebuilt_network_is_saved_as_the_lab_saves_one(tmp_path: Path) -> None:
    """`torch.load` reads a whole MobileNetV2 with the hand-in's weights."""
    target = tmp_path / "rebuilt.pth"
    save_rebuilt(zipped(tmp_path, state_dict(small())), network_lab(), tmp_path / "work", target)
    model = torch.load(target, weights_only=False)
    assert isinstance(model, MobileNetV2)
    assert not model.training
    theirs, ours = small().module.state_dict(), model.state_dict()
    assert theirs.keys() == ours.keys()
    assert all(
        torch.equal(ours[name], value)
        for name, value in theirs.items()
        if not name.endswith("num_batches_tracked")
    )


def test_a_hand_in_without_a_checkpoint_cannot_be_viewed(tmp_path: Path) -> None:
    """The reason and the help are those of the check that failed."""
    with pytest.raises(GraderError, match=r"mobilenet\.pth") as caught:
        save_rebuilt(zipped(tmp_path, None), network_lab(), tmp_path, tmp_path / "rebuilt.pth")
    assert caught.value.help
    assert not (tmp_path / "rebuilt.pth").exists()


def test_a_file_that_is_not_there_cannot_be_viewed(tmp_path: Path) -> None:
    """The message names a path that does not exist."""
    with pytest.raises(GraderError, match=r"none\.zip"):
        save_rebuilt(tmp_path / "none.zip", network_lab(), tmp_path, tmp_path / "rebuilt.pth")


def test_another_network_cannot_be_viewed(tmp_path: Path) -> None:
    """Another network is refused with the reason and help of the check."""
    source = zipped(tmp_path, b"garbage" * 10)
    with pytest.raises(GraderError, match=r"torch\.save") as caught:
        save_rebuilt(source, network_lab(), tmp_path, tmp_path / "rebuilt.pth")
    assert caught.value.help
