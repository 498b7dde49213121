"""Archives: those that are accepted, and the verdict on every kind that is not."""

import gzip
import io
import stat
import tarfile
import zipfile
from collections.abc import Mapping

import pytest

from grader.intake import receive
from grader.intake.layout import Arrangement, arrange
from grader.labs.spec import LabSpec
from grader.types import Role, Status
from tests.intake.archives import (
    ATTRIBUTES,
    CHECKPOINT,
    CRC,
    FLAGS,
    HAND_IN,
    METHOD,
    NOTEBOOK,
    PACKED,
    SIZE,
    STUDENT,
    Desk,
    accepted,
    edited,
    raw_zip,
    refused,
    with_limits,
    zipped,
)


def test_a_plain_zip_is_unpacked(desk: Desk) -> None:
    """A right hand-in passes, with its files under names of the grader's own and their hashes."""
    submission, archive, layout = desk.receive(HAND_IN)
    assert archive.evidence == {
        "archive": "zip",
        "entries": 2,
        "unpacked_bytes": sum(map(len, HAND_IN.values())),
        "ignored": [],
    }
    assert (submission.id, submission.layout) == (STUDENT, "revised")
    assert [(file.role, file.name) for file in submission.files] == [
        (Role.CHECKPOINT, CHECKPOINT),
        (Role.NOTEBOOK, NOTEBOOK),
    ]
    assert sorted(path.name for path in desk.work.iterdir()) == ["checkpoint", "notebook"]
    assert layout.status is Status.PASSED


def test_receiving_twice_gives_the_same(desk: Desk) -> None:
    """A work folder that a killed run left behind is written over."""
    first, _, _ = desk.receive(HAND_IN)
    again, _, _ = desk.receive(HAND_IN)
    assert first == again


def test_a_link_left_in_the_work_folder_is_not_written_through(desk: Desk) -> None:
    """What a link in the work folder points to stays as it is."""
    outside = desk.root / "outside"
    outside.write_bytes(b"untouched")
    desk.work.mkdir()
    (desk.work / "checkpoint").symlink_to(outside)
    accepted(desk, zipped(HAND_IN))
    assert outside.read_bytes() == b"untouched"


def test_stored_entries_are_accepted(desk: Desk) -> None:
    """Files may lie in the archive unpacked."""
    accepted(desk, zipped(HAND_IN, zipfile.ZIP_STORED))


def test_folders_are_entries_but_not_files(desk: Desk) -> None:
    """Entries for folders are counted and otherwise passed over, even with a setgid mode."""
    files = {"model/": b"", **HAND_IN}
    data = edited(zipped(files), "model/", ATTRIBUTES, 0o42755 << 16)
    accepted(desk, data)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "no bytes"),
        (b"Rar!\x1a\x07\x01\x00" + b"\0" * 100, "RAR"),
        (b"7z\xbc\xaf\x27\x1c" + b"\0" * 100, "7z"),
        (gzip.compress(b"weights", mtime=0), "gzip"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\xef\xbb\xbf\n <!DOCTYPE html><html><body>Log in", "web page"),
        (b"weights", "not a zip"),
        (b"P", "not a zip"),
        (b"\0" * 100_000, "not a zip"),
    ],
)
def test_what_is_not_a_zip_is_named(desk: Desk, content: bytes, word: str) -> None:
    """Another kind of file under a zip's name is told what it is."""
    refused(desk, content, f"{STUDENT}.zip", word)


def test_a_tar_is_named(desk: Desk) -> None:
    """A tar is known by its magic, which does not lie at the start."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("model/mobilenet.pth"))
    refused(desk, buffer.getvalue(), "tar")


def test_a_zip_without_files_is_refused(desk: Desk) -> None:
    """An archive of nothing, or of folders only, holds no files."""
    refused(desk, zipped({}), "no files")
    refused(desk, zipped({"model/": b""}), "no files")


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("../../../../evil", "leads out"),
        ("model/../../evil", "leads out"),
        ("/tmp/evil", "absolute"),  # noqa: S108  it is the attack
        ("C:\\evil", "drive letter"),
        ("..\\evil", "backslash"),
        ("evil\x07", "control"),
        ("a" * 300, "too long"),
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(desk: Desk, name: str, word: str) -> None:
    """Names that mean a place outside their folder are refused, and nothing is written there."""
    refused(desk, zipped({**HAND_IN, name: b"evil"}), word)


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        (stat.S_IFLNK, "symbolic link"),
        (stat.S_IFIFO, "pipe"),
        (stat.S_IFCHR, "device"),
        (stat.S_IFBLK, "device"),
        (stat.S_IFSOCK, "socket"),
        (0o150000, "not a file"),
    ],
)
def test_what_is_not_a_file_is_refused(desk: Desk, kind: int, what: str) -> None:
    """Links, pipes, sockets and devices are named as what they are."""
    data = edited(zipped(HAND_IN), CHECKPOINT, ATTRIBUTES, (kind | 0o644) << 16)
    refused(desk, data, CHECKPOINT, what)


@pytest.mark.parametrize("mode", [0o104755, 0o102755])
def test_setuid_modes_are_refused(desk: Desk, mode: int) -> None:
    """A file that asks for another user's rights is refused."""
    refused(desk, edited(zipped(HAND_IN), CHECKPOINT, ATTRIBUTES, mode << 16), CHECKPOINT, "setuid")


@pytest.mark.parametrize("flag", [0x0001, 0x0040, 0x2000])
def test_an_encrypted_zip_is_refused(desk: Desk, flag: int) -> None:
    """A zip with a password is told to come without."""
    refused(desk, edited(zipped(HAND_IN), CHECKPOINT, FLAGS, flag), CHECKPOINT, "password")


