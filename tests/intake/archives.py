"""Hand-ins and archives for the tests of intake: correct ones and damaged ones."""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.intake import receive
from grader.labs.network_lab import NetworkLab
from grader.types import Measurement, Status, Submission

STUDENT = "312551001"
CHECKPOINT = "model/mobilenet.pth"
NOTEBOOK = f"{STUDENT}.ipynb"
HAND_IN: Mapping[str, bytes] = {CHECKPOINT: b"weights " * 40, NOTEBOOK: b'{"cells": []}'}
FIRST_FORM: Mapping[str, bytes] = {
    **HAND_IN,
    "model/mobilenet.pte": b"program",
    "xnn_executor_runner": b"\x7fELF",
}

CENTRAL, LOCAL, END = b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06"

# Offsets of fields within their headers: (central, local), and their struct formats.
FLAGS = (8, 6, "<H")
METHOD = (10, 8, "<H")
CRC = (16, 14, "<L")
PACKED = (20, 18, "<L")
SIZE = (24, 22, "<L")
ATTRIBUTES = (38, None, "<L")
HEADER_OFFSET = (42, None, "<L")


def zipped(files: Mapping[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The bytes of a plain zip of `files`, in their order; a name ending in `/` is a folder."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def zip64(files: Mapping[str, bytes] = HAND_IN) -> bytes:
    """The bytes of a zip that uses every 64-bit field, as one of more than 4 GiB would."""
    buffer = io.BytesIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(zipfile, "ZIP64_LIMIT", 10)
        patch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 1)
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                with archive.open(name, "w", force_zip64=True) as member:
                    member.write(content)
    data = buffer.getvalue()
    assert b"PK\x06\x06" in data
    return data


class _Unseekable(io.BytesIO):
    """A stream without seek: sizes in the zip follow the data."""

    def seekable(self) -> bool:
        """Return False, as a pipe does."""
        return False

    def tell(self) -> int:
        """Raise, as a pipe does."""
        raise io.UnsupportedOperation


def streamed(files: Mapping[str, bytes] = HAND_IN) -> bytes:
    """The bytes of a zip with data descriptors, as macOS and pipes write them."""
    stream = _Unseekable()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    data = stream.getvalue()
    assert data[6] & 0x08
    return data


UNIX, DOS, NTFS, VFAT = 3, 0, 10, 14  # the system that a zip says it was made on


def raw_zip(members: list[tuple[bytes, bytes]], mode: int = 0o100644, made_on: int = UNIX) -> bytes:
    """A stored zip written by hand, so that names may be any bytes and occur twice."""
    body, directory = bytearray(), bytearray()
    for name, content in members:
        crc = zlib.crc32(content)
        fields = struct.pack("<5H3L2H", 20, 0, 0, 0, 33, crc, *[len(content)] * 2, len(name), 0)
        directory += CENTRAL + struct.pack("<H", 20 | made_on << 8) + fields
        directory += struct.pack("<3H2L", 0, 0, 0, mode << 16, len(body)) + name
        body += LOCAL + fields + name + content
    count = len(members) % 0x10000
    end = struct.pack("<4H2LH", 0, 0, count, count, len(directory), len(body), 0)
    return bytes(body + directory + END + end)


def edited(
    data: bytes, name: str, field: tuple[int, int | None, str], value: int, where: str = "both"
) -> bytes:
    """`data` with a header field of `name` set to `value`, centrally, locally or in `both`."""
    central, local, form = field
    changed = bytearray(data)
    if where != "local":
        struct.pack_into(form, changed, _header(data, CENTRAL, 46, name) + central, value)
    if where != "central" and local is not None:
        struct.pack_into(form, changed, _header(data, LOCAL, 30, name) + local, value)
    return bytes(changed)


def _header(data: bytes, signature: bytes, size: int, name: str) -> int:
    at = data.find(signature)
    while data[at + size : at + size + len(name.encode())] != name.encode():
        at = data.index(signature, at + 1)
    return at


def with_links(data: bytes, links: Mapping[str, int], target: bytes = b"/etc/passwd") -> bytes:
    """`data` and further entries whose Unix modes are in `links`, by name."""
    buffer = io.BytesIO(data)
    with zipfile.ZipFile(buffer, "a") as archive:
        for name, mode in links.items():
            entry = zipfile.ZipInfo(name)
            entry.create_system, entry.external_attr = UNIX, mode << 16
            archive.writestr(entry, target)
    return buffer.getvalue()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """An inbox, a lab, and a work folder several levels deep, so that `..` would have an effect."""

    root: Path
    lab: NetworkLab

    @property
    def inbox(self) -> Path:
        """The folder of the hand-ins."""
        return self.root / "inbox"

    @property
    def work(self) -> Path:
        """The only folder that intake may write to."""
        return self.root / "one" / "two" / "three" / "work"

    def receive(
        self, content: bytes | Mapping[str, bytes], name: str = f"{STUDENT}.zip"
    ) -> tuple[Submission, Measurement, Measurement]:
        """Write a zip of `content` into the inbox and receive it."""
        source = self.inbox / name
        source.write_bytes(content if isinstance(content, bytes) else zipped(content))
        return self.receive_path(source)

    def receive_path(self, source: Path) -> tuple[Submission, Measurement, Measurement]:
        """Receive `source` and assert that nothing outside the work folder has changed."""
        before = self._outside()
        submission, (archive, layout) = receive(source, self.work, self.lab)
        assert self._outside() == before
        assert (archive.id, layout.id) == ("intake.archive", "intake.layout")
        return submission, archive, layout

    def _outside(self) -> dict[str, tuple[int, int]]:
        return {
            str(path): (path.lstat().st_mode, path.lstat().st_mtime_ns if path.is_file() else 0)
            for path in self.root.rglob("*")
            if self.work != path and self.work not in path.parents
        }


def with_limits(lab: NetworkLab, **limits: float) -> NetworkLab:
    """`lab` with other limits."""
    return lab.model_copy(update={"limits": lab.limits.model_copy(update=limits)})


def folder_of(files: Mapping[str, bytes], at: Path) -> Path:
    """Write `files` below the folder `at`."""
    for name, content in files.items():
        path = at / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return at


def refused(bench: Bench, content: bytes, *words: str) -> None:
    """Assert that the archive check FAILS on `content`, with a reason and help."""
    submission, archive, layout = bench.receive(content)
    assert archive.status is Status.FAILED
    assert archive.reason
    assert archive.help
    for word in words:
        assert word in archive.reason
    assert archive.evidence["archive"] == "zip"
    assert layout.status is Status.SKIPPED
    assert layout.reason
    assert submission.files == ()
    assert len(submission.sha256) == 64


def accepted(bench: Bench, content: bytes) -> None:
    """Assert that both files of the plain hand-in are unpacked from `content` unchanged."""
    submission, archive, layout = bench.receive(content)
    assert (archive.status, layout.status) == (Status.PASSED, Status.PASSED), archive.reason
    found = {file.name: file.path.read_bytes() for file in submission.files}
    assert found == dict(HAND_IN)
