"""The answers of a write-up: where they are found, and what is said if they are not."""

from dataclasses import replace
from functools import partial

import pytest

from grader.evaluators.opened_write_up import OpenedWriteUp
from grader.evaluators.write_up_answers import measure_answer
from grader.evidence.run_check import run_check
from grader.evidence.write_up import RequiredAnswerEvidence
from grader.types import Measurement, Status
from grader.writeup.document import Box, Document
from tests.evaluators.write_ups import opened
from tests.writeup.the_tables import LAB

DEVICE = LAB.answers[0]
QUESTION = "Report the device you are using, and the operating system you're running on it."


def device(write_up: OpenedWriteUp) -> Measurement:
    """The measurement of the question about the device."""
    return run_check("answer.device", partial(measure_answer, write_up, DEVICE))


def test_an_answer_is_found_with_its_page_and_place() -> None:
    """The quote is the sentence, the box is that of its words on the page."""
    found = device(opened("Lab 4", "We use a Raspberry Pi 4 Model B."))
    assert (found.status, found.value) == (Status.PASSED, 1)
    (passage,) = RequiredAnswerEvidence.read(found).passages
    assert (passage.page, passage.quote) == (2, "We use a Raspberry Pi 4 Model B.")
    ((left, top, right, bottom),) = passage.boxes
    assert (left, top, bottom) == pytest.approx((40 / 600, 100 / 800, 110 / 800), abs=1e-4)
    assert 0.2 < right < 0.5


def test_a_copied_question_is_no_answer() -> None:
    """The student is told where it stands."""
    asked = replace_text(DEVICE.excerpt)
    found = device(opened(asked))
    assert found.status is Status.SKIPPED
    assert RequiredAnswerEvidence.read(found).state in {"only the question", "not found"}


def replace_text(excerpt: str) -> str:
    """The lab's question about boards, as students copy it."""
    assert excerpt in LAB.own_text
    return next(line for line in LAB.own_text.splitlines() if "Raspberry Pi" in line).lstrip("# ")


def test_an_answer_that_is_not_found_may_be_in_a_picture() -> None:
    """It is skipped, never failed; the pages with pictures are named."""
    plain = opened("Nothing here.")
    assert "picture" not in (device(plain).reason or "")
    (first,) = plain.document.pages
    picture = replace(first, pictures=(Box(x0=0, top=0, x1=600, bottom=700),))
    document: Document = replace(plain.document, pages=(picture,))
    found = device(OpenedWriteUp(document=document, lab=LAB))
    assert found.status is Status.SKIPPED
    assert "picture on page 1" in (found.reason or "")
    assert RequiredAnswerEvidence.read(found).state == "not found"
