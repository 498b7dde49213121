"""The central directory of a zip, read without trusting it.

Python 3.11's `zipfile` cuts names at NUL, takes the last of two equal names, reads a directory of
any length and drops the bytes beyond a declared size; none of these can be switched off. This
module reads every record once. What two readers could understand differently is a Fault.
Record layouts and section numbers are those of PKWARE's APPNOTE 6.3.10.
"""

import stat
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from grader.errors import Fault
from grader.intake.names import checked, decode
from grader.labs.hand_in_limits import ArchiveLimits
from grader.text import shown

END = struct.Struct("<4s4H2LH")  # 4.3.16: end of central directory record
END_SIGNATURE = b"PK\x05\x06"
LOCATOR = struct.Struct("<4sLQL")  # 4.3.15: zip64 end of central directory locator
LOCATOR_SIGNATURE = b"PK\x06\x07"
END64 = struct.Struct("<4sQ2H2L4Q")  # 4.3.14: zip64 end of central directory record
END64_SIGNATURE = b"PK\x06\x06"
CENTRAL = struct.Struct("<4s6H3L5H2L")  # 4.3.12: central directory header
CENTRAL_SIGNATURE = b"PK\x01\x02"
LOCAL = struct.Struct("<4s5H3L2H")  # 4.3.7: local file header
LOCAL_SIGNATURE = b"PK\x03\x04"

ENCRYPTED = 0x0001 | 0x0040 | 0x2000  # 4.4.4: encryption, strong encryption, masked headers
DOS_MAKERS = frozenset({0, 10, 14})  # 4.4.2: FAT, NTFS, VFAT: there a backslash separates folders
DATA_DESCRIPTOR = 0x0008  # sizes and CRC follow the data; the local header may lack them
LONGEST_COMMENT = 0xFFFF
BYTES_PER_ENTRY = 4096  # of the directory; most entries take 100, one with the longest name 1,100
SATURATED = 0xFFFFFFFF  # "see the zip64 field"
ZIP64_FIELD = 0x0001

