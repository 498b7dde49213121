from dataclasses import replace
from pathlib import Path

import pytest
import torch

from grader.errors import GraderError
from reference.checkpoint import Checkpoint, load, save
from tests.reference.networks import SMALL


def _checkpoint() -> Checkpoint:
    return replace(
        Checkpoint.blank("mine", SMALL, {"w": torch.ones(2)}),
        epoch=3,
        history=({"loss": 0.5},),
        random=torch.Generator().manual_seed(1).get_state(),
    )


def test_round_trip(tmp_path: Path) -> None:
    """A saved checkpoint is loaded, and the folder has no other file."""
    save(_checkpoint(), tmp_path / "a" / "stage.pt")
    loaded = load(tmp_path / "a" / "stage.pt", fingerprint="mine")
    assert (loaded.epoch, loaded.widths, loaded.history) == (3, SMALL, ({"loss": 0.5},))
    assert torch.equal(loaded.average["w"], torch.ones(2))
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["stage.pt"]


def test_another_runs_checkpoint_is_refused(tmp_path: Path) -> None:
    """A checkpoint with another fingerprint says that it belongs to another run."""
    save(_checkpoint(), tmp_path / "stage.pt")
    with pytest.raises(GraderError, match="another run"):
        load(tmp_path / "stage.pt", fingerprint="other")


def test_damaged_checkpoint_is_refused(tmp_path: Path) -> None:
    """A truncated file is called damaged."""
    path = tmp_path / "stage.pt"
    save(_checkpoint(), path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(GraderError, match="damaged"):
        load(path, fingerprint="mine")


def test_foreign_file_is_refused(tmp_path: Path) -> None:
    """A file of torch's that holds something else is not a checkpoint."""
    torch.save({"weights": torch.ones(1)}, tmp_path / "stage.pt")
    with pytest.raises(GraderError, match="not a checkpoint"):
        load(tmp_path / "stage.pt", fingerprint="mine")


def test_full_disk_leaves_the_last_checkpoint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the disk refuses the new checkpoint, the old one is intact and no part stays."""
    path = tmp_path / "stage.pt"
    save(_checkpoint(), path)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(GraderError, match="No space left"):
        save(replace(_checkpoint(), epoch=4), path)
    assert load(path, fingerprint="mine").epoch == 3
    assert [found.name for found in tmp_path.iterdir()] == ["stage.pt"]
