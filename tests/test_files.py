"""Atomic writes, and reproducible zips."""

import io
import os
import signal
import subprocess
import sys
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from grader.files import replace_file, whole_file, zip_entry

# Writes half a file and then waits to be killed.
KILLED = """
import pathlib, sys, time
from grader.files import whole_file
with whole_file(pathlib.Path(sys.argv[1])) as part:
    part.write_bytes(b"half")
    print("half", flush=True)
    time.sleep(60)
"""


def test_a_file_is_replaced(tmp_path: Path) -> None:
    """Folders above it are created, and no other file is left."""
    path = tmp_path / "folder" / "file"
    for content in (b"old", b"new"):
        replace_file(path, content)
        assert path.read_bytes() == content
    assert list(path.parent.iterdir()) == [path]


def test_an_error_leaves_the_old_content(tmp_path: Path) -> None:
    """The temporary file is deleted for every exception."""
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def interrupted() -> None:
        with whole_file(path) as part:
            part.write_bytes(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_the_next_writer_replaces_the_file_of_a_killed_one(tmp_path: Path) -> None:
    """A kill leaves the old content and a temporary file; the next write does not wait."""
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"half\n"
        writer.send_signal(signal.SIGKILL)
    assert path.read_bytes() == b"old"
    assert len(list(tmp_path.iterdir())) == 2
    replace_file(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_writers_of_one_file_wait_for_each_other(tmp_path: Path) -> None:
    """A reader sees the complete content of one writer, and no writer fails."""
    path = tmp_path / "file"
    contents = [bytes([number]) * 100_000 for number in range(40)]
    replace_file(path, contents[0])
    with ThreadPoolExecutor(8) as pool:
        writing = [pool.submit(replace_file, path, content) for content in contents]
        while not all(each.done() for each in writing):
            assert path.read_bytes() in contents
        assert [each.result() for each in writing] == [None] * len(contents)
    assert list(tmp_path.iterdir()) == [path]


def test_equal_files_give_equal_zips(tmp_path: Path) -> None:
    """An entry does not depend on the time or on the user's file mode mask."""

    def zipped() -> bytes:
        written = io.BytesIO()
        with zipfile.ZipFile(written, "w") as archive:
            archive.writestr(zip_entry("run.sh", mode=0o755), b"#!/bin/sh\n")
        return written.getvalue()

    first, mask = zipped(), os.umask(0o077)
    time.sleep(2.1)  # a zip stores time in steps of two seconds
    try:
        assert zipped() == first
    finally:
        os.umask(mask)
    (tmp_path / "a.zip").write_bytes(first)
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        (entry,) = archive.infolist()
    assert (entry.compress_type, entry.external_attr >> 16) == (zipfile.ZIP_DEFLATED, 0o755)