AS_ZIP = "Put the files into a zip archive; `grader pack` makes a correct one."
REPACK = "Make the zip again and upload it again; `grader pack` makes a correct one."


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """An open zip: its `name` in messages, its `size` in bytes, and the limits of the lab.

    `check_name` returns the name of an entry as it is used, or raises `Fault`.
    """

    name: str
    stream: BinaryIO
    size: int
    limits: ArchiveLimits
    check_name: Callable[[str], str] = checked

    def read_at(self, start: int, count: int) -> bytes:
        """Return `count` bytes from offset `start`. Raises `Fault` if the file is shorter."""
        if start + count > self.size:
            raise self.damaged("it ends too early")
        self.stream.seek(start)
        return self.stream.read(count)

    def damaged(self, cause: str) -> Fault:
        """Return the `Fault` for bytes that no undamaged zip has."""
        return Fault(f"{self.name} is damaged: {cause}.", help=REPACK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry as the central directory describes it.

    `name` is decoded and safe, `raw_name` as stored; in a name that was written on Windows, each
    backslash is read as a `/`. `size` and `packed` are the declared numbers of bytes, unpacked and
    packed; `header` is the offset of the local header in the file, `mode` the Unix mode or 0.
    """

    name: str
    raw_name: bytes
    is_folder: bool
    flags: int
    method: int
    crc: int
    size: int
    packed: int
    header: int
    mode: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _End:
    entries: int
    size: int
    start: int
    prefix: int  # bytes before the archive; the offsets in it count from their end


def read_directory(archive: Archive) -> tuple[tuple[Entry, ...], int]:
    """Return all entries, in the order of the directory, and the directory's offset.

    Raises `Fault` if the archive is incomplete, damaged, ambiguous or beyond the lab's limits.
    """
    end = _read_end(archive)
    most = archive.limits.entries
    if end.size > most * BYTES_PER_ENTRY:
        raise _too_many(archive)
    data = archive.read_at(end.start, end.size)
    entries: list[Entry] = []
    at = 0
    while at < len(data):
        entry, at = _read_entry(archive, data, at, end.prefix)
        entries.append(entry)
        if len(entries) > most:  # some writers store the count modulo 65,536
            raise _too_many(archive)
    if len(entries) != end.entries:
        raise archive.damaged(
            f"it lists {len(entries)} files, but its end record counts {end.entries}"
        )
    return tuple(entries), end.start


def _too_many(archive: Archive) -> Fault:
    return Fault(
        f"{archive.name} contains more than {archive.limits.entries:,} files and folders, the "
        "limit of the lab.",
        help="Hand in only the files the lab asks for, without environments or data sets; "
        "`grader pack` selects them.",
    )


def _read_end(archive: Archive) -> _End:
    tail_size = min(archive.size, END.size + LONGEST_COMMENT + LOCATOR.size + END64.size)
    tail_start = archive.size - tail_size
    tail = archive.read_at(tail_start, tail_size)
    # The whole record must fit: else bytes of a comment could be read as a record.
    at = tail.rfind(END_SIGNATURE, 0, max(tail_size - END.size + len(END_SIGNATURE), 0))
    if at < 0 and archive.read_at(0, min(4, archive.size)) != LOCAL_SIGNATURE:
        raise Fault(f"{archive.name} is not a zip archive.", help=AS_ZIP)
    if at < 0:
        raise Fault(
            f"{archive.name} is incomplete: the list of files at the end of the zip is missing.",
            help="The upload or the copy stopped too early. Check that the zip opens on your "
            "machine, then upload it again.",
        )
    _, disk, first_disk, here, entries, size, offset, _ = END.unpack_from(tail, at)
    end = tail_start + at
    if at >= LOCATOR.size and tail.startswith(LOCATOR_SIGNATURE, at - LOCATOR.size):
        end -= LOCATOR.size + END64.size
        plain = (disk, first_disk, here, entries, size, offset)
        disk, first_disk, here, entries, size, offset = _read_end64(archive, end, plain)
    if disk or first_disk or here != entries:
        raise Fault(f"{archive.name} is one part of a split archive.", help=REPACK)
    start = end - size
    prefix = start - offset
    if start < 0 or prefix < 0:
        raise archive.damaged("its list of files is not at the stored offset")
    return _End(entries=entries, size=size, start=start, prefix=prefix)


def _read_end64(archive: Archive, at: int, plain: tuple[int, ...]) -> tuple[int, ...]:
    if at < 0:
        raise archive.damaged("its zip64 record is missing")
    record = END64.unpack(archive.read_at(at, END64.size))
    if record[0] != END64_SIGNATURE:
        raise archive.damaged("its zip64 record is missing")
    fields = record[4:]
    saturated = (0xFFFF, 0xFFFF, 0xFFFF, 0xFFFF, SATURATED, SATURATED)
    for small, large, unset in zip(plain, fields, saturated, strict=True):
        if small not in {unset, large}:
            raise archive.damaged("its two end records disagree")
    return fields


def _read_entry(archive: Archive, data: bytes, at: int, prefix: int) -> tuple[Entry, int]:
    if len(data) - at < CENTRAL.size or not data.startswith(CENTRAL_SIGNATURE, at):
        raise archive.damaged("its list of files cannot be read")
    header = CENTRAL.unpack_from(data, at)
    _, made_by, _, flags, method, _, _, crc, packed, size, *lengths, disk, _, attributes, offset = (
        header
    )
    name_end = at + CENTRAL.size + lengths[0]
    extra_end = name_end + lengths[1]
    following = extra_end + lengths[2]
    if following > len(data):
        raise archive.damaged("its list of files cannot be read")
    if disk not in {0, 0xFFFF}:
        raise Fault(f"{archive.name} is one part of a split archive.", help=REPACK)
    size, packed, offset = _zip64(data[name_end:extra_end], (size, packed, offset))
    raw_name = data[at + CENTRAL.size : name_end]
    name = decode(raw_name)
    if made_by >> 8 in DOS_MAKERS:
        name = name.replace("\\", "/")
    mode = attributes >> 16
    entry = Entry(
        name=archive.check_name(name),
        raw_name=raw_name,
        is_folder=name.endswith("/") or stat.S_ISDIR(mode),
        flags=flags,
        method=method,
        crc=crc,
        size=size,
        packed=packed,
        header=prefix + offset,
        mode=mode,
    )
    return entry, following


def _zip64(extra: bytes, fields: tuple[int, int, int]) -> tuple[int, int, int]:
    """Return `fields`, the saturated ones replaced by those of the zip64 extra field (4.5.3).

    A field that stays saturated means 4 GiB, which is beyond every lab's limit.
    """
    at = 0
    while at + 4 <= len(extra):
        field, length = struct.unpack_from("<HH", extra, at)
        whole = extra[at + 4 : at + 4 + length]
        if field == ZIP64_FIELD and len(whole) == length:
            large = struct.iter_unpack("<Q", whole[: len(whole) // 8 * 8])
            first, second, third = (
                next(large, (small,))[0] if small == SATURATED else small for small in fields
            )
            return first, second, third
        at += 4 + length
    return fields


def data_range(archive: Archive, entry: Entry) -> tuple[int, int]:
    """Return the offsets at which the entry's packed bytes begin and end.

    Raises `Fault` if the local header and the central directory differ: then two readers could
    see two different files.
    """
    header = LOCAL.unpack(archive.read_at(entry.header, LOCAL.size))
    signature, _, flags, method, _, _, crc, packed, size, name_length, extra_length = header
    if signature != LOCAL_SIGNATURE:
        raise archive.damaged(f"{shown(entry.name)} is not at the offset in the list of files")
    rest = archive.read_at(entry.header + LOCAL.size, name_length + extra_length)
    if rest[:name_length] != entry.raw_name:
        raise archive.damaged(
            f"{shown(entry.name)} has another name in its local header: "
            f"{shown(decode(rest[:name_length]))}"
        )
    size, packed, _ = _zip64(rest[name_length:], (size, packed, 0))
    same = (method, flags & ENCRYPTED) == (entry.method, entry.flags & ENCRYPTED)
    pairs = zip((crc, packed, size), (entry.crc, entry.packed, entry.size), strict=True)
    left_open = {0, SATURATED} if flags & DATA_DESCRIPTOR else set()
    if not same or not all(local == whole or local in left_open for local, whole in pairs):
        raise archive.damaged(f"its two headers of {shown(entry.name)} disagree")
    start = entry.header + LOCAL.size + len(rest)
    return start, start + entry.packed
