"""Packages of npm; what npm itself does is tested with the data sets that use it."""

import io
import tarfile
from pathlib import Path

import pytest

from grader.datasets import npm
from grader.errors import GraderError


def unwatched(_step: str, _done: int, _total: int) -> None:
    """Ignores progress."""


def test_without_npm_the_reason_is_that(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no npm is on the path, the reason says so."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(GraderError, match="npm is not installed"):
        npm.pack("left-pad@1.3.0", tmp_path, unwatched)


def test_a_member_is_read_up_to_the_limit(tmp_path: Path) -> None:
    """A decompression bomb fills no memory."""
    path = tmp_path / "a.tgz"
    with tarfile.open(path, "w:gz") as tar:
        info = tarfile.TarInfo("package/zeros")
        info.size = 100_000
        tar.addfile(info, io.BytesIO(bytes(100_000)))
    assert npm.member(path, "package/zeros", 10) == bytes(10)
    with pytest.raises(GraderError, match=r"a\.tgz"):
        npm.member(path, "package/ones", 10)


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    """A log-in page is no archive."""
    (tmp_path / "a.tgz").write_bytes(b"<html>")
    with pytest.raises(GraderError, match="archive"):
        npm.member(tmp_path / "a.tgz", "package/a", 10)
