"""The test set as a file."""

import base64
import hashlib
import io
import os
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from PIL import Image

from grader.commands import conditions
from grader.datasets.cifar10 import CIFAR10
from grader.datasets.dataset import (
    CHECKOUT_DATA,
    PACKAGE,
    DataFile,
    Dataset,
    Preprocessing,
    TestSet,
)
from grader.datasets.fetch import fetch
from grader.datasets.registry import DATASETS, dataset_named
from grader.errors import GraderError
from grader.evidence import ids
from grader.inference.preprocess import preprocess
from grader.labs.kinds import network_lab
from grader.report.pages.pictures import mistakes
from grader.types import Measurement, Status
from tests.report.examples import but, passed

IMAGES = st.integers(1, 5).flatmap(
    lambda count: st.tuples(
        arrays(np.uint8, (count, 3, 32, 32)),
        arrays(np.int64, (count,), elements=st.integers(0, 9)),
    )
)


def keep(folder: Path, batch: bytes) -> Path:
    """`folder` with `batch` in it under the test set's name."""
    folder.mkdir(parents=True)
    path = folder / CIFAR10.test_set.name
    path.write_bytes(batch)
    return path


@pytest.fixture(scope="session")
def sample_bytes() -> bytes:
    """The sample's bytes: small, and intact wherever they lie."""
    return CIFAR10.sample_path().read_bytes()


def test_a_record_is_the_label_and_three_planes() -> None:
    """A record is the label, then the red, the green and the blue plane."""
    image = np.stack([np.full((32, 32), plane, np.uint8) for plane in (10, 20, 30)])[np.newaxis]
    planes = b"\x0a" * 1024 + b"\x14" * 1024 + b"\x1e" * 1024
    assert CIFAR10.encode(image, np.array([7])) == b"\x07" + planes


@given(IMAGES)
def test_decoding_undoes_encoding(batch: tuple[NDArray[np.uint8], NDArray[np.int64]]) -> None:
    """Images and labels come back from records as they went in."""
    images, labels = CIFAR10.decode(CIFAR10.encode(*batch))
    assert np.array_equal(images, batch[0])
    assert np.array_equal(labels, batch[1])


@given(st.lists(st.integers(0, 9), max_size=60), st.integers(1, 5))
def test_a_stratified_choice_is_the_first_of_each_class(labels: list[int], per_class: int) -> None:
    """A record is kept exactly when fewer than `per_class` of its class come before it."""
    images = np.zeros((len(labels), 3, 32, 32), np.uint8)
    images[:, 0, 0, 0] = np.arange(len(labels))
    chosen, classes = CIFAR10.decode(
        CIFAR10.stratified(CIFAR10.encode(images, np.array(labels, np.int64)), per_class)
    )
    expected = [i for i, label in enumerate(labels) if labels[:i].count(label) < per_class]
    assert chosen[:, 0, 0, 0].tolist() == expected
    assert classes.tolist() == [labels[i] for i in expected]


def test_the_test_set_is_recognised(full_test_set: TestSet) -> None:
    """The test set has 10,000 images and is no sample."""
    found = CIFAR10.verify(full_test_set.path)
    assert (found.images, found.is_sample) == (10_000, False)


def test_the_test_set_is_read_whole(full_test_set: TestSet) -> None:
    """Reading the test set gives 1,000 images of each of the ten classes."""
    images, labels = CIFAR10.read(full_test_set)
    assert images.shape == (10_000, 3, 32, 32)
    assert images.dtype == np.uint8
    assert np.bincount(labels).tolist() == [1_000] * len(CIFAR10.classes)


def test_the_sample_has_a_hundred_of_each_class() -> None:
    """The sample is recognised as one and has 100 images of each class."""
    sample = CIFAR10.verify(CIFAR10.sample_path())
    _, labels = CIFAR10.read(sample)
    assert (sample.images, sample.is_sample) == (1_000, True)
    assert np.bincount(labels).tolist() == [100] * len(CIFAR10.classes)


def test_the_sample_is_made_from_the_test_set(full_test_set: TestSet, sample_bytes: bytes) -> None:
    """The sample in `data/` is, byte for byte, the stratified choice from the test set."""
    assert CIFAR10.stratified(full_test_set.path.read_bytes(), 100) == sample_bytes


def with_byte(batch: bytes, index: int, value: int) -> bytes:
    """`batch` with one byte changed."""
    return batch[:index] + bytes([value]) + batch[index + 1 :]


