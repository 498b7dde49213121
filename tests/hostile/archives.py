"""Hostile archives, and unusual but correct ones, each handed in as a whole zip."""

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
    DOS,
    FLAGS,
    HAND_IN,
    HEADER_OFFSET,
    METHOD,
    PACKED,
    SIZE,
    STUDENT,
    edited,
    raw_zip,
    streamed,
    with_links,
    zip64,
    zipped,
)

MARK = "grader-was-attacked"  # the name or content that a successful attack would leave
KIB, MIB = 1 << 10, 1 << 20

Make = Callable[[], bytes]


def named(*names: str | bytes) -> bytes:
    """A correct hand-in with further entries that have dangerous names."""
    members = [(name.encode(), content) for name, content in HAND_IN.items()]
    raw = [name if isinstance(name, bytes) else name.encode() for name in names]
    return raw_zip([*members, *((name, MARK.encode()) for name in raw)])


def on_windows(*names: str) -> bytes:
    """A hand-in with backslashes in its names, made on Windows, with further entries."""
    members = [(name.replace("/", "\\").encode(), content) for name, content in HAND_IN.items()]
    return raw_zip([*members, *((name.encode(), MARK.encode()) for name in names)], made_on=DOS)


def inside(data: bytes) -> bytes:
    """A hand-in that is only a zip with these bytes."""
    return zipped({f"{STUDENT}.zip": data})


def with_mode(mode: int, name: str = CHECKPOINT) -> bytes:
    """A correct hand-in whose entry `name` has the Unix mode `mode`."""
    return edited(zipped({"model/": b"", **HAND_IN}), name, ATTRIBUTES, mode << 16)


def chain_of_links() -> bytes:
    """A chain of links that points outside the folder although no name has `..` in it."""
    links = [(b"a", b".."), (b"a/a", b".."), (b"a/a/a", b".."), (b"a/a/a/" + MARK.encode(), b"x")]
    return raw_zip(links, mode=stat.S_IFLNK | 0o777)


def with_field(
    field: tuple[int, int | None, str], value: int, where: str = "both", data: bytes | None = None
) -> bytes:
    """A correct hand-in with one header field of its checkpoint set to `value`."""
    return edited(data or zipped(HAND_IN), CHECKPOINT, field, value, where)


def zeros(megabytes: int) -> bytes:
    """A correct hand-in and a file that compresses 1,000 times."""
    return zipped({**HAND_IN, "zeros": bytes(megabytes * MIB)})


def one_kernel() -> bytes:
    """Fifield's first step: both entries of the directory have the same file's offset."""
    data = zipped({"a.bin": bytes(64 * KIB), "b.bin": bytes(64 * KIB)})
    return edited(data, "b.bin", HEADER_OFFSET, 0, where="central")


def quoted() -> bytes:
    """Fifield's second step: the first file's bytes contain the second file with its header."""
    inner = zipped({"b.bin": b"same"}, zipfile.ZIP_STORED)
    outer = zipped({"a.bin": inner[: inner.index(CENTRAL)], "b.bin": b"same"}, zipfile.ZIP_STORED)
    return edited(outer, "b.bin", HEADER_OFFSET, 30 + len("a.bin"), where="central")


def into_the_list() -> bytes:
    """The last file's bytes overlap the directory."""
    data = zipped({"a.bin": b"same"}, zipfile.ZIP_STORED)
    return edited(edited(data, "a.bin", SIZE, 60), "a.bin", PACKED, 60)


def nested(levels: int) -> bytes:
    """Ten zips in a zip, and so on; at the bottom a megabyte of zeros."""
    data = bytes(MIB)
    for _ in range(levels):
        data = zipped({f"{number}.zip": data for number in range(10)})
    return data


def crowd(entries: int) -> bytes:
    """A zip of so many empty files."""
    return raw_zip([(b"%d" % number, b"") for number in range(entries)])


