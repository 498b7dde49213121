"""A data set to train on: found, fetched, verified and read."""

from pathlib import Path

import pytest

from grader.datasets import training
from grader.datasets.dataset import FetchProgress
from grader.datasets.training import Files
from grader.errors import GraderError
from tests.experiments.tiny import TEST, TRAIN, tiny_dataset, tiny_files


def nowhere(_folder: Path, _watch: FetchProgress) -> Files:
    """A source without a network."""
    raise GraderError("no network")


def wrong(_folder: Path, _watch: FetchProgress) -> Files:
    """A source that gives one other file."""
    return {**tiny_files(), "test": b"another"}


def right(_folder: Path, _watch: FetchProgress) -> Files:
    """A source that works."""
    return tiny_files()


def test_the_next_source_is_tried_and_the_files_are_read(tmp_path: Path) -> None:
    """Sources that fail or give other bytes are passed over; all splits have their images."""
    downloads = {"first": nowhere, "second": wrong, "third": right}
    folder = tiny_dataset().fetch(tmp_path / "tiny", downloads=downloads)
    train, test = tiny_dataset().read(folder)
    assert train.pixels.shape == (TRAIN, 1, 28, 28)
    assert test.labels.shape == (TEST,)


def test_what_is_there_is_not_fetched_again(tmp_path: Path) -> None:
    """With intact files no source is asked; a damaged file is fetched again."""
    dataset = tiny_dataset()
    dataset.fetch(tmp_path, downloads={"home": right})
    assert dataset.fetch(tmp_path, downloads={}) == tmp_path
    (tmp_path / "train").write_bytes(b"damaged")
    with pytest.raises(GraderError, match="could not be fetched"):
        dataset.fetch(tmp_path, downloads={})
    dataset.fetch(tmp_path, downloads={"home": right})
    dataset.verify(tmp_path)


def test_every_source_that_failed_gives_its_reason(tmp_path: Path) -> None:
    """Where no source works the error has the reason of each, and no file appears."""
    with pytest.raises(GraderError, match="home: no network; npm: test: its sha256") as failure:
        tiny_dataset().fetch(tmp_path, downloads={"home": nowhere, "npm": wrong})
    assert "npm" in str(failure.value.help)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    """A path below a file is no folder to fetch into."""
    (tmp_path / "file").touch()
    with pytest.raises(GraderError, match="Not a directory"):
        tiny_dataset().fetch(tmp_path / "file" / "tiny", downloads={"home": right})


def test_missing_files_are_told_with_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither found nor read without all four files."""
    monkeypatch.setattr(training, "data_folders", lambda: (tmp_path,))
    with pytest.raises(GraderError, match="not on this machine") as error:
        tiny_dataset().find()
    assert "grader data fetch tiny" in str(error.value.help)
    folder = tiny_dataset().fetch()
    assert tiny_dataset().find() == folder == tmp_path / "tiny"
    (folder / "test").unlink()
    with pytest.raises(GraderError, match="cannot be read"):
        tiny_dataset().read(folder)


def test_another_file_is_refused(tmp_path: Path) -> None:
    """A file with one other bit has another hash."""
    folder = tiny_dataset().fetch(tmp_path, downloads={"home": right})
    content = bytearray((folder / "test").read_bytes())
    content[-1] ^= 1
    (folder / "test").write_bytes(content)
    with pytest.raises(GraderError, match="sha256"):
        tiny_dataset().read(folder)
