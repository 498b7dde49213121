"""A write-up from its bytes to its measurements; the real ones beside the checkout come last."""

import subprocess
import sys
from pathlib import Path

import pytest

from grader.evaluators.conditions import WriteUpConditions
from grader.evaluators.write_up import checks
from grader.labs.kinds import load_lab
from grader.labs.write_up_lab import WriteUpLab
from grader.pipeline import measure_one
from grader.sandbox.start import best_isolation
from grader.types import Measurement, Status
from tests.places import ROOT
from tests.writeup.pdfs import pdf, text
from tests.writeup.the_tables import LAB

WRITTEN = text("We use a Raspberry Pi 4 with Ubuntu 22.04.", "We learned much.")
TABLES = ("table.quantization", "table.pruning.without-rewinding", "table.pruning.with-rewinding")
WITH_TEXT = {
    "gdocs-like": (4, 21, 21),
    "gdocs-narrow": (4, 21, 21),
    "latex-booktabs": (4, 21, 21),
    "latex-grid": (4, 21, 21),
    "notebook-like": (4, 21, 21),
    "pandoc-latex": (4, 21, 21),
    "word-libreoffice": (4, 21, 21),
    "wide-imp-pandoc": (None, 21, 21),
}


def measured(source: Path, work: Path, lab: WriteUpLab = LAB) -> dict[str, Measurement]:
    """The measurements of a hand-in, by id."""
    conditions = WriteUpConditions(
        lab=lab, isolation=best_isolation(), threads=1, work=work / "work", pages=work / "pages"
    )
    found = measure_one(source, conditions, lambda _event: None)
    return {each.id: each for each in found.measurements}


def test_every_answer_and_every_table_has_a_check() -> None:
    """A table with variants has one for each of them."""
    assert list(checks(LAB))[-3:] == list(TABLES)
    assert len(checks(LAB)) == len(LAB.answers) + 3
    later = load_lab("on-device-2023")
    assert isinstance(later, WriteUpLab)
    assert checks(later).keys() - checks(LAB).keys() == {"answer.pytorch"}


@pytest.mark.system
def test_a_pdf_is_measured_and_kept(tmp_path: Path) -> None:
    """Its bytes are kept under their hash, for the review."""
    source = tmp_path / "B1.pdf"
    source.write_bytes(pdf(WRITTEN))
    found = measured(source, tmp_path)
    assert [found[f"answer.{id}"].status for id in ("device", "system", "learned", "plot")] == [
        Status.PASSED,
        Status.PASSED,
        Status.PASSED,
        Status.SKIPPED,
    ]
    assert {found[id].status for id in TABLES} == {Status.SKIPPED}
    kept = tmp_path / "pages" / f"{found['write-up'].evidence['page']}.pdf"
    assert kept.read_bytes() == source.read_bytes()


@pytest.mark.system
def test_what_needs_a_pdf_is_skipped_without_one(tmp_path: Path) -> None:
    """A document of a word processor fails at intake; a damaged PDF fails as a write-up."""
    other = tmp_path / "B1.pdf"
    other.write_bytes(b"PK\x03\x04 no zip")
    found = measured(other, tmp_path)
    assert found["intake.archive"].status is Status.FAILED
    assert found["write-up"].status is found["answer.device"].status is Status.SKIPPED
    cut = tmp_path / "B2.pdf"
    cut.write_bytes(pdf(WRITTEN)[:300])
    found = measured(cut, tmp_path)
    assert found["write-up"].status is Status.FAILED
    assert found["write-up"].help
    assert found[TABLES[0]].status is Status.SKIPPED


@pytest.mark.system
def test_reading_imports_no_torch(tmp_path: Path) -> None:
    """A class of write-ups starts in a second."""
    source = tmp_path / "B1.pdf"
    source.write_bytes(pdf(WRITTEN))
    code = (
        "import sys; from pathlib import Path; from tests.evaluators.test_write_up import measured;"
        f"measured(Path({str(source)!r}), Path({str(tmp_path)!r}));"
        "print('torch' in sys.modules)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "False"


@pytest.mark.system
@pytest.mark.parametrize("name", WITH_TEXT)
def test_a_real_write_up_is_read_whole(name: str, write_ups: Path, tmp_path: Path) -> None:
    """Every row in every form with text, and nothing fails."""
    found = measured(write_ups / "write-ups" / f"{name}.pdf", tmp_path)
    assert tuple(found[id].value for id in TABLES) == WITH_TEXT[name]
    assert not [each for each in found.values() if each.status in {Status.FAILED, Status.ERROR}]


@pytest.mark.system
@pytest.mark.parametrize("name", ["scanned", "tables-as-screenshots"])
def test_pictures_go_to_a_person(name: str, write_ups: Path, tmp_path: Path) -> None:
    """No text on a page is said; a table in a picture is not found, and never fails."""
    found = measured(write_ups / "write-ups" / f"{name}.pdf", tmp_path)
    assert {found[id].status for id in TABLES} == {Status.SKIPPED}
    assert not [each for each in found.values() if each.status in {Status.FAILED, Status.ERROR}]
    if name == "scanned":
        assert "No text on page" in (found["write-up"].reason or "")
    else:
        assert "picture" in (found[TABLES[0]].reason or "")


@pytest.mark.system
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("float16-is-int8", ("table.quantization", Status.FAILED, "1.515")),
        ("linear-sparsity-dense-size", (TABLES[1], Status.FAILED, "66.0%")),
        ("no-device", ("answer.device", Status.SKIPPED, "Not found")),
        ("no-static", ("table.quantization", Status.PASSED, "static")),
    ],
)
def test_each_mutant_has_its_own_reason(
    name: str, expected: tuple[str, Status, str], write_ups: Path, tmp_path: Path
) -> None:
    """An exact fact fails; what is missing is for a person."""
    id, status, word = expected
    found = measured(write_ups / "mutants" / f"mutant-{name}.pdf", tmp_path)[id]
    assert found.status is status
    assert word in f"{found.reason} {found.review}"