def tar() -> bytes:
    """A tar of one empty file."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.addfile(tarfile.TarInfo(CHECKPOINT))
    return buffer.getvalue()


def link_in(name: str, mode: int = stat.S_IFLNK | 0o777) -> bytes:
    """A correct hand-in with one more entry of this mode."""
    return with_links(zipped(HAND_IN), {name: mode})


IGNORED_LINKS = {
    ".venv/bin/python": stat.S_IFLNK | 0o777,
    f"{STUDENT}/.git/hooks/x": stat.S_IFIFO | 0o644,
    "node_modules/.bin/x": stat.S_IFLNK | 0o777,
    "a/__pycache__/x.pyc": stat.S_IFCHR | 0o644,
    "data/test_batch.bin": stat.S_IFLNK | 0o777,
}


def refused(name: str, make: Make, says: str) -> Case:
    """The case of an archive that intake refuses; `says` is a key word of the reason."""
    return Case(name=name, make=make, check="intake.archive", says=says)


def accepted(name: str, make: Make) -> Case:
    """The case of an archive that is unusual and accepted."""
    return Case(name=name, make=make, check="intake.layout", says="", status=Status.PASSED)


CASES: tuple[Case, ...] = (
    refused("name-parent", partial(named, f"../../../../{MARK}"), "outside"),
    refused("name-parent-inside", partial(named, f"model/../../../{MARK}"), "outside"),
    refused("name-absolute", partial(named, f"/{MARK}"), "absolute"),
    refused("name-network", partial(named, f"//host/share/{MARK}"), "absolute"),
    refused("name-drive", partial(named, f"C:/{MARK}"), "drive letter"),
    refused("name-drive-relative", partial(named, f"c:{MARK}"), "drive letter"),
    refused("name-backslash", partial(named, f"..\\..\\{MARK}"), "backslash"),
    refused("name-backslash-network", partial(named, f"\\\\host\\{MARK}"), "backslash"),
    refused("name-windows-parent", partial(on_windows, f"..\\..\\{MARK}"), "outside"),
    refused("name-windows-inside", partial(on_windows, f"a\\..\\..\\{MARK}"), "outside"),
    refused("name-windows-absolute", partial(on_windows, f"\\{MARK}"), "absolute"),
    refused("name-windows-network", partial(on_windows, f"\\\\host\\{MARK}"), "absolute"),
    refused("name-windows-drive", partial(on_windows, f"C:\\{MARK}"), "drive letter"),
    refused("name-windows-twice", partial(on_windows, CHECKPOINT), "Two files"),
    refused("name-nul", partial(named, f"{CHECKPOINT}\0.txt"), "control character"),
    refused("name-escape", partial(named, "\x1b]0;owned\x07"), "control character"),
    refused("name-newline", partial(named, "a\nb"), "control character"),
    refused("name-empty", partial(named, ""), "is empty"),
    refused("name-dots", partial(named, "./."), "is empty"),
    refused("name-long", partial(named, "n" * 60_000), "too long"),
    refused("name-twice", partial(named, CHECKPOINT), f"{CHECKPOINT}"),
    refused("name-twice-spelt", partial(named, f"./{CHECKPOINT}"), "Two files"),
    refused("name-case", partial(named, CHECKPOINT.upper()), "on some systems"),
    refused("name-case-long", partial(named, "STRASSE", "straße"), "on some systems"),
    refused("name-form", partial(named, "é", "e\u0301"), "on some systems"),
    refused("name-file-and-folder", partial(named, f"{CHECKPOINT}/x"), "both a file and a folder"),
    refused("mode-link", partial(with_mode, stat.S_IFLNK | 0o777), "symbolic link"),
    refused("mode-link-folder", partial(with_mode, stat.S_IFLNK, "model/"), "symbolic link"),
    refused("mode-links", chain_of_links, "symbolic link"),
    refused("mode-pipe", partial(with_mode, stat.S_IFIFO | 0o644), "named pipe"),
    refused("mode-character", partial(with_mode, stat.S_IFCHR | 0o666), "a device"),
    refused("mode-block", partial(with_mode, stat.S_IFBLK | 0o666), "a device"),
    refused("mode-socket", partial(with_mode, stat.S_IFSOCK | 0o666), "a socket"),
    refused("mode-unknown", partial(with_mode, 0o150644), "unknown"),
    refused("mode-setuid", partial(with_mode, 0o104755), "setuid"),
    refused("mode-setgid", partial(with_mode, 0o102755), "setuid"),
    refused("mode-link-beside-ignored", lambda: link_in("x.venv/python"), "symbolic link"),
    refused("mode-setuid-ignored", lambda: link_in(".venv/x", 0o104755), "setuid"),
    refused("overlap-one-file", one_kernel, "a.bin"),
    refused("overlap-quoted", quoted, "same bytes"),
    refused("overlap-list", into_the_list, "list of files"),
    refused("bomb-ratio", partial(zeros, 20), "bomb"),
    refused(
        "bomb-declares-less",
        lambda: edited(zeros(20), "zeros", SIZE, 10),
        "10 bytes",
    ),
    refused("bomb-declares-more", partial(with_field, SIZE, 5000), "320 bytes"),
    refused(
        "bomb-terabytes",
        lambda: zip64().replace((320).to_bytes(8, "little"), (1 << 42).to_bytes(8, "little")),
        "unpacked",
    ),
    refused("entries-133000", partial(crowd, 133_000), "4,096"),
    refused("entries-wrapped", partial(crowd, 0x10000 + 2), "4,096"),
    refused("entries-none", partial(zipped, {}), "no files"),
    refused("locked", partial(with_field, FLAGS, 0x0001), "password"),
    refused("locked-strongly", partial(with_field, FLAGS, 0x0041), "password"),
    refused("packed-otherwise", partial(with_field, METHOD, 14), "LZMA"),
    refused("empty", bytes, "is empty"),
    refused("cut-in-half", lambda: zipped(HAND_IN)[:150], "incomplete"),
    refused("cut-at-the-start", lambda: zipped(HAND_IN)[40:], "damaged"),
    refused("cut-within-a-file", partial(with_field, PACKED, 10), "incomplete"),
    refused("is-rar", lambda: b"Rar!\x1a\x07\x01\x00" + bytes(99), "RAR"),
    refused("is-7z", lambda: b"7z\xbc\xaf\x27\x1c" + bytes(99), "7z"),
    refused("is-tar", tar, "tar archive"),
    refused("is-tar-gz", lambda: gzip.compress(tar()), "gzip"),
    refused("is-xz", lambda: lzma.compress(tar()), "xz archive"),
    refused("is-noise", lambda: bytes(range(256)) * 40, "not a zip"),
    refused("crc", partial(with_field, CRC, 0x0BADCAFE), "checksum"),
    refused("crc-unused-file", lambda: edited(named("b"), "b", CRC, 1), "checksum of b"),
    refused(
        "local-name",
        lambda: zipped(HAND_IN).replace(b"mobilenet", b"imobilene", 1),
        "imobilene.pth",
    ),
    *(
        refused(f"local-{word}", partial(with_field, field, 1, "local"), "headers")
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
        "headers",
    ),
    refused("local-elsewhere", partial(with_field, HEADER_OFFSET, 1), "list of files"),
    refused("local-beyond", partial(with_field, HEADER_OFFSET, 1 << 30), "too early"),
    refused(
        "name-big5-link",
        partial(raw_zip, [("作業.pth".encode("cp950"), b"..")], stat.S_IFLNK),
        "作業.pth",
    ),
    refused(
        "name-gbk-link",
        partial(raw_zip, [("实验报告.pth".encode("gbk"), b"..")], stat.S_IFLNK),
        "实验报告.pth",
    ),
    Case(
        name="nested",
        make=partial(nested, 4),
        check="intake.layout",
        says=CHECKPOINT,
    ),
    Case(
        name="nested-twice",
        make=lambda: inside(inside(zipped(HAND_IN))),
        check="intake.layout",
        says=CHECKPOINT,
    ),
    refused("nested-bomb", lambda: inside(zeros(20)), "bomb"),
    refused("nested-overlap", lambda: inside(quoted()), "same bytes"),
    refused("nested-crowd", lambda: inside(crowd(5000)), "more than"),
    refused("nested-parent", lambda: inside(named(f"../../{MARK}")), "outside"),
    refused("nested-link", lambda: inside(with_mode(stat.S_IFLNK | 0o777)), "symbolic link"),
    refused("nested-crc", lambda: inside(with_field(CRC, 1)), "checksum"),
    accepted("nested-once", lambda: inside(zipped(HAND_IN))),
    accepted("links-ignored", lambda: with_links(zipped(HAND_IN), IGNORED_LINKS)),
    accepted("windows-folders", on_windows),
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
