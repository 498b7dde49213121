import zipfile
from pathlib import Path

import pytest

from grader.intake.inside import whole_of
from grader.intake.write_up import receive_write_up
from grader.labs import DEFAULT_LAB
from grader.labs.kinds import load_lab
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
    submission, (archive, layout) = receive_write_up(source, whole_of(source).parent / "work", lab)
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


def test_a_path_into_the_archive_is_the_choice_of_a_person(tmp_path: Path) -> None:
    """That PDF is read, the student is the archive's, and each choice has a hash of its own."""
    source = zipped(tmp_path / "B1.zip", {"a.pdf": b"%PDF-other", "old/b.PDF": PDF, "c.py": b""})
    submission, archive, layout = received(source / "old" / "b.PDF")
    assert is_write_up(submission)
    assert (submission.id, layout.passed) == ("B1", True)
    assert archive.evidence["ignored"] == ["a.pdf", "c.py"]
    other, *_ = received(source / "a.pdf")
    assert len({submission.sha256, other.sha256, received(source)[0].sha256}) == 3


def test_a_choice_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """With the name that was given; a choice that is no PDF is refused as such."""
    source = zipped(tmp_path / "B1.zip", {"a.pdf": PDF, "b.pdf": b"\x89PNG\r\n\x1a\n"})
    for name, word in (("gone.pdf", "gone.pdf"), ("b.pdf", "picture")):
        submission, archive, _ = received(source / name)
        assert archive.status is Status.FAILED
        assert word in (archive.reason or "")
        assert submission.files == ()


def test_a_zip_with_a_network_names_the_lab_that_takes_it(tmp_path: Path) -> None:
    """Only if there is no PDF in it; a PDF is still asked for."""
    network = {"model/mobilenet.pth": b"w", "B1.ipynb": b"{}"}
    _, archive, layout = received(zipped(tmp_path / "B1.zip", network))
    assert archive.passed
    assert layout.status is Status.FAILED
    assert f"--lab {DEFAULT_LAB}" in (layout.help or "")
    assert "PDF" in (layout.help or "")
    _, _, layout = received(zipped(tmp_path / "B2.zip", {**network, "report.pdf": PDF}))
    assert layout.passed
    _, _, layout = received(zipped(tmp_path / "B3.zip", {"code.ipynb": b"{}"}))
    assert "--lab" not in (layout.help or "")


def test_a_damaged_archive_needs_no_archive(tmp_path: Path) -> None:
    """The advice is for this lab: the PDF alone, not what another lab packs."""
    whole = zipped(tmp_path / "whole.zip", {"report.pdf": PDF, "../x": b""}).read_bytes()
    for name, content in (("B1.zip", whole), ("B2.zip", whole[:80]), ("B3.rar", b"Rar!\x1a\x07")):
        (tmp_path / name).write_bytes(content)
        _, archive, _ = received(tmp_path / name)
        assert archive.status is Status.FAILED
        assert "PDF alone" in (archive.help or "")
        assert "grader pack" not in (archive.help or "")


def test_archives_in_the_hand_in_are_named_if_there_is_no_pdf(tmp_path: Path) -> None:
    """A PDF may be in one of them."""
    source = zipped(tmp_path / "B1.zip", {"a.zip": b"PK", "b.zip": b"PK"})
    _, _, layout = received(source)
    assert layout.status is Status.FAILED
    assert "a.zip" in (layout.help or "")


def test_the_real_hand_ins_are_taken(tmp_path: Path, write_ups: Path) -> None:
    """Every PDF, and each beside code in a zip; a renamed document is refused with its format."""
    lab = load_lab("on-device-2022")
    assert isinstance(lab, WriteUpLab)
    for pdf in sorted(write_ups.glob("*/*.pdf")):
        (tmp_path / pdf.name).write_bytes(pdf.read_bytes())
        packed = zipped(tmp_path / f"{pdf.stem}.zip", {pdf.name: pdf.read_bytes(), "a.py": b"1"})
        for source in (tmp_path / pdf.name, packed):
            submission, archive, layout = received(source, lab)
            if pdf.name == "docx-renamed.pdf":
                assert archive.status is Status.FAILED
                assert "Word" in (archive.reason or "")
            else:
                assert (archive.passed, layout.passed) == (True, True), archive.reason
                assert submission.files[0].size == pdf.stat().st_size
