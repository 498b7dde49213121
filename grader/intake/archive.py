"""Unpack a zip safely: check all headers before any byte is unpacked."""

import os
import stat
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from grader.errors import Fault
from grader.intake.directory import (
    AS_ZIP,
    ENCRYPTED,
    REPACK,
    Archive,
    Entry,
    data_range,
    read_directory,
)
from grader.intake.names import (
    NameKey,
    check_distinct,
    checked,
    environments,
    is_ignored,
    same_on_some_system,
)
from grader.labs.hand_in_limits import ArchiveLimits
from grader.text import shown

CHUNK = 1 << 18
ORDINARY = frozenset({0, stat.S_IFREG, stat.S_IFDIR})  # modes; 0 is that of another system
STORED, DEFLATED = 0, 8
METHODS = {9: "Deflate64", 12: "bzip2", 14: "LZMA", 93: "Zstandard", 95: "xz", 99: "encryption"}
# Deflate shrinks a file of one repeated byte 1,000 times; this is harmless in a small file.
SMALLEST_BOMB = 1 << 20

FOREIGN = (  # other file formats: offset and bytes of their signature
    (0, b"Rar!\x1a\x07", "a RAR archive"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (0, b"\x1f\x8b", "a gzip archive"),
    (0, b"BZh", "a bzip2 archive"),
    (0, b"\xfd7zXZ\x00", "an xz archive"),
    (0, b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (257, b"ustar", "a tar archive"),
    (0, b"%PDF-", "a PDF document"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ZipContents:
    """The files of an open zip whose headers have passed all checks.

    `links` are the links, pipes and devices in ignored places: they are in no other field.
    """

    archive: Archive
    files: Mapping[str, tuple[Entry, int]]  # by name: entry and offset of its bytes
    entries: int
    links: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()
    kind: str = "zip"

    @property
    def sizes(self) -> dict[str, int]:
        """The unpacked size of each file in bytes, by name; folders are not in it."""
        return {name: entry.size for name, (entry, _) in self.files.items()}

    def packed(self, name: str) -> int:
        """Return the number of bytes that the file takes in the archive."""
        return self.files[name][0].packed

    def read(self, name: str) -> Iterator[bytes]:
        """Yield the file's bytes in chunks.

        Raises `Fault` at the first byte beyond the declared size, and at the end if the size or
        the CRC-32 is not the declared one.
        """
        entry, start = self.files[name]
        crc = size = 0
        for chunk in _unpacked(self.archive, entry, start):
            size += len(chunk)
            if size > entry.size:
                raise self.archive.damaged(
                    f"{shown(name)} unpacks to more than its declared {entry.size:,} bytes"
                )
            crc = zlib.crc32(chunk, crc)
            yield chunk
        if size != entry.size:
            raise self.archive.damaged(
                f"{shown(name)} unpacks to {size:,} bytes, not to its declared {entry.size:,} bytes"
            )
        if crc != entry.crc:
            raise Fault(
                f"{self.archive.name} is damaged: the checksum of {shown(name)} is wrong.",
                help=REPACK,
                expected=f"CRC-32 {entry.crc:08x}",
                actual=f"CRC-32 {crc:08x}",
            )


@contextmanager
def opened_zip(
    source: Path,
    limits: ArchiveLimits,
    name_key: NameKey = same_on_some_system,
    check_name: Callable[[str], str] = checked,
) -> Iterator[ZipContents]:
    """Open and check the zip at `source`; no two of its files may have the same `name_key`.

    `check_name` returns a name as it is used, or raises `Fault`.
    Raises `Fault` if the file is not a zip or not safe to unpack, `OSError` if it cannot be read.
    """
    with source.open("rb") as stream:
        yield zip_contents(stream, shown(source.name), limits, name_key, check_name)


def zip_contents(
    stream: BinaryIO,
    name: str,
    limits: ArchiveLimits,
    name_key: NameKey = same_on_some_system,
    check_name: Callable[[str], str] = checked,
) -> ZipContents:
    """Check the zip in `stream` as `opened_zip` does; `name` is its name in messages.

    The stream must stay open as long as the contents are read.
    """
    size = stream.seek(0, os.SEEK_END)
    archive = Archive(name=name, stream=stream, size=size, limits=limits, check_name=check_name)
    _check_kind(archive)
    entries, directory_start = read_directory(archive)
    links = _links(entries)
    _check_entries(archive, entries, links, name_key)
    starts = _check_ranges(archive, entries, directory_start)
    files = {
        entry.name: (entry, start)
        for entry, start in zip(entries, starts, strict=True)
        if not entry.is_folder and entry.name not in links
    }
    return ZipContents(
        archive=archive, files=files, entries=len(entries), links=tuple(sorted(links))
    )


def _check_kind(archive: Archive) -> None:
    if archive.size == 0:
        raise Fault(
            f"{archive.name} is empty (0 bytes).",
            help="The upload failed. Check that the zip opens on your machine, then upload it "
            "again.",
        )
    if archive.size > archive.limits.archive_bytes:
        raise Fault(
            f"{archive.name} is too large.",
            help="Hand in only the files the lab asks for, without environments or data sets; "
            "`grader pack` selects them.",
            expected=f"at most {archive.limits.archive_bytes:,} bytes",
            actual=f"{archive.size:,} bytes",
        )
    head = archive.read_at(0, min(archive.size, 512))
    for offset, signature, what in FOREIGN:
        if head.startswith(signature, offset):
            raise Fault(f"{archive.name} is {what}, not a zip.", help=AS_ZIP)
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith((b"<!doctype html", b"<html")):
        raise Fault(
            f"{archive.name} is a web page, not a zip.",
            help="This is a saved login or download page. Download the zip itself and upload that.",
        )


def _links(entries: tuple[Entry, ...]) -> frozenset[str]:
    """Return the names of the links, pipes and devices in ignored places, such as `.venv/`.

    Nobody reads them, and a hand-in with an environment of Python always has some.
    """
    own = environments(entry.name for entry in entries)
    return frozenset(
        entry.name
        for entry in entries
        if stat.S_IFMT(entry.mode) not in ORDINARY
        and (is_ignored(entry.name) or entry.name.startswith(own))
    )


def _check_entries(
    archive: Archive, entries: tuple[Entry, ...], links: frozenset[str], name_key: NameKey
) -> None:
    for entry in entries:
        if entry.name not in links:
            _check_mode(entry)
        _check_packing(archive, entry)
    files = [entry for entry in entries if not entry.is_folder]
    if all(entry.name in links for entry in files):
        raise Fault(
            f"{archive.name} contains no files.",
            help="Put the files the lab asks for into the zip; `grader pack` does.",
        )
    check_distinct((entry.name for entry in files), name_key)
    size = sum(entry.size for entry in entries)
    packed = sum(entry.packed for entry in entries)
    if size > archive.limits.unpacked_bytes:
        raise Fault(
            f"{archive.name} is too large when unpacked.",
            help="Hand in only the files the lab asks for; `grader pack` selects them.",
            expected=f"at most {archive.limits.unpacked_bytes:,} bytes",
            actual=f"{size:,} bytes",
        )
    ratios = [(entry.size, entry.packed, shown(entry.name)) for entry in files]
    for unpacked, stored, what in [*ratios, (size, packed, "it")]:
        if unpacked > SMALLEST_BOMB and unpacked > archive.limits.ratio * stored:
            raise Fault(
                f"{archive.name} looks like an archive bomb: {what} unpacks to "
                f"{unpacked:,} bytes from {stored:,}.",
                help="No file that the lab asks for compresses that much. Remove all other files "
                "and make the zip again.",
                expected=f"at most {archive.limits.ratio:g} times its compressed size",
                actual=f"{unpacked / max(stored, 1):.0f} times",
            )


def _check_mode(entry: Entry) -> None:
    kind = stat.S_IFMT(entry.mode)
    special = {
        stat.S_IFLNK: "a symbolic link",
        stat.S_IFIFO: "a named pipe",
        stat.S_IFSOCK: "a socket",
        stat.S_IFCHR: "a device",
        stat.S_IFBLK: "a device",
    }
    if kind not in ORDINARY:
        raise Fault(
            f"{shown(entry.name)} is {special.get(kind, 'of an unknown type')}, not a file.",
            help="Put the file itself into the zip, under that name, or leave it out.",
        )
    if not entry.is_folder and entry.mode & (stat.S_ISUID | stat.S_ISGID):
        raise Fault(
            f"{shown(entry.name)} has the setuid or setgid bit, which gives it the rights "
            "of another user.",
            help="Remove the bit (`chmod ug-s FILE`) and make the zip again.",
        )


def _check_packing(archive: Archive, entry: Entry) -> None:
    if entry.flags & ENCRYPTED:
        raise Fault(
            f"{archive.name} is encrypted: {shown(entry.name)} needs a password.",
            help="Make the zip again without a password.",
        )
    if entry.method not in {STORED, DEFLATED}:
        method = METHODS.get(entry.method, f"method {entry.method}")
        raise Fault(
            f"{shown(entry.name)} is compressed with {method}; the grader reads only Deflate.",
            help="Choose Deflate, the default method of most programs, and make the zip again.",
        )


def _check_ranges(
    archive: Archive, entries: tuple[Entry, ...], directory_start: int
) -> tuple[int, ...]:
    """Return the offset of each entry's packed bytes. Raises `Fault` if two entries overlap.

    With overlapping entries a few kilobytes unpack to petabytes, although the ratio of each entry
    is small (David Fifield, "A better zip bomb", 2019).
    """
    ranges = [data_range(archive, entry) for entry in entries]
    order = sorted(
        (entry.header, end, entry.name) for entry, (_, end) in zip(entries, ranges, strict=True)
    )
    for (_, end, name), (header, _, other) in pairwise(order):
        if end > header:
            raise Fault(
                f"{archive.name} looks like an archive bomb: {shown(name)} and {shown(other)} "
                "share the same bytes.",
                help=REPACK,
            )
    if order[-1][1] > directory_start:
        raise archive.damaged(f"{shown(order[-1][2])} overlaps the list of files")
    return tuple(start for start, _ in ranges)


def _unpacked(archive: Archive, entry: Entry, start: int) -> Iterator[bytes]:
    left = entry.packed
    inflater = zlib.decompressobj(-zlib.MAX_WBITS) if entry.method == DEFLATED else None
    archive.stream.seek(start)
    while left:
        packed = archive.stream.read(min(CHUNK, left))
        if not packed:
            raise archive.damaged("it ends too early")
        left -= len(packed)
        if inflater is None:
            yield packed
            continue
        try:
            while packed:
                yield inflater.decompress(packed, CHUNK)
                packed = inflater.unconsumed_tail
        except zlib.error as error:
            raise archive.damaged(f"{shown(entry.name)} cannot be unpacked") from error
    if inflater is None:
        return
    yield inflater.flush()  # at most one match of 258 bytes: nothing is left unconsumed
    if not inflater.eof:
        raise archive.damaged(f"{shown(entry.name)} is incomplete")
