"""Hostile archives, and honest ones that look odd: whole zips, each handed in as it is."""

import gzip
import io
import lzma
import stat
import tarfile
import zipfile
from collections.abc import Callable
from functools import partial

from grader.types import Status
from tests.hostile.case import Case
from tests.intake.archives import (
    ATTRIBUTES,
    CENTRAL,
    CHECKPOINT,
    CRC,
    FLAGS,
    HAND_IN,
    HEADER_OFFSET,
    METHOD,
    PACKED,
    SIZE,
    edited,
    raw_zip,
    streamed,
    zip64,
    zipped,
)

MARK = "grader-was-attacked"  # what an attack would leave behind, were it to succeed
KIB, MIB = 1 << 10, 1 << 20

Make = Callable[[], bytes]


def named(*names: str | bytes) -> bytes:
    """A right hand-in with further entries, each called what no file should be called."""
    members = [(name.encode(), content) for name, content in HAND_IN.items()]
    raw = [name if isinstance(name, bytes) else name.encode() for name in names]
    return raw_zip([*members, *((name, MARK.encode()) for name in raw)])


def with_mode(mode: int, name: str = CHECKPOINT) -> bytes:
    """A right hand-in whose entry `name` has a Unix mode of its own."""
    return edited(zipped({"model/": b"", **HAND_IN}), name, ATTRIBUTES, mode << 16)


def chain_of_links() -> bytes:
    """`a` leads up, `a/a` further up, and `a/a/a` out of the folder: no name has `..` in it."""
    links = [(b"a", b".."), (b"a/a", b".."), (b"a/a/a", b".."), (b"a/a/a/" + MARK.encode(), b"x")]
    return raw_zip(links, mode=stat.S_IFLNK | 0o777)


def with_field(
    field: tuple[int, int | None, str], value: int, where: str = "both", data: bytes | None = None
) -> bytes:
    """A right hand-in with one header field of its checkpoint set to `value`."""
    return edited(data or zipped(HAND_IN), CHECKPOINT, field, value, where)


def zeros(megabytes: int) -> bytes:
    """A right hand-in beside a file that packs a thousandfold."""
    return zipped({**HAND_IN, "zeros": bytes(megabytes * MIB)})


def one_kernel() -> bytes:
    """Fifield's first step: both names of the list lead to one and the same file."""
    data = zipped({"a.bin": bytes(64 * KIB), "b.bin": bytes(64 * KIB)})
    return edited(data, "b.bin", HEADER_OFFSET, 0, where="central")


def quoted() -> bytes:
    """Fifield's second: the first file's bytes hold the second file, header and all."""
    inner = zipped({"b.bin": b"same"}, zipfile.ZIP_STORED)
    outer = zipped({"a.bin": inner[: inner.index(CENTRAL)], "b.bin": b"same"}, zipfile.ZIP_STORED)
    return edited(outer, "b.bin", HEADER_OFFSET, 30 + len("a.bin"), where="central")


def into_the_list() -> bytes:
    """The last file's bytes go on into the list of files."""
    data = zipped({"a.bin": b"same"}, zipfile.ZIP_STORED)
    return edited(edited(data, "a.bin", SIZE, 60), "a.bin", PACKED, 60)


def nested(levels: int) -> bytes:
    """Ten zips in a zip, and so on; at the bottom a megabyte of zeros."""
    data = bytes(MIB)
    for _ in range(levels):
        data = zipped({f"{number}.zip": data for number in range(10)})
    return data


def crowd(entries: int) -> bytes:
    """Empty files, as many as the headers hold."""
    return raw_zip([(b"%d" % number, b"") for number in range(entries)])


