"""The central directory of a zip: what is read, and what is refused as ambiguous."""

import io
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.intake import receive
from grader.labs.network_lab import NetworkLab
from grader.types import Role, Status
from tests.intake.archives import (
    CENTRAL,
    CHECKPOINT,
    CRC,
    DOS,
    FLAGS,
    HAND_IN,
    HEADER_OFFSET,
    METHOD,
    NOTEBOOK,
    NTFS,
    PACKED,
    SIZE,
    STUDENT,
    UNIX,
    VFAT,
    Bench,
    accepted,
    edited,
    raw_zip,
    refused,
    streamed,
    with_limits,
    zip64,
    zipped,
)


def test_bytes_before_the_archive_are_accepted(bench: Bench) -> None:
    """A zip behind other bytes, such as a self-extractor, is read from its end."""
    accepted(bench, b"#!/bin/sh\nexit 0\n" + zipped(HAND_IN))


def test_a_comment_is_accepted(bench: Bench) -> None:
    """A zip may end in a comment."""
    buffer = io.BytesIO(zipped(HAND_IN))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.comment = b"a comment"
    accepted(bench, buffer.getvalue())


def test_data_descriptors_are_accepted(bench: Bench) -> None:
    """Sizes and checksums may follow the data, as macOS and pipes write them."""
    accepted(bench, streamed())


def test_zip64_is_accepted(bench: Bench) -> None:
    """Archives with 64-bit sizes, offsets and end records are read."""
    accepted(bench, zip64())


def test_a_zip64_record_that_disagrees_is_refused(bench: Bench) -> None:
    """If the two end records differ, readers can see different archives."""
    data = bytearray(zip64())
    data[-12:-10] = b"\x07\x00"  # the count of the plain end record
    refused(bench, bytes(data), "end records")


def test_a_lost_zip64_record_is_refused(bench: Bench) -> None:
    """A locator that points to no record means damage."""
    refused(bench, zip64().replace(b"PK\x06\x06", b"PK\x00\x00"), "zip64 record")


@pytest.mark.parametrize("length", [0, 7, 9, 0xFFFF])
def test_a_damaged_zip64_field_is_refused(bench: Bench, length: int) -> None:
    """A 64-bit field too short or too long for its values leaves sizes that no lab allows."""
    field = b"\x01\x00\x10\x00"
    data = zip64()
    assert field in data
    refused(bench, data.replace(field, b"\x01\x00" + length.to_bytes(2, "little")), STUDENT)


@pytest.mark.parametrize("kept", [4, 30, 100, 200])
def test_a_truncated_zip_is_cut_off(bench: Bench, kept: int) -> None:
    """A zip without its end is incomplete, however much of it is left."""
    refused(bench, zipped(HAND_IN)[:kept], f"{STUDENT}.zip", "incomplete")


def test_a_zip_without_its_beginning_is_damaged(bench: Bench) -> None:
    """If the directory's offset lies before the start of the file, bytes are missing."""
    refused(bench, zipped(HAND_IN)[40:], "damaged")


def test_a_name_with_a_nul_is_refused_whole(bench: Bench) -> None:
    """A NUL does not cut the name, as it would for some readers."""
    refused(bench, raw_zip([(b"312551001.ipynb\0.exe", b"evil")]), "control")


def test_overlapping_entries_are_refused(bench: Bench) -> None:
    """Two entries that share bytes are a bomb, even if each of them is small."""
    inner = zipped({"b.bin": b"same"}, zipfile.ZIP_STORED)
    outer = zipped({"a.bin": inner[: inner.index(CENTRAL)], "b.bin": b"same"}, zipfile.ZIP_STORED)
    quoted = edited(outer, "b.bin", HEADER_OFFSET, 30 + len("a.bin"), where="central")
    refused(bench, quoted, "bomb", "b.bin")


def test_data_within_the_list_of_files_is_refused(bench: Bench) -> None:
    """An entry whose bytes overlap the directory is damaged."""
    data = zipped({"a.bin": b"same"}, zipfile.ZIP_STORED)
    longer = edited(edited(data, "a.bin", SIZE, 60), "a.bin", PACKED, 60)
    refused(bench, longer, "list of files")


def test_an_offset_beyond_the_file_is_refused(bench: Bench) -> None:
    """An entry beyond the end of the file is damaged."""
    refused(bench, edited(zipped(HAND_IN), CHECKPOINT, HEADER_OFFSET, 1 << 30), "damaged")


def test_an_entry_that_is_elsewhere_is_refused(bench: Bench) -> None:
    """An offset at which no file begins is damage."""
    refused(bench, edited(zipped(HAND_IN), CHECKPOINT, HEADER_OFFSET, 1), CHECKPOINT)


@pytest.mark.parametrize("field", [CRC, SIZE, PACKED, METHOD, FLAGS])
def test_headers_that_disagree_are_refused(bench: Bench, field: tuple[int, int, str]) -> None:
    """The local header must agree with the central directory."""
    data = edited(zipped(HAND_IN), CHECKPOINT, field, 1, where="local")
    refused(bench, data, CHECKPOINT, "headers")


@pytest.mark.parametrize("field", [CRC, SIZE, PACKED])
def test_a_local_header_may_leave_out_what_follows_but_not_contradict_it(
    bench: Bench, field: tuple[int, int, str]
) -> None:
    """With a data descriptor the local header has zeros or the correct values."""
    data = streamed()
    accepted(bench, edited(data, CHECKPOINT, field, 0xFFFFFFFF, where="local"))
    refused(bench, edited(data, CHECKPOINT, field, 1, where="local"), CHECKPOINT, "headers")


