import zipfile
from pathlib import Path

import pytest

from grader.intake.write_up import receive_write_up
from grader.labs.write_up_lab import WriteUpLab
from grader.types import Measurement, Status, Submission
from tests.labs.write_ups import write_up_lab

LAB = write_up_lab()
PDF = b"%PDF-1.7\nsome content\n%%EOF\n"
WORD = {"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>"}


def zipped(path: Path, files: dict[str, bytes]) -> Path:
    """A zip of these files."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def unzipped(folder: Path, files: dict[str, bytes]) -> Path:
    """A folder of these files."""
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def received(source: Path, lab: WriteUpLab = LAB) -> tuple[Submission, Measurement, Measurement]:
    """The submission, and the measurements of the archive and of its layout."""
    submission, (archive, layout) = receive_write_up(source, source.parent / "work", lab)
    assert (archive.id, layout.id) == ("intake.archive", "intake.layout")
    for each in (archive, layout):
        assert each.passed or each.reason
    return submission, archive, layout


def is_write_up(submission: Submission) -> bool:
    """True if the submission has the PDF of these tests, and nothing else."""
    return [each.path.read_bytes() for each in submission.files] == [PDF]


def test_a_pdf_is_a_hand_in(tmp_path: Path) -> None:
    """Whatever its name is; the student's id is in it."""
    for name in ("B1.pdf", "B1.PDF", "B1"):
        (tmp_path / name).write_bytes(PDF)
        submission, archive, layout = received(tmp_path / name)
        assert is_write_up(submission)
        assert (submission.id, submission.layout) == ("B1", "write-up")
        assert (archive.passed, layout.passed) == (True, True)
        assert archive.evidence["archive"] == "pdf"


@pytest.mark.parametrize("pack", [zipped, unzipped])
def test_a_pdf_beside_code_is_found(tmp_path: Path, pack: object) -> None:
    """In an archive or a folder; the other files are named."""
    files = {"work/report.pdf": PDF, "work/code.py": b"1/0", "__MACOSX/work/._report.pdf": b"x"}
    assert callable(pack)
    submission, archive, layout = received(pack(tmp_path / "B1", files))
    assert is_write_up(submission)
    assert layout.passed
    ignored = archive.evidence["ignored"]
    assert isinstance(ignored, list)
    assert "work/code.py" in ignored


def test_a_zip_that_is_all_of_the_hand_in_is_opened(tmp_path: Path) -> None:
    """Once: some LMSs put a student's zip into a zip."""
    inner = zipped(tmp_path / "inner.zip", {"report.pdf": PDF}).read_bytes()
    submission, archive, layout = received(zipped(tmp_path / "B1.zip", {"B1/lab4.zip": inner}))
    assert is_write_up(submission)
    assert layout.passed
    assert archive.evidence["inside"] == "B1/lab4.zip"


def test_of_two_pdfs_a_person_chooses(tmp_path: Path) -> None:
    """Neither is taken, and it costs no points."""
    source = zipped(tmp_path / "B1.zip", {"a.pdf": PDF, "old/b.PDF": PDF})
    submission, archive, layout = received(source)
    assert submission.files == ()
    assert archive.passed
    assert layout.status is Status.SKIPPED
    assert layout.review
    assert "a.pdf" in (layout.reason or "")
    assert "old/b.PDF" in (layout.reason or "")


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("B1.ipynb", b'{"cells": [], "nbformat": 4}', "notebook"),
        ("B1.pdf", b"\x89PNG\r\n\x1a\n", "picture"),
        ("B1.pdf", b"", "empty"),
        ("B1.pdf", b"\0\1\2", "not a PDF"),
    ],
)
def test_another_format_is_refused_with_its_name(
    tmp_path: Path, name: str, content: bytes, word: str
) -> None:
    """A renamed file is told by its bytes."""
    (tmp_path / name).write_bytes(content)
    submission, archive, layout = received(tmp_path / name)
    assert archive.status is Status.FAILED
    assert word in (archive.reason or "")
    assert archive.help
    assert layout.status is Status.SKIPPED
    assert submission.files == ()


def test_a_word_document_is_no_zip(tmp_path: Path) -> None:
    """Nor is it a PDF, inside an archive or under the name of one."""
    for source in (
        zipped(tmp_path / "B1.docx", WORD),
        zipped(tmp_path / "B2.pdf", WORD),
    ):
        _, archive, _ = received(source)
        assert archive.status is Status.FAILED
        assert "Word" in (archive.reason or "")
        assert "PDF" in (archive.help or "")
    renamed = {"report.pdf": (tmp_path / "B1.docx").read_bytes()}
    _, archive, _ = received(zipped(tmp_path / "B3.zip", renamed))
    assert archive.status is Status.FAILED
    assert "report.pdf" in (archive.reason or "")
    _, archive, layout = received(zipped(tmp_path / "B4.zip", {"report.docx": b"PK"}))
    assert archive.passed
    assert layout.status is Status.FAILED
    assert "Word" in (layout.reason or "")


def test_a_pdf_beyond_the_limit_is_refused(tmp_path: Path) -> None:
    """Before anything reads it."""
    (tmp_path / "B1.pdf").write_bytes(PDF + bytes(LAB.limits.pdf_bytes))
    submission, archive, _ = received(tmp_path / "B1.pdf")
    assert archive.status is Status.FAILED
    assert "too large" in (archive.reason or "")
    assert submission.files == ()


def test_what_this_machine_cannot_read_is_our_error(tmp_path: Path) -> None:
    """It is never the student's fault."""
    _, archive, layout = received(tmp_path / "gone.pdf")
    assert archive.status is Status.ERROR
    assert layout.status is Status.SKIPPED