def tar() -> bytes:
    """A tar of one empty file."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.addfile(tarfile.TarInfo(CHECKPOINT))
    return buffer.getvalue()


def refused(name: str, make: Make, says: str) -> Case:
    """An archive that is told why it is not unpacked."""
    return Case(name=name, make=make, check="intake.archive", says=says)


def accepted(name: str, make: Make) -> Case:
    """An archive that is odd, and as good as any other."""
    return Case(name=name, make=make, check="intake.layout", says="", status=Status.PASSED)


CASES: tuple[Case, ...] = (
    refused("name-parent", partial(named, f"../../../../{MARK}"), "leads out of its folder"),
    refused("name-parent-inside", partial(named, f"model/../../../{MARK}"), "leads out"),
    refused("name-absolute", partial(named, f"/{MARK}"), "absolute path"),
    refused("name-network", partial(named, f"//host/share/{MARK}"), "absolute path"),
    refused("name-drive", partial(named, f"C:/{MARK}"), "begins with a drive letter"),
    refused("name-drive-relative", partial(named, f"c:{MARK}"), "begins with a drive letter"),
    refused("name-backslash", partial(named, f"..\\..\\{MARK}"), "has a backslash in it"),
    refused("name-backslash-network", partial(named, f"\\\\host\\{MARK}"), "has a backslash"),
    refused("name-nul", partial(named, f"{CHECKPOINT}\0.txt"), "has a control character"),
    refused("name-escape", partial(named, "\x1b]0;owned\x07"), "has a control character"),
    refused("name-newline", partial(named, "a\nb"), "has a control character"),
    refused("name-empty", partial(named, ""), "is empty"),
    refused("name-dots", partial(named, "./."), "is empty"),
    refused("name-long", partial(named, "n" * 60_000), "is too long"),
    refused("name-twice", partial(named, CHECKPOINT), f"{CHECKPOINT} is there twice"),
    refused("name-twice-spelt", partial(named, f"./{CHECKPOINT}"), "is there twice"),
    refused("name-case", partial(named, CHECKPOINT.upper()), "are one name on some systems"),
    refused("name-case-long", partial(named, "STRASSE", "straße"), "are one name on some"),
    refused("name-form", partial(named, "é", "e\u0301"), "are one name on some systems"),
    refused("name-file-and-folder", partial(named, f"{CHECKPOINT}/x"), "both a file and a folder"),
    refused("mode-link", partial(with_mode, stat.S_IFLNK | 0o777), "is a symbolic link"),
    refused("mode-link-folder", partial(with_mode, stat.S_IFLNK, "model/"), "a symbolic link"),
    refused("mode-links", chain_of_links, "a is a symbolic link"),
    refused("mode-pipe", partial(with_mode, stat.S_IFIFO | 0o644), "is a named pipe"),
    refused("mode-character", partial(with_mode, stat.S_IFCHR | 0o666), "is a device"),
    refused("mode-block", partial(with_mode, stat.S_IFBLK | 0o666), "is a device"),
    refused("mode-socket", partial(with_mode, stat.S_IFSOCK | 0o666), "is a socket"),
    refused("mode-unknown", partial(with_mode, 0o150644), "is something unknown"),
    refused("mode-setuid", partial(with_mode, 0o104755), "setuid or setgid"),
    refused("mode-setgid", partial(with_mode, 0o102755), "setuid or setgid"),
    refused("overlap-one-file", one_kernel, "b.bin is called a.bin at its own place"),
    refused("overlap-quoted", quoted, "share the same bytes"),
    refused("overlap-list", into_the_list, "runs into the list of files"),
    refused("bomb-ratio", partial(zeros, 20), "looks like an archive bomb"),
    refused(
        "bomb-declares-less",
        lambda: edited(zeros(20), "zeros", SIZE, 10),
        "unpacks to more than the 10 bytes it declares",
    ),
    refused(
        "bomb-declares-more", partial(with_field, SIZE, 5000), "unpacks to 320 bytes and declares"
    ),
    refused(
        "bomb-terabytes",
        lambda: zip64().replace((320).to_bytes(8, "little"), (1 << 42).to_bytes(8, "little")),
        "unpacks to too much",
    ),
    refused("entries-133000", partial(crowd, 133_000), "more than 4,096 files"),
    refused("entries-wrapped", partial(crowd, 0x10000 + 2), "more than 4,096 files"),
    refused("entries-none", partial(zipped, {}), "holds no files"),
    refused("locked", partial(with_field, FLAGS, 0x0001), "needs a password"),
    refused("locked-strongly", partial(with_field, FLAGS, 0x0041), "needs a password"),
    refused("packed-otherwise", partial(with_field, METHOD, 14), "is packed with LZMA"),
    refused("empty", bytes, "is empty"),
    refused("cut-in-half", lambda: zipped(HAND_IN)[:150], "is cut off"),
    refused("cut-at-the-start", lambda: zipped(HAND_IN)[40:], "is damaged"),
    refused("cut-within-a-file", partial(with_field, PACKED, 10), "is cut off"),
    refused("is-rar", lambda: b"Rar!\x1a\x07\x01\x00" + bytes(99), "is a RAR archive"),
    refused("is-7z", lambda: b"7z\xbc\xaf\x27\x1c" + bytes(99), "is a 7z archive"),
    refused("is-tar", tar, "is a tar archive"),
    refused("is-tar-gz", lambda: gzip.compress(tar()), "is a gzip archive"),
    refused("is-xz", lambda: lzma.compress(tar()), "is an xz archive"),
    refused("is-noise", lambda: bytes(range(256)) * 40, "is not a zip archive"),
    refused("crc", partial(with_field, CRC, 0x0BADCAFE), "the checksum of"),
    refused("crc-unused-file", lambda: edited(named("b"), "b", CRC, 1), "the checksum of b"),
    refused(
        "local-name",
        lambda: zipped(HAND_IN).replace(b"mobilenet", b"imobilene", 1),
        "is called model/imobilene.pth at its own place",
    ),
    *(
        refused(f"local-{word}", partial(with_field, field, 1, "local"), "descriptions of")
        for word, field in (
            ("crc", CRC),
            ("size", SIZE),
            ("packed", PACKED),
            ("method", METHOD),
            ("flags", FLAGS),
        )
    ),
    refused(
        "local-size-streamed",
        lambda: with_field(SIZE, 1, "local", streamed()),
        "descriptions of",
    ),
    refused("local-elsewhere", partial(with_field, HEADER_OFFSET, 1), "is not where the list"),
    refused("local-beyond", partial(with_field, HEADER_OFFSET, 1 << 30), "ends too early"),
    refused(
        "name-big5-link",
        partial(raw_zip, [("作業.pth".encode("cp950"), b"..")], stat.S_IFLNK),
        "作業.pth is a symbolic link",
    ),
    refused(
        "name-gbk-link",
        partial(raw_zip, [("实验报告.pth".encode("gbk"), b"..")], stat.S_IFLNK),
        "实验报告.pth is a symbolic link",
    ),
    Case(
        name="nested",
        make=partial(nested, 4),
        check="intake.layout",
        says=f"{CHECKPOINT} is missing",
    ),
    accepted("nested-beside", lambda: zipped({**HAND_IN, "more.zip": nested(2)})),
    accepted("zip64", zip64),
    accepted("streamed", streamed),
    accepted("prefixed", lambda: b"#!/bin/sh\nexit 0\n" + zipped(HAND_IN)),
    accepted("followed", lambda: zipped(HAND_IN) + bytes(512)),
    accepted("stored", partial(zipped, HAND_IN, zipfile.ZIP_STORED)),
    accepted("big5", partial(named, "說明.txt".encode("cp950"))),
    accepted("gbk", partial(named, "实验报告.txt".encode("gbk"))),
    accepted("setgid-folder", partial(with_mode, 0o42755, "model/")),
)
