"""The PDF of a write-up: its text, and what could not be read."""

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from grader.evaluators.opened_write_up import OpenedWriteUp, measure_write_up
from grader.evidence.run_check import run_check
from grader.evidence.write_up import WriteUpEvidence
from grader.types import Measurement, Role, Status, SubmittedFile
from grader.writeup.document import Unread
from tests.evaluators.write_ups import opened, quantized
from tests.writeup.the_tables import LAB

FILE = SubmittedFile(
    role=Role.WRITE_UP, name="B1.pdf", path=Path("none.pdf"), size=1, sha256="ab" * 32
)


def measured(write_up: OpenedWriteUp) -> Measurement:
    """The measurement of the PDF."""
    return run_check("write-up", partial(measure_write_up, write_up, FILE))


def changed(write_up: OpenedWriteUp, unread: Unread | None, *pages: int) -> OpenedWriteUp:
    """The same without the words of these pages."""
    document = write_up.document
    return OpenedWriteUp(
        document=replace(
            document,
            pages=tuple(
                replace(each, words=(), characters=0, unread=unread)
                if each.number in pages
                else each
                for each in document.pages
            ),
        ),
        lab=LAB,
    )


def test_the_text_is_the_students_own() -> None:
    """Without the lab's; with its pages, typos, and the change that it declares."""
    question = "Report the device you are using, and the operating system you're running on it."
    said = "We used the full 28x28 images, wich takes longer."
    found = measured(opened(question, said, quantized()))
    evidence = WriteUpEvidence.read(found)
    assert (found.status, found.value, found.review) == (Status.PASSED, 3, None)
    assert (evidence.pages_in_file, evidence.pages_read, evidence.page) == (3, 3, FILE.sha256)
    assert [(each.word, each.correct, each.page) for each in evidence.typos] == [
        ("wich", "which", 2)
    ]
    assert [each.page for each in evidence.paragraphs][:2] == [2, 3]
    assert evidence.declared is not None
    assert evidence.declared.changes == ("crop = 28",)


@pytest.mark.parametrize("unread", [None, *Unread])
def test_pages_without_text_go_to_a_person(unread: Unread | None) -> None:
    """The others are measured."""
    found = measured(changed(opened("One.", "Two.", "Three."), unread, 1, 3))
    assert found.passed
    assert "pages 1, 3" in (found.review or "")
    assert WriteUpEvidence.read(found).without_text == (1, 3)


def test_a_write_up_without_any_text_is_skipped() -> None:
    """It is never failed; the student is told how to export it."""
    found = measured(changed(opened("One."), None, 1))
    assert found.status is Status.SKIPPED
    assert "page 1" in (found.reason or "")
    assert found.help


def test_a_very_long_file_is_read_in_part() -> None:
    """A person is told."""
    write_up = opened("One.")
    document = replace(write_up.document, pages_in_file=5_000)
    found = measured(OpenedWriteUp(document=document, lab=LAB))
    assert found.value == 5_000
    assert "5,000" in (found.review or "")
