from dataclasses import replace

from grader.evidence import ids
from grader.evidence.write_up import (
    DeclaredEvidence,
    PassageEvidence,
    RequiredAnswerEvidence,
    TypoEvidence,
    WriteUpEvidence,
)
from grader.results.boards import Board
from grader.review.found import Found, found
from grader.review.spots import Entry
from grader.types import Measurement, Report, Status
from tests.report.examples import LAB, report
from tests.review.write_ups import write_up_lab

WRITE_UPS = write_up_lab()
PDF = WriteUpEvidence(
    producer=None, pages_in_file=3, pages_read=3, without_text=(), with_pictures=(2,), shapes=(),
    typos=(TypoEvidence(word="recieve", correct="receive", page=2),), paragraphs=(),
    page="0" * 64,
    declared=DeclaredEvidence(changes=("crop = 28",), quotes=("We did not crop.",)),
)  # fmt: skip
PASSAGE = PassageEvidence(page=2, quote="a Raspberry Pi 4", boxes=((0.1, 0.1, 0.5, 0.2),))
ANSWER = RequiredAnswerEvidence(state="found", passages=(PASSAGE,))
ONLY = RequiredAnswerEvidence(state="only the question", passages=())


def measured(id: str, evidence: dict, reason: str | None = None) -> Measurement:  # type: ignore[type-arg]
    """A measurement that passed, or that was skipped for a reason."""
    status = Status.SKIPPED if reason else Status.PASSED
    return Measurement(id=id, status=status, reason=reason, evidence=evidence)


def of(*measurements: Measurement) -> Report:
    """A report with these measurements."""
    return report("ada", *measurements)


READ = of(
    measured(ids.WRITE_UP, PDF.json()),
    measured("answer.device", ANSWER.json()),
    measured("answer.system", ONLY.json(), "Only the question is there, on page 1."),
)


def seen(report_: Report, boards: tuple[Board, ...] = ()) -> Found:
    """What is found in a hand-in of the lab."""
    shown = found(report_, WRITE_UPS, boards)
    assert shown is not None
    return shown


def entry(shown: Found, title: str) -> Entry:
    """The entry with this title."""
    return next(each for _, entries in shown.groups for each in entries if each.title == title)


def test_an_answer_has_its_question_its_page_and_its_quote() -> None:
    """And a spot that leads there."""
    shown = seen(READ)
    device = entry(shown, "The device")
    assert device.asked == "Report the device you are using"
    (line,) = device.lines
    assert "a Raspberry Pi 4" in line.words
    (spot,) = line.spots
    assert (spot.page, spot.boxes) == (2, PASSAGE.boxes)
    assert spot in shown.spots
    (line,) = entry(shown, "Its operating system").lines
    assert line.words == "Only the question is there, on page 1."
    assert (shown.pages, shown.sha256) == (3, "0" * 64)
    assert shown.summary.startswith("1 of 9 answers")


def test_what_the_boards_of_the_course_say_stands_beside_the_answer() -> None:
    """Below the answer about the device, and of no other."""
    shown = seen(READ, (Board(name="pi", model="Raspberry Pi 4 Model B"),))
    assert "Raspberry Pi 4 Model B" in entry(shown, "The device").lines[-1].words
    assert len(entry(shown, "Its operating system").lines) == 1


def test_the_pdf_has_its_typos_pictures_and_declared_change() -> None:
    """As sentences without keys; a picture's page can be opened."""
    shown = seen(READ)
    assert "recieve (receive), page 2" in entry(shown, "Typos: 1").lines[0].words
    (pictures,) = entry(shown, "Large pictures").lines
    assert [each.page for each in pictures.spots] == [2]
    changed = entry(shown, "A declared change").lines
    assert "crop = 28" in changed[0].words
    assert "We did not crop." in changed[1].words


def test_a_pdf_without_text_still_has_its_pages() -> None:
    """The reason leads to each page; no answer counts as missing."""
    bare = replace(PDF, without_text=(1, 2, 3), typos=(), declared=None)
    why = "No text on pages 1, 2, 3: a person looks."
    unread = measured("answer.device", {}, "write-up was skipped.")
    shown = seen(of(measured(ids.WRITE_UP, bare.json(), why), unread))
    lines = entry(shown, "Not read").lines
    assert lines[0].words == why
    assert [each.page for each in lines[0].spots] == [1, 2, 3]
    assert shown.pages == 3
    assert [title for title, _ in shown.groups] == ["The PDF"]
    assert "answers found" not in shown.summary


def test_a_refused_hand_in_has_the_reason_and_no_page() -> None:
    """Nothing was kept of it."""
    layout = measured(ids.LAYOUT, {}, "There is no PDF in the hand-in.")
    shown = seen(of(layout))
    assert entry(shown, "Not read").lines[0].words == "There is no PDF in the hand-in."
    assert (shown.pages, shown.sha256, shown.spots) == (0, None, ())


def test_a_lab_of_networks_has_no_write_up() -> None:
    """Its cards have a notebook beside them."""
    assert found(READ, LAB) is None


def test_a_lab_may_ask_for_tables_only() -> None:
    """Then nothing is said about answers."""
    only_tables = WRITE_UPS.model_copy(update={"answers": ()})
    none = measured("table.quantization", {"state": "not found"}, "Not found.")
    shown = found(of(measured(ids.WRITE_UP, PDF.json()), none), only_tables)
    assert shown is not None
    assert [title for title, _ in shown.groups] == ["Tables", "The PDF"]
    assert shown.summary == "0 of 4 rows of tables"
