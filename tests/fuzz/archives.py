"""Zips built from their structure, each part of which may lie, and what intake makes of them."""

import dataclasses
import functools
import io
import json
import re
import stat
import zipfile
import zlib
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

from hypothesis import strategies as st

from grader.intake import receive
from grader.intake.names import checked, decode
from grader.labs.kinds import network_lab
from grader.types import Status
from tests.fuzz.canary import listening
from tests.fuzz.spoilt import overwritten, spoilt
from tests.intake.archives import CHECKPOINT, NOTEBOOK, STUDENT, with_limits

# Limits low enough for a small archive to exceed every one of them.
LAB = with_limits(
    network_lab(), archive_bytes=1 << 22, unpacked_bytes=3 << 19, entries=6, notebook_bytes=1 << 10
)
_CHANGES = {"open", "os.mkdir", "os.remove"}  # what receiving may do, and only below its folder
# Where zipfile gives up and we do not: on fields that we never read, or ask to be of no value.
_ONLY_ZIPFILE = re.compile("Corrupt extra field|zip file version|compressed patched data|codec")
_SATURATED = 0xFFFFFFFF
_NUMBERS = st.sampled_from([0, 1, 20, 64, 0xFFFE, 0xFFFF, 0x10000, 0xFFFFFFFF, 1 << 63]) | (
    st.integers(0, 60)
)

