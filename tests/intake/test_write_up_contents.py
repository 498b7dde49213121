from pathlib import Path

import pytest

from grader.errors import Fault
from grader.intake.write_up_contents import candidates, check_pdf, pdf_instead
from grader.labs.kinds import network_lab
from tests.intake.test_write_up import LAB, PDF, unzipped, zipped


def found(source: Path) -> list[str]:
    """The candidates, relative to the hand-in."""
    work = source.parent / "work"
    return [str(path.relative_to(source)) for path in candidates(source, work, LAB)]


def test_each_pdf_of_an_archive_is_a_candidate(tmp_path: Path) -> None:
    """Whatever its name is; what systems leave behind is not one."""
    files = {"report.pdf": PDF, "old/draft.PDF": PDF, "a.py": b"", "__MACOSX/._report.pdf": b""}
    assert found(zipped(tmp_path / "B1.zip", files)) == ["old/draft.PDF", "report.pdf"]


def test_the_pdfs_of_a_zip_in_the_zip_are_candidates(tmp_path: Path) -> None:
    """The path leads through both."""
    inner = zipped(tmp_path / "inner.zip", {"a.pdf": PDF, "b.pdf": PDF}).read_bytes()
    source = zipped(tmp_path / "B1.zip", {"x/lab.zip": inner})
    assert found(source) == ["x/lab.zip/a.pdf", "x/lab.zip/b.pdf"]


def test_there_is_nothing_to_choose_in_any_other_hand_in(tmp_path: Path) -> None:
    """One PDF, none, a folder, a damaged archive, and a lab of networks."""
    two = {"a.pdf": PDF, "b.pdf": PDF}
    (tmp_path / "B1.pdf").write_bytes(PDF)
    (tmp_path / "B2.zip").write_bytes(b"PK\x03\x04damaged")
    for source in (
        tmp_path / "B1.pdf",
        tmp_path / "B2.zip",
        tmp_path / "gone.zip",
        zipped(tmp_path / "B3.zip", {"a.pdf": PDF, "b.py": b""}),
        zipped(tmp_path / "B4.zip", {"b.py": b""}),
        unzipped(tmp_path / "B5", two),
    ):
        assert found(source) == ["."]
    source = zipped(tmp_path / "B6.zip", two)
    assert candidates(source, tmp_path, network_lab()) == (source,)
    assert found(source) == ["a.pdf", "b.pdf"]


@pytest.mark.parametrize(
    ("name", "head", "archive_passes"),
    [
        ("a.pdf", b"", False),
        ("a.pdf", b"PK\x03\x04", True),
        ("a.rar", b"Rar!\x1a\x07", True),
        ("a.pdf", b"\x89PNG\r\n\x1a\n", False),
    ],
)
def test_what_is_no_pdf_is_refused(name: str, head: bytes, archive_passes: bool) -> None:
    """An archive passes only where one may be handed in."""
    with pytest.raises(Fault, match=name):
        check_pdf(name, head)
    if archive_passes:
        check_pdf(name, head, or_archive=True)
    else:
        with pytest.raises(Fault, match=name):
            check_pdf(name, head, or_archive=True)


def test_a_fault_of_an_archive_keeps_its_reason() -> None:
    """And what was compared; only the advice is another."""
    fault = pdf_instead(Fault("too large", help="grader pack", expected="1", actual="2"))
    assert (fault.reason, fault.expected, fault.actual) == ("too large", "1", "2")
    assert "pack" not in fault.help
