"""Archives: those that are accepted, and the reason why any other is not."""

import gzip
import io
import stat
import tarfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from grader.intake import receive
from grader.intake.layout import Arrangement, arrange
from grader.labs.network_lab import NetworkLab
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
    Bench,
    accepted,
    edited,
    raw_zip,
    refused,
    with_limits,
    with_links,
    zipped,
)


def test_a_plain_zip_is_unpacked(bench: Bench) -> None:
    """A correct hand-in passes; its files get the grader's own names, and have their hashes."""
    submission, archive, layout = bench.receive(HAND_IN)
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
    assert sorted(path.name for path in bench.work.iterdir()) == ["checkpoint", "notebook"]
    assert layout.status is Status.PASSED


def test_receiving_twice_gives_the_same(bench: Bench) -> None:
    """The files in a work folder of a killed run are overwritten."""
    first, _, _ = bench.receive(HAND_IN)
    again, _, _ = bench.receive(HAND_IN)
    assert first == again


@pytest.mark.parametrize(
    "link",
    [
        ".venv/bin/python",
        "venv/lib64",
        "env/lib64",
        f"{STUDENT}/myenv/bin/python3",
        "conda/lib/libz.so",
        "wandb/latest-run",
        "__pycache__/a.pyc",
        "model/__pycache__/a.pyc",
        ".git/HEAD",
        "node_modules/.bin/tsc",
        ".ipynb_checkpoints/a.ipynb",
        "__MACOSX/._a",
        "data/test_batch.bin",
        f"hw2/{STUDENT}/data/test_batch.bin",
    ],
)
@pytest.mark.parametrize("mode", [0o120777, 0o010644])
def test_a_link_in_an_ignored_place_is_skipped_and_named(
    bench: Bench, link: str, mode: int
) -> None:
    """It is no cause to refuse the hand-in, nobody follows it, and the evidence names it."""
    environments = {
        "env/pyvenv.cfg": b"home = /usr",
        f"{STUDENT}/myenv/pyvenv.cfg": b"",
        "conda/conda-meta/history": b"",
    }
    data = with_links(zipped({**HAND_IN, **environments}), {link: mode})
    submission, archive, layout = bench.receive(data)
    assert (archive.status, layout.status) == (Status.PASSED, Status.PASSED), archive.reason
    assert archive.evidence["links"] == [link]
    assert link not in str(archive.evidence["ignored"])
    assert len(submission.files) == len(HAND_IN)


@pytest.mark.parametrize("link", ["data", "model/vgg.pth", "a/python", "venvs/x", "x/lib64"])
def test_a_link_elsewhere_is_refused(bench: Bench, link: str) -> None:
    """A folder beside the environment is no part of it."""
    data = with_links(zipped({**HAND_IN, "env/pyvenv.cfg": b""}), {link: 0o120777})
    refused(bench, data, link, "symbolic link")


def test_a_link_left_in_the_work_folder_is_not_written_through(bench: Bench) -> None:
    """The target of a link in the work folder does not change."""
    outside = bench.root / "outside"
    outside.write_bytes(b"untouched")
    bench.work.mkdir()
    (bench.work / "checkpoint").symlink_to(outside)
    accepted(bench, zipped(HAND_IN))
    assert outside.read_bytes() == b"untouched"


def test_stored_entries_are_accepted(bench: Bench) -> None:
    """Files may be stored without compression."""
    accepted(bench, zipped(HAND_IN, zipfile.ZIP_STORED))


def test_folders_are_entries_but_not_files(bench: Bench) -> None:
    """Entries for folders are counted and otherwise ignored, even with a setgid mode."""
    files = {"model/": b"", **HAND_IN}
    data = edited(zipped(files), "model/", ATTRIBUTES, 0o42755 << 16)
    accepted(bench, data)


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
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
def test_what_is_not_a_zip_is_named(bench: Bench, content: bytes, word: str) -> None:
    """The reason names the real format of a file with the suffix .zip."""
    refused(bench, content, f"{STUDENT}.zip", word)


def test_a_pdf_names_the_lab_that_takes_it(bench: Bench) -> None:
    """With the command for that lab; a zip that begins with a PDF is still a zip."""
    _, archive, layout = bench.receive(b"%PDF-1.7\n", "report.pdf")
    assert archive.status is Status.FAILED
    assert "report.pdf --lab on-device-2022" in (archive.help or "")
    assert layout.status is Status.SKIPPED
    accepted(bench, zipped({"a.pdf": b"%PDF-1.7\n", **HAND_IN}, zipfile.ZIP_STORED))