def test_a_local_name_that_differs_is_refused(bench: Bench) -> None:
    """A file with two names would be a different file for another reader."""
    refused(bench, zipped(HAND_IN).replace(b"mobilenet", b"evilevile", 1), "evilevile")


def test_too_many_entries_are_refused(bench: Bench) -> None:
    """The entries themselves are counted: the archive's own count may have overflowed."""
    data = raw_zip([(b"%d" % number, b"") for number in range(70_000)])
    assert bench.lab.limits.entries < 70_000 % 0x10000
    refused(bench, data, "4,096")
    wrapped = raw_zip([(b"%d" % number, b"") for number in range(0x10000 + 5)])
    refused(bench, wrapped, "4,096")


def test_a_long_list_of_files_is_not_read(bench: Bench) -> None:
    """A directory that is too large for its limit of entries is refused without being read."""
    small = Bench(root=bench.root, lab=with_limits(bench.lab, entries=1))
    refused(small, raw_zip([(b"a" * 5000, b"")]), "1 files")


def test_a_count_that_is_wrong_is_refused(bench: Bench) -> None:
    """The end record must count as many entries as there are."""
    data = bytearray(zipped(HAND_IN))
    data[-14:-10] = b"\x01\x00\x01\x00"
    refused(bench, bytes(data), "damaged")


def test_a_list_of_files_that_ends_early_is_refused(bench: Bench) -> None:
    """A name, extra field or comment must end within the directory."""
    data = bytearray(zipped({"a": b""}))
    data[data.index(CENTRAL) + 32] = 9  # bytes of comment
    refused(bench, bytes(data), "list of files")


def test_a_split_archive_is_refused(bench: Bench) -> None:
    """One part of a split archive is refused."""
    data = bytearray(zipped(HAND_IN))
    data[-18:-16] = b"\x01\x00"
    refused(bench, bytes(data), "split")


def test_names_in_big5_are_readable(bench: Bench) -> None:
    """A name in the encoding of a system is shown as the student wrote it."""
    members = [(name.encode(), content) for name, content in HAND_IN.items()]
    _, archive, _ = bench.receive(raw_zip([*members, ("說明.txt".encode("cp950"), b"")]))
    assert archive.evidence["ignored"] == ["說明.txt"]


@given(
    intact=st.sampled_from([zipped({"model/": b"", **HAND_IN}), zip64()]),
    position=st.floats(0, 1, exclude_max=True),
    patch=st.binary(min_size=1, max_size=12) | st.sampled_from([b"\xff" * 4, b"\0" * 4]),
    kept=st.floats(0.2, 1),
)
@settings(max_examples=300)
def test_no_damage_raises(
    intact: bytes, position: float, patch: bytes, kept: float, lab: NetworkLab
) -> None:
    """Damaged archives get a status, and only the files that the lab asks for are written."""
    data = bytearray(intact)
    at = int(position * len(data))
    data[at : at + len(patch)] = patch
    with tempfile.TemporaryDirectory() as folder:
        source, work = Path(folder) / f"{STUDENT}.zip", Path(folder) / "work"
        source.write_bytes(data[: int(kept * len(data)) or 1] if kept < 0.9 else data)
        _, (archive, layout) = receive(source, work, lab)
        assert archive.status in {Status.PASSED, Status.FAILED}
        assert layout.status is not Status.ERROR
        assert {path.name for path in Path(folder).iterdir()} <= {source.name, "work"}
        if work.exists():
            assert {path.name for path in work.iterdir()} <= {role.value for role in Role}


@pytest.mark.parametrize("made_on", [DOS, NTFS, VFAT])
@pytest.mark.parametrize(
    "names",
    [
        ("model\\mobilenet.pth", NOTEBOOK),
        (f"hw2\\{STUDENT}\\model\\mobilenet.pth", f"hw2\\{STUDENT}\\{NOTEBOOK}"),
        (f"hw2\\{STUDENT}/model\\mobilenet.pth", f"hw2/{STUDENT}\\{NOTEBOOK}"),
        ("作業\\model\\mobilenet.pth", f"作業\\{NOTEBOOK}"),
        ("功\\model\\mobilenet.pth", f"功\\{NOTEBOOK}"),  # in Big5 its second byte is a backslash
    ],
)
def test_backslashes_written_on_windows_separate_folders(
    bench: Bench, names: tuple[str, str], made_on: int
) -> None:
    """Compress-Archive of Windows PowerShell 5 writes them; its folders end with one."""
    members = [(b"empty\\", b"")]
    members += [
        (name.encode("cp950"), content)
        for name, content in zip(names, HAND_IN.values(), strict=True)
    ]
    accepted(bench, raw_zip(members, 0, made_on))


@pytest.mark.parametrize(
    ("name", "made_on", "word"),
    [
        ("model\\x", UNIX, "backslash"),
        ("..\\x", DOS, "outside"),
        ("a\\..\\..\\x", NTFS, "outside"),
        ("\\x", DOS, "absolute"),
        ("C:\\x", DOS, "drive letter"),
        ("model\\mobilenet.pth", DOS, "Two files"),
        ("MODEL\\mobilenet.pth", DOS, "same name on some systems"),
    ],
)
def test_a_backslash_that_is_no_plain_path_is_refused(
    bench: Bench, name: str, made_on: int, word: str
) -> None:
    """The help on a backslash says how to make the zip instead."""
    members = [(each.encode(), content) for each, content in HAND_IN.items()]
    data = raw_zip([*members, (name.encode(), b"x")], made_on=made_on)
    refused(bench, data, word)
    _, archive, _ = bench.receive(data)
    assert ("Compress-Archive" in str(archive.help)) is (word == "backslash")
