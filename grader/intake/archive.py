"""Bytes → files, safely: a zip is judged by its headers before a byte of it is unpacked."""

import os
import stat
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

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
from grader.intake.names import NameKey, check_distinct, checked, same_on_some_system
from grader.labs.spec import HandInLimits
from grader.text import shown

CHUNK = 1 << 18
STORED, DEFLATED = 0, 8
METHODS = {9: "Deflate64", 12: "bzip2", 14: "LZMA", 93: "Zstandard", 95: "xz", 99: "encryption"}
# Deflate packs any small file of one repeated byte a thousandfold; only a large one is a bomb.
SMALLEST_BOMB = 1 << 20

FOREIGN = (  # what else comes under a zip's name, by its first bytes
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
    """The files of an open zip whose headers have been judged."""

    archive: Archive
    placed: Mapping[str, tuple[Entry, int]]  # by name: the entry and where its bytes begin
    entries: int
    kind: str = "zip"

    @property
    def sizes(self) -> dict[str, int]:
        """The files' names and unpacked bytes, folders left out."""
        return {name: entry.size for name, (entry, _) in self.placed.items()}

    def read(self, name: str) -> Iterator[bytes]:
        """The file's bytes in pieces.

        Raises `Fault` at the first byte beyond the declared size, and at the end where the size
        or the CRC-32 is not the declared one.
        """
        entry, start = self.placed[name]
        crc = size = 0
        for piece in _unpacked(self.archive, entry, start):
            size += len(piece)
            if size > entry.size:
                raise self.archive.damaged(
                    f"{shown(name)} unpacks to more than the {entry.size:,} bytes it declares"
                )
            crc = zlib.crc32(piece, crc)
            yield piece
        if size != entry.size:
            raise self.archive.damaged(
                f"{shown(name)} unpacks to {size:,} bytes and declares {entry.size:,}"
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
    limits: HandInLimits,
    same: NameKey = same_on_some_system,
    named: Callable[[str], str] = checked,
) -> Iterator[ZipContents]:
    """The zip at `source`, judged and ready to read; no two names may be the `same`.

    `named` judges one name, and gives it as it is used.
    Raises `Fault` for whatever is not a zip or not one that is safe to unpack, `OSError` where
    the file cannot be read.
    """
    with source.open("rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        archive = Archive(
            name=shown(source.name), stream=stream, size=size, limits=limits, named=named
        )
        _check_kind(archive)
        entries, directory_start = read_directory(archive)
        _check_entries(archive, entries, same)
        starts = _check_ranges(archive, entries, directory_start)
        placed = {
            entry.name: (entry, start)
            for entry, start in zip(entries, starts, strict=True)
            if not entry.is_folder
        }
        yield ZipContents(archive=archive, placed=placed, entries=len(entries))


def _check_kind(archive: Archive) -> None:
    if archive.size == 0:
        raise Fault(
            f"{archive.name} is empty: it has no bytes at all.",
            help="The upload failed. Check that the zip opens on your machine, then upload it "
            "again.",
        )
    if archive.size > archive.limits.archive_bytes:
        raise Fault(
            f"{archive.name} is too large.",
            help="Hand in only the files the lab asks for, without environments or data sets; "
            "`grader pack` picks them.",
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
            help="A log-in or download page was saved under the zip's name. Fetch the zip itself "
            "and upload that.",
        )


def _check_entries(archive: Archive, entries: tuple[Entry, ...], same: NameKey) -> None:
    for entry in entries:
        _check_mode(entry)
        _check_packing(archive, entry)
    files = [entry for entry in entries if not entry.is_folder]
    if not files:
        raise Fault(
            f"{archive.name} holds no files.",
            help="Put the files the lab asks for into the zip; `grader pack` does.",
        )
    check_distinct((entry.name for entry in files), same)
    size = sum(entry.size for entry in entries)
    packed = sum(entry.packed for entry in entries)
    if size > archive.limits.unpacked_bytes:
        raise Fault(
            f"{archive.name} unpacks to too much.",
            help="Hand in only the files the lab asks for; `grader pack` picks them.",
            expected=f"at most {archive.limits.unpacked_bytes:,} bytes",
            actual=f"{size:,} bytes",
        )
    ratios = [(entry.size, entry.packed, f"{shown(entry.name)} in it") for entry in files]
    for unpacked, stored, what in [*ratios, (size, packed, "it")]:
        if unpacked > SMALLEST_BOMB and unpacked > archive.limits.ratio * stored:
            raise Fault(
                f"{archive.name} looks like an archive bomb: {what} unpacks to "
                f"{unpacked:,} bytes from {stored:,}.",
                help="No file the lab asks for packs that well. Remove what is not asked for and "
                "make the zip again.",
                expected=f"at most {archive.limits.ratio:g} times its packed size",
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
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise Fault(
            f"{shown(entry.name)} is {special.get(kind, 'something unknown')}, not a file.",
            help="Put the file itself into the zip, under that name, or leave it out.",
        )
    if not entry.is_folder and entry.mode & (stat.S_ISUID | stat.S_ISGID):
        raise Fault(
            f"{shown(entry.name)} asks to run with another user's rights (setuid or setgid).",
            help="Take the mode off (`chmod ug-s FILE`) and make the zip again.",
        )


def _check_packing(archive: Archive, entry: Entry) -> None:
    if entry.flags & ENCRYPTED:
        raise Fault(
            f"{archive.name} is locked: {shown(entry.name)} needs a password.",
            help="Make the zip again without a password.",
        )
    if entry.method not in {STORED, DEFLATED}:
        method = METHODS.get(entry.method, f"method {entry.method}")
        raise Fault(
            f"{shown(entry.name)} is packed with {method}, which few programs can read.",
            help="Choose Deflate, the usual method of zip, and make the zip again.",
        )


def _check_ranges(
    archive: Archive, entries: tuple[Entry, ...], directory_start: int
) -> tuple[int, ...]:
    """Where each entry's bytes begin; a `Fault` where two of them share bytes.

    Overlap is how a few kilobytes become petabytes without any one entry's ratio showing it
    (David Fifield, "A better zip bomb", 2019).
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
        raise archive.damaged(f"{shown(order[-1][2])} runs into the list of files")
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
        raise archive.damaged(f"{shown(entry.name)} is cut off")