def test_a_document_is_named_and_becomes_a_pdf(bench: Bench) -> None:
    """Word's files are zips; a hand-in with such a file in it is still a hand-in."""
    word = {"[Content_Types].xml": b"x", "word/document.xml": b"x"}
    _, archive, layout = bench.receive(zipped(word), "report.docx")
    assert archive.status is Status.FAILED
    assert "Word" in (archive.reason or "")
    assert "report.pdf --lab on-device-2022" in (archive.help or "")
    assert layout.status is Status.SKIPPED
    accepted(bench, zipped({**HAND_IN, **word, "content.xml": b"x"}))


def test_a_tar_is_named(bench: Bench) -> None:
    """A tar is recognised by its signature, which is not at the start."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("model/mobilenet.pth"))
    refused(bench, buffer.getvalue(), "tar")


def test_a_zip_without_files_is_refused(bench: Bench) -> None:
    """An empty archive, or one of folders only, is refused."""
    refused(bench, zipped({}), "no files")
    refused(bench, zipped({"model/": b""}), "no files")


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("../../../../evil", "outside"),
        ("model/../../evil", "outside"),
        ("/tmp/evil", "absolute"),  # noqa: S108  it is the attack
        ("C:\\evil", "drive letter"),
        ("..\\evil", "backslash"),
        ("evil\x07", "control"),
        ("a" * 300, "too long"),
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(bench: Bench, name: str, word: str) -> None:
    """Names that point outside their folder are refused, and nothing is written there."""
    refused(bench, zipped({**HAND_IN, name: b"evil"}), word)


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        (stat.S_IFLNK, "symbolic link"),
        (stat.S_IFIFO, "pipe"),
        (stat.S_IFCHR, "device"),
        (stat.S_IFBLK, "device"),
        (stat.S_IFSOCK, "socket"),
        (0o150000, "unknown"),
    ],
)
def test_what_is_not_a_file_is_refused(bench: Bench, kind: int, what: str) -> None:
    """The reason names the type: link, pipe, socket or device."""
    data = edited(zipped(HAND_IN), CHECKPOINT, ATTRIBUTES, (kind | 0o644) << 16)
    refused(bench, data, CHECKPOINT, what)


@pytest.mark.parametrize("mode", [0o104755, 0o102755])
def test_setuid_modes_are_refused(bench: Bench, mode: int) -> None:
    """A file with a setuid or setgid bit is refused."""
    refused(
        bench, edited(zipped(HAND_IN), CHECKPOINT, ATTRIBUTES, mode << 16), CHECKPOINT, "setuid"
    )


@pytest.mark.parametrize("flag", [0x0001, 0x0040, 0x2000])
def test_an_encrypted_zip_is_refused(bench: Bench, flag: int) -> None:
    """A zip with a password is refused."""
    refused(bench, edited(zipped(HAND_IN), CHECKPOINT, FLAGS, flag), CHECKPOINT, "password")


@pytest.mark.parametrize(
    ("method", "word"), [(9, "Deflate64"), (12, "bzip2"), (14, "LZMA"), (77, "method 77")]
)
def test_an_unusual_method_is_named(bench: Bench, method: int, word: str) -> None:
    """Only stored and deflated files are read; another method is named."""
    refused(bench, edited(zipped(HAND_IN), CHECKPOINT, METHOD, method), word)


def test_a_wrong_checksum_is_shown(bench: Bench) -> None:
    """A wrong checksum is reported with the file's name and both values."""
    data = edited(zipped(HAND_IN), CHECKPOINT, CRC, 0x0BADCAFE)
    _, archive, _ = bench.receive(data)
    refused(bench, data, f"{STUDENT}.zip", "checksum", CHECKPOINT)
    assert "0badcafe" in str(archive.expected)


def test_a_damaged_file_that_is_not_asked_for_is_refused(bench: Bench) -> None:
    """Every file is checked: a damaged archive may have lost a file that the lab asks for."""
    data = edited(zipped({**HAND_IN, "notes.txt": b"notes"}), "notes.txt", CRC, 1)
    refused(bench, data, "notes.txt")


def test_damaged_deflate_data_is_refused(bench: Bench) -> None:
    """The reason names the file whose bytes cannot be unpacked."""
    data = bytearray(zipped(HAND_IN))
    data[30 + len(CHECKPOINT)] = 0x07  # a block type that does not exist
    refused(bench, bytes(data), CHECKPOINT)


def test_data_that_ends_within_a_file_is_refused(bench: Bench) -> None:
    """A deflate stream without its end is incomplete."""
    data = zipped(HAND_IN)
    packed = int.from_bytes(data[18:22], "little")
    refused(bench, edited(data, CHECKPOINT, PACKED, packed - 1), CHECKPOINT, "incomplete")