_FRAGMENTS = [
    *(b"model/", b"mobilenet.pth", b"/", b"..", b"../", b".", b"C:", b"\\", b"\0", b"\n", b"\x1b["),
    *(b"MODEL/", b"Mobilenet.PTH", b"__MACOSX/", b".DS_Store", b"data/test_batch.bin", b"con"),
    *("é".encode(), "e\u0301".encode(), "ﬁ".encode(), "ß".encode(), "\u202e".encode(), b"a" * 200),
    *("模型".encode("big5"), "模型".encode("gbk"), b"\xed\xa0\x80", b"\xff\xfe", b" ", b"x.zip"),
]
_PARTS = st.lists(st.sampled_from(_FRAGMENTS) | st.binary(max_size=3), min_size=1, max_size=4)
NAMES = st.one_of(
    st.sampled_from([CHECKPOINT.encode(), NOTEBOOK.encode(), f"{STUDENT}/".encode()]),
    _PARTS.map(b"".join),
)
_PREFIXES = st.sampled_from([b"#!/bin/sh\n" * 3, b"PK\x03\x04", b"<html>", b"\x1f\x8b"])
_LARGE = st.builds(
    lambda piece, count: (piece * count)[:count],
    st.sampled_from([b"\0", b"ab", b"PK\x05\x06", b"PK\x01\x02"]),
    st.sampled_from([1 << 16, (1 << 20) + 1, (3 << 19) + 1]),
)
_BOMB = bytes(3 << 20)
_SMALL = st.binary(min_size=1, max_size=40)
_FLAGS = [1, 0x8, 0x20, 0x40, 0x800, 0x2000, 0xFFFF]
_METHODS = [0, 8, 9, 12, 14, 93, 99, 0xFFFF]
_MODES = [0, 0o120777, 0o010644, 0o060644, 0o020644, 0o040755, 0o104755, 0o102644]
_EXTRAS = st.builds(
    lambda kind, body, length: (
        kind.to_bytes(2, "little") + (len(body) + length).to_bytes(2, "little") + body
    ),
    st.sampled_from([1, 0x5455, 0x7075, 0x9901]),
    st.binary(max_size=4)
    | st.lists(_NUMBERS, max_size=3).map(
        lambda numbers: b"".join(number.to_bytes(8, "little") for number in numbers)
    ),
    st.sampled_from([0, 0, 0, 1, 1000]),
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One entry. `central` and `local` say what the two headers claim against the truth."""

    name: bytes
    packed: bytes
    truth: Mapping[str, int]
    central: Mapping[str, int]
    local: Mapping[str, int]
    local_name: bytes
    extra: bytes
    local_extra: bytes
    comment: bytes
    trailer: bytes  # a data descriptor, or a gap


def _one_in(draw: st.DrawFn, count: int) -> bool:
    return draw(st.integers(1, count)) == count  # simplest is False: the truth


_HEADER = ["needs", "flags", "method", "crc", "packed", "size"]
_LIES: Mapping[str, st.SearchStrategy[Mapping[str, int]]] = {  # what is not so, by who says it
    "both": st.one_of(
        st.sampled_from(_FLAGS).map(lambda value: {"flags": value}),
        st.sampled_from(_METHODS).map(lambda value: {"method": value}),
        st.sampled_from(_MODES).map(lambda value: {"attributes": value << 16}),
        st.builds(lambda told, value: {told: value}, st.sampled_from(_HEADER[-3:]), _NUMBERS),
    ),
    "central": st.dictionaries(st.sampled_from([*_HEADER, "disk", "offset"]), _NUMBERS, max_size=2),
    "local": st.dictionaries(st.sampled_from(_HEADER), _NUMBERS, max_size=2),
}


@st.composite
def members(draw: st.DrawFn, name: bytes) -> Member:
    """An entry that is what it says, or lies in one place; where `name` is empty, of any name."""
    name = name or draw(NAMES)
    content = b"" if name.endswith(b"/") else draw(_LARGE if _one_in(draw, 6) else _SMALL)
    method = draw(st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))
    liar = draw(st.sampled_from(["nobody"] * 5 + [*_LIES, "name", "bomb", "damage"]))
    told = {liar: draw(_LIES[liar])} if liar in _LIES else {}
    if liar == "bomb":
        method, content = zipfile.ZIP_DEFLATED, _BOMB
        told["both"] = {"size": draw(st.integers(0, 1 << 20))}
    packed = content if method == zipfile.ZIP_STORED else _deflated(content)
    sizes = {"crc": zlib.crc32(content), "packed": len(packed), "size": len(content)}
    truth = {"needs": 20, "flags": 0, "method": method, **sizes, "attributes": 0o100644 << 16}
    truth |= told.get("both", {})
    local, trailer = told.get("local", {}), b""
    if _one_in(draw, 5):  # as written to a pipe: what was not known before follows the data
        truth["flags"] |= 8
        local = {**dict.fromkeys(sizes, 0), **local}
        trailer = _record(b"PK\x07\x08", (4, 4, 4), [*sizes.values()])
    return Member(
        name=name,
        packed=draw(overwritten(packed)) if liar == "damage" else packed,
        truth=truth,
        central=told.get("central", {}),
        local=local,
        local_name=draw(NAMES) if liar == "name" else name,
        extra=draw(_EXTRAS) if _one_in(draw, 4) else b"",
        local_extra=draw(_EXTRAS) if _one_in(draw, 4) else b"",
        comment=b"PK\x05\x06" * 6 if _one_in(draw, 8) else b"",
        trailer=trailer,
    )


@functools.lru_cache(maxsize=64)
def _deflated(content: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush()


@st.composite
def archives(draw: st.DrawFn) -> bytes:
    """A hand-in's two files, others, and an end; one in six is then spoilt byte by byte."""
    names = [CHECKPOINT.encode(), NOTEBOOK.encode()] + [b""] * draw(
        st.sampled_from([0, 0, 0, 1, 1, 5])
    )
    wrapper = draw(st.sampled_from([b"", b"", f"{STUDENT}/".encode()]))
    parts = [draw(members(wrapper + name if name else b"")) for name in names]
    whole = _joined(draw, draw(st.permutations(parts)))
    if _one_in(draw, 4):
        whole = draw(_PREFIXES) + whole
    return draw(spoilt(whole)) if _one_in(draw, 6) else whole


def _joined(draw: st.DrawFn, parts: list[Member]) -> bytes:
    body, directory = bytearray(), bytearray()
    offsets: list[int] = []
    for number, inner in enumerate(parts[1:]):
        if parts[number].truth["method"] == zipfile.ZIP_STORED and _one_in(draw, 6):
            parts[number] = _around(parts[number], inner)
    for part in parts:
        shared = bool(offsets) and _one_in(draw, 16)  # two entries, one place
        offsets.append(draw(st.sampled_from(offsets)) if shared else len(body))
        directory += _central(part, offsets[-1])
        if not shared:
            body += _local(part) + part.packed + part.trailer
    end = {"disk": 0, "first": 0, "here": len(parts), "entries": len(parts)}
    end |= {"size": len(directory), "offset": len(body)}
    if _one_in(draw, 16):
        end |= draw(st.dictionaries(st.sampled_from(list(end)), _NUMBERS, max_size=2))
    tail = b""
    if _one_in(draw, 4):
        tail = _record(b"PK\x06\x06", (8, 2, 2, 4, 4, 8, 8, 8, 8), [44, 45, 45, *end.values()])
        tail += _record(b"PK\x06\x07", (4, 8, 4), [0, len(body) + len(directory), 1])
        end |= draw(st.sampled_from([{}, {"size": _SATURATED, "offset": _SATURATED}]))
    comment = b"PK\x05\x06" + bytes(18) if _one_in(draw, 12) else b""
    numbers = [*end.values(), len(comment)]
    tail += _record(b"PK\x05\x06", (2, 2, 2, 2, 4, 4, 2), numbers) + comment
    return bytes(body + directory) + tail


def _around(part: Member, inner: Member) -> Member:
    """`part` as a file in which `inner` lies, header and all ("A better zip bomb", 2019)."""
    content = part.packed + _local(inner) + inner.packed
    told = {"crc": zlib.crc32(content), "packed": len(content), "size": len(content)}
    return dataclasses.replace(part, truth={**part.truth, **told}, trailer=b"")


def _central(part: Member, offset: int) -> bytes:
    told = {**part.truth, "disk": 0, "offset": offset, **part.central}
    numbers = [20 | 3 << 8, told["needs"], told["flags"], told["method"], 0, 33]
    numbers += [told["crc"], told["packed"], told["size"]]
    numbers += [len(part.name), len(part.extra), len(part.comment)]
    numbers += [told["disk"], 0, told["attributes"], told["offset"]]
    widths = (2, 2, 2, 2, 2, 2, 4, 4, 4, 2, 2, 2, 2, 2, 4, 4)
    return _record(b"PK\x01\x02", widths, numbers) + part.name + part.extra + part.comment


def _local(part: Member) -> bytes:
    told = {**part.truth, **part.local}
    numbers = [told["needs"], told["flags"], told["method"], 0, 33]
    numbers += [told["crc"], told["packed"], told["size"]]
    numbers += [len(part.local_name), len(part.local_extra)]
    widths = (2, 2, 2, 2, 2, 4, 4, 4, 2, 2)
    return _record(b"PK\x03\x04", widths, numbers) + part.local_name + part.local_extra


def _record(signature: bytes, widths: tuple[int, ...], numbers: list[int]) -> bytes:
    """A header of the format, every number cut to its field's width in bytes."""
    pairs = zip(numbers, widths, strict=True)
    return signature + b"".join(
        (number % (1 << 8 * width)).to_bytes(width, "little") for number, width in pairs
    )


def check(content: bytes, folder: Path) -> None:
    """Intake gives a verdict, writes below its folder only, and unpacks what zipfile would."""
    source, work = folder / f"{STUDENT}.zip", folder.resolve() / "work"
    source.write_bytes(content)
    with listening() as heard:
        submission, measurements = receive(source, work, LAB)
    for event in heard:
        assert event.only_reads or (event.event in _CHANGES and event.is_below(work)), event
    assert [each.id for each in measurements] == ["intake.archive", "intake.layout"]
    for each in measurements:
        assert each.status is not Status.ERROR, each.reason
        assert each.status is not Status.FAILED or (each.reason and each.help)
        told = (each.reason, each.help, each.expected, each.actual, each.review, each.evidence)
        json.dumps(told, ensure_ascii=False).encode()
    assert sum(path.stat().st_size for path in work.glob("*")) <= LAB.limits.unpacked_bytes
    if measurements[0].status is Status.PASSED:
        try:
            theirs = _as_zipfile_reads(content)
        except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError) as refusal:
            assert _ONLY_ZIPFILE.search(str(refusal)), refusal  # noqa: PT017 - or any other
            return
        assert measurements[0].evidence["unpacked_bytes"] == sum(map(len, theirs.values()))
        for file in submission.files:
            readings = [
                read for name, read in theirs.items() if f"/{name}".endswith(f"/{file.name}")
            ]
            assert file.path.read_bytes() in readings


def _as_zipfile_reads(content: bytes) -> dict[str, bytes]:
    """Every file by its name as we read names, which zipfile takes from cp437."""
    found: dict[str, bytes] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        spans = sorted((info.header_offset, _end(content, info)) for info in archive.infolist())
        assert all(end <= start for (_, end), (start, _) in pairwise(spans)), "shared bytes"
        for info in archive.infolist():
            kind = stat.S_IFMT(info.external_attr >> 16)
            assert kind in {0, stat.S_IFREG, stat.S_IFDIR}, "neither a file nor a folder"
            raw = info.orig_filename.encode("utf-8" if info.flag_bits & 0x800 else "cp437")
            name = checked(decode(raw))
            assert ".." not in name.split("/"), "a name that leads out"
            if not info.is_dir() and kind != stat.S_IFDIR:
                assert name.lower() not in map(str.lower, found), "two files of one name"
                found[name] = archive.read(info)
    return found


def _end(content: bytes, info: zipfile.ZipInfo) -> int:
    """Where an entry's packed bytes end."""
    header = content[info.header_offset : info.header_offset + 30]
    lengths = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    return info.header_offset + 30 + lengths + info.compress_size
