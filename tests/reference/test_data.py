from pathlib import Path

import numpy as np
import pytest
import torch

from grader.errors import GraderError
from reference.data import RECORD_BYTES, TRAIN_FILE, Images, load, parse, split


def _images(count: int) -> Images:
    return Images(
        pixels=torch.arange(count).view(-1, 1, 1, 1).expand(-1, 3, 32, 32).to(torch.uint8),
        labels=torch.arange(count) % 10,
    )


def test_parse_reads_label_then_channels() -> None:
    """A record is one label byte and three planes of 32x32 bytes."""
    record = np.arange(RECORD_BYTES, dtype=np.int64).astype(np.uint8)
    images = parse(record.tobytes() * 2)
    assert images.labels.tolist() == [0, 0]
    assert images.pixels.shape == (2, 3, 32, 32)
    assert images.pixels[1].flatten().tolist() == record[1:].tolist()


def test_split_is_stratified_disjoint_and_repeatable() -> None:
    """The held-out images have every class equally often and never occur in training."""
    images = _images(200)
    first, again = split(images, held_out=50, seed=3), split(images, held_out=50, seed=3)
    assert first.held_out.labels.bincount().tolist() == [5] * 10
    train, held_out = (
        set(part.pixels[:, 0, 0, 0].tolist()) for part in (first.train, first.held_out)
    )
    assert not train & held_out
    assert train | held_out == set(range(200))
    assert torch.equal(first.held_out.pixels, again.held_out.pixels)


def test_missing_data_is_named(tmp_path: Path) -> None:
    """Without the file the error names it and says how to fetch it."""
    with pytest.raises(GraderError, match="missing") as caught:
        load(tmp_path)
    assert "reference data" in str(caught.value.help)


def test_damaged_data_is_refused(tmp_path: Path) -> None:
    """A file with another hash is not trained on."""
    (tmp_path / TRAIN_FILE).write_bytes(b"\0" * RECORD_BYTES)
    with pytest.raises(GraderError, match="damaged"):
        load(tmp_path)