@pytest.mark.parametrize(
    ("damage", "difference"),
    [
        (lambda _: b"", " 0 bytes .*30,730,000"),
        (lambda batch: batch[:-1], "3,072,999 bytes .*30,730,000"),
        (lambda batch: batch + batch, "6,146,000 bytes .*30,730,000"),
        (
            lambda batch: with_byte(batch, 7 * CIFAR10.record, 10),
            "record 7 has the label 10",
        ),
        (
            lambda batch: with_byte(
                batch, 7 * CIFAR10.record + 1, batch[7 * CIFAR10.record + 1] ^ 1
            ),
            "its sha256",
        ),
        (lambda batch: batch[CIFAR10.record :] + batch[: CIFAR10.record], "its sha256 is"),
        (lambda _: bytes(10_000 * CIFAR10.record), "its sha256 is"),
    ],
    ids=["empty", "cut off", "too long", "label", "one bit", "order", "another batch"],
)
def test_another_file_is_refused(
    damage: Callable[[bytes], bytes], difference: str, sample_bytes: bytes, tmp_path: Path
) -> None:
    """A file that is neither the test set nor the sample is refused, and what differs is named."""
    path = keep(tmp_path / "data", damage(sample_bytes))
    with pytest.raises(GraderError, match=difference) as refusal:
        CIFAR10.find(path)
    assert "grader data fetch" in str(refusal.value.help)


@pytest.mark.parametrize("name", ["missing.bin", "."])
def test_no_file_is_refused(name: str, tmp_path: Path) -> None:
    """A path where there is no file is refused, with the command that gets one."""
    with pytest.raises(GraderError, match="no file") as refusal:
        CIFAR10.find(tmp_path / name)
    assert "grader data fetch" in str(refusal.value.help)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="may read every file")
def test_what_may_not_be_read_is_told_apart(sample_bytes: bytes, tmp_path: Path) -> None:
    """A file without read permission is an error as --data; a closed folder is passed over."""
    path = keep(tmp_path / "closed", sample_bytes)
    path.chmod(0)
    with pytest.raises(GraderError, match="Permission denied"):
        CIFAR10.find(path)
    path.parent.chmod(0)
    try:
        assert CIFAR10.find(folders=[path.parent]).path == CIFAR10.sample_path()
    finally:
        path.parent.chmod(0o700)


def test_the_explicit_file_comes_first(sample_bytes: bytes, tmp_path: Path) -> None:
    """--data is used even if the folders have a test set."""
    explicit, other = (keep(tmp_path / name, sample_bytes) for name in ("explicit", "data"))
    assert CIFAR10.find(explicit, folders=[other.parent]).path == explicit


def test_folders_are_searched_in_order(sample_bytes: bytes, tmp_path: Path) -> None:
    """The first folder that holds an intact file gives it."""
    first, second = (keep(tmp_path / name, sample_bytes) for name in ("data", "cache"))
    assert CIFAR10.find(folders=[tmp_path / "none", first.parent, second.parent]).path == first


def test_a_damaged_copy_gives_way_to_an_intact_one(sample_bytes: bytes, tmp_path: Path) -> None:
    """A damaged file is passed over where a later folder holds an intact one."""
    damaged = keep(tmp_path / "data", sample_bytes[:-1])
    good = keep(tmp_path / "cache", sample_bytes)
    assert CIFAR10.find(folders=[damaged.parent, good.parent]).path == good


def test_a_damaged_copy_is_not_replaced_by_the_sample(sample_bytes: bytes, tmp_path: Path) -> None:
    """With damaged files only, the first one's fault is raised, and the sample is not used."""
    first = keep(tmp_path / "data", sample_bytes[:-1])
    second = keep(tmp_path / "cache", b"")
    with pytest.raises(GraderError, match=r"data.test_batch\.bin .* 3,072,999 bytes"):
        CIFAR10.find(folders=[first.parent, second.parent])


def test_the_sample_serves_where_there_is_nothing_else(tmp_path: Path) -> None:
    """Without a test set anywhere the sample is found, and says that it is one."""
    found = CIFAR10.find(folders=[tmp_path])
    assert found.is_sample
    assert found.path == CIFAR10.sample_path()


def test_a_checkout_keeps_its_own_data() -> None:
    """In a checkout its `data/` comes before the user's cache."""
    assert CIFAR10.search_folders()[0] == CHECKOUT_DATA
    assert len(CIFAR10.search_folders()) == 2


