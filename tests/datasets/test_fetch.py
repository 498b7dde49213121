"""Getting a data set from the first of its homes that has it."""

import errno
from pathlib import Path

import pytest

from grader.datasets.cifar10 import CIFAR10
from grader.datasets.dataset import FetchProgress, TestSet
from grader.datasets.fetch import fetch
from grader.errors import GraderError


def unreachable(_work: Path, _watch: FetchProgress) -> bytes:
    """A source without a network."""
    raise GraderError("no network")


def another_batch(_work: Path, _watch: FetchProgress) -> bytes:
    """A source that gives something else."""
    return b"another batch"


def full_disk(work: Path, _watch: FetchProgress) -> bytes:
    """A source that fills the disk after a part of its download."""
    (work / "part").write_bytes(b"part")
    raise OSError(errno.ENOSPC, "No space left on device")


def test_the_next_source_is_tried(full_test_set: TestSet, tmp_path: Path) -> None:
    """Sources that fail or give other bytes are passed over; a damaged copy is replaced."""
    (tmp_path / CIFAR10.test_set.name).write_bytes(b"damaged")

    def right(_work: Path, _watch: FetchProgress) -> bytes:
        return full_test_set.path.read_bytes()

    downloads = {"first": unreachable, "second": another_batch, "third": right}
    found = fetch(CIFAR10, tmp_path, downloads=downloads)
    assert found == CIFAR10.verify(tmp_path / CIFAR10.test_set.name)
    assert not found.is_sample


def test_what_is_there_is_not_fetched_again(full_test_set: TestSet) -> None:
    """With an intact test set in the folder no source is asked."""
    assert fetch(CIFAR10, full_test_set.path.parent, downloads={}) == full_test_set


def test_every_source_that_failed_gives_its_reason(tmp_path: Path) -> None:
    """Where no source works the error has the reason of each, and the folder stays empty."""
    downloads = {"home": unreachable, "npm": another_batch}
    with pytest.raises(GraderError, match="home: no network; npm: its sha256 is") as failure:
        fetch(CIFAR10, tmp_path, downloads=downloads)
    assert "1,000 images" in str(failure.value.help)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    """A disk that fills ends the fetch, with what to free, and no part is left behind."""
    with pytest.raises(GraderError, match="No space left") as failure:
        fetch(CIFAR10, tmp_path, downloads={"home": full_disk})
    assert "350 MB" in str(failure.value.help)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """A path below a file is no folder to fetch into."""
    (tmp_path / "file").touch()
    with pytest.raises(GraderError, match="Not a directory"):
        fetch(CIFAR10, tmp_path / "file" / "data", downloads={"home": another_batch})


def test_an_interrupted_fetch_leaves_nothing(tmp_path: Path) -> None:
    """Ctrl-C in the middle of a download leaves no file that could be taken for the test set."""

    def interrupted(work: Path, _watch: FetchProgress) -> bytes:
        (work / CIFAR10.test_set.name).write_bytes(b"part")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fetch(CIFAR10, tmp_path, downloads={"home": interrupted})
    assert list(tmp_path.iterdir()) == []