@pytest.mark.parametrize(
    ("method", "word"), [(9, "Deflate64"), (12, "bzip2"), (14, "LZMA"), (77, "method 77")]
)
def test_an_unusual_method_is_named(desk: Desk, method: int, word: str) -> None:
    """Only stored and deflated files are read; another method is named."""
    refused(desk, edited(zipped(HAND_IN), CHECKPOINT, METHOD, method), word)


def test_a_wrong_checksum_is_shown(desk: Desk) -> None:
    """A checksum that does not fit names the file and both values."""
    data = edited(zipped(HAND_IN), CHECKPOINT, CRC, 0x0BADCAFE)
    _, archive, _ = desk.receive(data)
    refused(desk, data, f"{STUDENT}.zip", "checksum", CHECKPOINT)
    assert archive.expected == "CRC-32 0badcafe"


def test_a_damaged_file_that_is_not_asked_for_is_refused(desk: Desk) -> None:
    """Every file is checked, since a damaged archive may have lost what was asked for."""
    data = edited(zipped({**HAND_IN, "notes.txt": b"notes"}), "notes.txt", CRC, 1)
    refused(desk, data, "notes.txt")


def test_damaged_deflate_data_is_refused(desk: Desk) -> None:
    """Packed bytes that cannot be unpacked name their file."""
    data = bytearray(zipped(HAND_IN))
    data[30 + len(CHECKPOINT)] = 0x07  # a block type that does not exist
    refused(desk, bytes(data), CHECKPOINT, "cannot be unpacked")


def test_data_that_ends_within_a_file_is_refused(desk: Desk) -> None:
    """A deflate stream without its end is cut off."""
    data = zipped(HAND_IN)
    packed = int.from_bytes(data[18:22], "little")
    refused(desk, edited(data, CHECKPOINT, PACKED, packed - 1), CHECKPOINT, "cut off")


@pytest.mark.parametrize("declared", [8, 100_000])
def test_a_declared_size_is_never_trusted(desk: Desk, declared: int) -> None:
    """A file that unpacks to more or less than it declares is refused."""
    refused(desk, edited(zipped(HAND_IN), CHECKPOINT, SIZE, declared), CHECKPOINT, "declares")


def test_unpacking_stops_at_the_declared_size(desk: Desk) -> None:
    """A bomb that declares ten bytes writes no more than it takes to notice."""
    data = edited(zipped({**HAND_IN, CHECKPOINT: b"\0" * 50_000_000}), CHECKPOINT, SIZE, 10)
    refused(desk, data, CHECKPOINT, "more than the 10 bytes")
    assert sum(path.stat().st_size for path in desk.work.iterdir()) <= 10


def test_a_high_ratio_is_refused(desk: Desk) -> None:
    """A file that unpacks to hundreds of times its packed size is called a bomb."""
    refused(desk, zipped({**HAND_IN, "zeros": b"\0" * 20_000_000}), "bomb", "zeros")


def test_a_small_file_may_pack_well(desk: Desk) -> None:
    """A ratio says nothing of a file that is small unpacked."""
    _, archive, _ = desk.receive({**HAND_IN, "zeros": b"\0" * 500_000})
    assert archive.status is Status.PASSED


def test_a_name_that_is_there_twice_is_refused(desk: Desk) -> None:
    """Equal names are refused, since some readers take the first and some the last."""
    twice = raw_zip([(CHECKPOINT.encode(), b"good"), (CHECKPOINT.encode(), b"evil")])
    refused(desk, twice, CHECKPOINT, "twice")


@pytest.mark.parametrize(
    ("limit", "word"), [("archive_bytes", "too large"), ("unpacked_bytes", "unpacks to too much")]
)
def test_sizes_beyond_the_limit_are_shown(desk: Desk, limit: str, word: str) -> None:
    """A size beyond the lab's limit is refused with both numbers."""
    small = Desk(root=desk.root, lab=with_limits(desk.lab, **{limit: 100}))
    refused(small, zipped(HAND_IN), word)
    _, archive, _ = small.receive(HAND_IN)
    assert archive.expected == "at most 100 bytes"


def test_a_grader_that_cannot_write_is_an_error(desk: Desk) -> None:
    """A fault of this machine's is ERROR and never a verdict on the hand-in."""
    desk.work.write_bytes(b"a file where the folder should be")
    _, archive, layout = desk.receive(HAND_IN)
    assert archive.status is Status.ERROR
    assert "not the hand-in's doing" in str(archive.help)
    assert layout.status is Status.SKIPPED


def test_a_source_that_is_gone_is_an_error(desk: Desk) -> None:
    """A zip that vanished after it was found is no fault of the student's."""
    _, archive, _ = desk.receive_path(desk.inbox / "gone.zip")
    assert archive.status is Status.ERROR
    assert "gone.zip" in str(archive.reason)


def test_a_source_that_changes_while_it_is_read_is_an_error(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was hashed is what was unpacked, or nobody is judged by it."""
    source = desk.inbox / f"{STUDENT}.zip"

    def arrange_late(sizes: Mapping[str, int], student: str, lab: LabSpec) -> Arrangement:
        source.write_bytes(source.read_bytes() + b"uploaded again")
        return arrange(sizes, student, lab)

    source.write_bytes(zipped(HAND_IN))
    monkeypatch.setattr("grader.intake.arrange", arrange_late)
    submission, (archive, layout) = receive(source, desk.work, desk.lab)
    assert archive.status is Status.ERROR
    assert str(archive.reason).endswith("it changed while it was read.")
    assert layout.status is Status.SKIPPED
    assert submission.files == ()