def test_a_wheel_has_the_sample_where_it_is_looked_for(tmp_path: Path) -> None:
    """The place where the build puts the sample is the one that comes before the checkout's."""
    wheel = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text())
    placed = wheel["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    installed = tmp_path / placed[f"data/{CIFAR10.sample.name}"]
    installed.parent.mkdir()
    installed.touch()
    assert CIFAR10.sample_path(tmp_path / "grader") == installed


def test_a_file_that_changes_after_it_was_found_is_not_read(
    sample_bytes: bytes, tmp_path: Path
) -> None:
    """Images are never read from a file whose bytes are not those that were verified."""
    found = CIFAR10.verify(keep(tmp_path / "data", sample_bytes))
    found.path.write_bytes(with_byte(sample_bytes, 0, (sample_bytes[0] + 1) % 10))
    with pytest.raises(GraderError, match="has changed"):
        CIFAR10.read(found)


def test_a_file_that_disappears_after_it_was_found_is_named(
    sample_bytes: bytes, tmp_path: Path
) -> None:
    """A test set removed while grading is an error that names it."""
    found = CIFAR10.verify(keep(tmp_path / "data", sample_bytes))
    found.path.unlink()
    with pytest.raises(GraderError, match=r"test_batch\.bin .*No such file"):
        CIFAR10.read(found)


PAIR_IMAGES = np.arange(24, dtype=np.uint8).reshape(6, 1, 2, 2)
PAIR_LABELS = np.array([0, 1, 0, 1, 1, 0])


def pair_of(batch: bytes) -> Dataset:
    """A data set of six grey images of 2x2 in two classes, whose test set is `batch`."""
    return Dataset(
        name="pair",
        title="Pair",
        classes=("left", "right"),
        shape=(1, 2, 2),
        test_set=DataFile(
            name="pair.bin", sha256=hashlib.sha256(batch).hexdigest(), images=len(PAIR_LABELS)
        ),
        sample=DataFile(name="pair_sample.bin", sha256="0" * 64, images=2),
        preprocessing=Preprocessing(side=4, mean=(0.5,), deviation=(0.25,)),
        downloads=lambda: {"its home": lambda _work, _watch: batch},
        fetch_megabytes=1,
    )


@pytest.fixture
def pair(monkeypatch: pytest.MonkeyPatch) -> Dataset:
    """The pair, which is registered and known nowhere else."""
    blank = pair_of(b"")
    made = pair_of(blank.encode(PAIR_IMAGES, PAIR_LABELS))
    monkeypatch.setitem(DATASETS, made.name, made)
    return made


def test_another_data_set_is_fetched_read_and_preprocessed(pair: Dataset, tmp_path: Path) -> None:
    """Registered in the dict alone, it goes from its home to what a network takes."""
    lab = network_lab().model_copy(update={"dataset": "pair"})
    fetched = fetch(dataset_named(lab.dataset), tmp_path)
    assert (fetched.path, fetched.images, fetched.is_sample) == (tmp_path / "pair.bin", 6, False)
    assert conditions.test_set(lab, fetched.path, quick=False) == fetched
    pixels, labels = pair.read(fetched)
    assert np.array_equal(pixels, PAIR_IMAGES)
    assert labels.tolist() == PAIR_LABELS.tolist()
    prepared = preprocess(pixels, pair.preprocessing)
    assert prepared.shape == (6, 1, 4, 4)
    assert prepared[0, 0, 0, 0] == (0 / 255 - 0.5) / 0.25


def test_its_images_are_shown_with_its_classes(pair: Dataset, tmp_path: Path) -> None:
    """A grey image becomes a picture, under the name of its class."""
    images = fetch(pair, tmp_path)
    seen = Measurement(
        id=ids.ACCURACY, status=Status.PASSED, value=0.5, evidence={"misclassified": [[3, 0]]}
    )
    report = but(passed("B1", 60.0, 3, 0.5), seen)
    setup = replace(report.provenance, data_sha256=images.sha256, data_images=6)
    (mistake,) = mistakes(replace(report, provenance=setup), pair, images)
    assert (mistake.true, mistake.answered) == ("right", "left")
    png = base64.b64decode(mistake.picture.partition(",")[2])
    with Image.open(io.BytesIO(png)) as picture:
        assert np.array_equal(np.asarray(picture), PAIR_IMAGES[3, 0])