@pytest.mark.parametrize("declared", [8, 100_000])
def test_a_declared_size_is_never_trusted(bench: Bench, declared: int) -> None:
    """A file that unpacks to more or less than it declares is refused."""
    refused(bench, edited(zipped(HAND_IN), CHECKPOINT, SIZE, declared), CHECKPOINT, "declared")


def test_unpacking_stops_at_the_declared_size(bench: Bench) -> None:
    """Of a bomb that declares ten bytes, at most ten bytes are written."""
    data = edited(zipped({**HAND_IN, CHECKPOINT: b"\0" * 50_000_000}), CHECKPOINT, SIZE, 10)
    refused(bench, data, CHECKPOINT, "10 bytes")
    assert sum(path.stat().st_size for path in bench.work.iterdir()) <= 10


def test_a_high_ratio_is_refused(bench: Bench) -> None:
    """A file that unpacks to hundreds of times its packed size is refused as a bomb."""
    refused(bench, zipped({**HAND_IN, "zeros": b"\0" * 20_000_000}), "bomb", "zeros")


def test_a_small_file_may_pack_well(bench: Bench) -> None:
    """The ratio does not count for a file that is small when unpacked."""
    _, archive, _ = bench.receive({**HAND_IN, "zeros": b"\0" * 500_000})
    assert archive.status is Status.PASSED


def test_a_name_that_is_there_twice_is_refused(bench: Bench) -> None:
    """Equal names are refused, since some readers take the first and some the last."""
    twice = raw_zip([(CHECKPOINT.encode(), b"good"), (CHECKPOINT.encode(), b"evil")])
    refused(bench, twice, CHECKPOINT, "Two files")


@pytest.mark.parametrize(
    ("limit", "word"), [("archive_bytes", "too large"), ("unpacked_bytes", "unpacked")]
)
def test_sizes_beyond_the_limit_are_shown(bench: Bench, limit: str, word: str) -> None:
    """A size beyond the lab's limit is refused with both numbers."""
    small = Bench(root=bench.root, lab=with_limits(bench.lab, **{limit: 100}))
    refused(small, zipped(HAND_IN), word)
    _, archive, _ = small.receive(HAND_IN)
    assert "100 bytes" in str(archive.expected)


def test_a_grader_that_cannot_write_is_an_error(bench: Bench) -> None:
    """A fault of this machine is ERROR and never fails the hand-in."""
    bench.work.write_bytes(b"a file where the folder should be")
    _, archive, layout = bench.receive(HAND_IN)
    assert archive.status is Status.ERROR
    assert archive.help
    assert layout.status is Status.SKIPPED


def test_a_source_that_is_gone_is_an_error(bench: Bench) -> None:
    """A zip that was deleted after it was found is ERROR, not FAILED."""
    _, archive, _ = bench.receive_path(bench.inbox / "gone.zip")
    assert archive.status is Status.ERROR
    assert "gone.zip" in str(archive.reason)


def test_a_source_that_changes_while_it_is_read_is_an_error(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the hash before and after unpacking differ, the check has no result."""
    source = bench.inbox / f"{STUDENT}.zip"

    def arrange_late(sizes: Mapping[str, int], student: str, lab: NetworkLab) -> Arrangement:
        source.write_bytes(source.read_bytes() + b"uploaded again")
        return arrange(sizes, student, lab)

    source.write_bytes(zipped(HAND_IN))
    monkeypatch.setattr("grader.intake.arrange", arrange_late)
    submission, (archive, layout) = receive(source, bench.work, bench.lab)
    assert archive.status is Status.ERROR
    assert "changed" in str(archive.reason)
    assert layout.status is Status.SKIPPED
    assert submission.files == ()


@pytest.mark.parametrize(
    "name",
    [
        "two_deep_B12345678.zip",
        "colab_drive_B12345678.zip",
        "zip_in_zip_B12345678.zip",
        "venv_symlink_B12345678.zip",
        "powershell5_B12345678.zip",
    ],
)
def test_real_archives_are_accepted(bench: Bench, cases: Path, name: str) -> None:
    """The zips that real programs and students make hold the checkpoint and the notebook."""
    _, archive, layout = bench.receive(
        (cases / "archives" / name).read_bytes(), name="B12345678.zip"
    )
    assert (archive.status, layout.status) == (Status.PASSED, Status.PASSED)
    assert layout.evidence["layout"] == "revised"
    assert layout.review is None
