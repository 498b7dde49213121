from dataclasses import replace
from pathlib import Path

import pytest
from rich.cells import cell_len

from grader.labs.kinds import load_lab
from grader.labs.spec import LabSpec
from grader.report.terminal.acceptance import FOR_DETAILS, LINES, CheckScreen
from grader.report.terminal.class_table import to_text
from grader.types import Json, Measurement, Report, Status
from tests.report import write_ups
from tests.report.examples import (
    HOSTILE_REASON,
    LAB,
    busy,
    but,
    example_class,
    failed,
    hostile,
    passed,
    report,
    unmarked,
)
from tests.report.measured import (
    NO_MODEL,
    NO_PROGRAM,
    NOT_MOBILENET,
    OUR_ERROR,
    archive,
    layout,
    lineage,
    skipped,
)
from tests.report.write_ups import ODD, UNREADABLE, WRONG, answer, no_answer, pdf, table, write_up

AGAIN = "grader check B1.zip --quick"
GOOD = passed("B1", 44.0, 9300, 0.4)


def shown(hand_in: Report, lab: LabSpec = LAB, width: int = 80, details: bool = False) -> str:
    """The screen of a check."""
    screen = CheckScreen(
        report=hand_in, lab=lab, again=AGAIN, hint=None if details else FOR_DETAILS
    )
    return to_text(screen, width, color=False)


def of_write_up(hand_in: Report) -> str:
    """The screen of the check of a write-up, without its line breaks."""
    return " ".join(shown(hand_in, write_ups.LAB).split())


def verdict_line(text: str) -> str:
    """The line with the verdict."""
    return next(line for line in text.splitlines() if "B1.zip" in line)


def test_an_accepted_hand_in_has_its_points() -> None:
    """The points that are decided, and those that a person marks; nothing is left to do."""
    text = shown(GOOD)
    points = f"{GOOD.grade.total:.2f}"
    assert f"✓ B1.zip would be accepted: {points} of 45 points" in text
    assert "55 points are marked by a person" in " ".join(text.split())
    assert AGAIN not in text


def test_without_points_pending_the_total_is_whole() -> None:
    """No mark, and no word about a person; one point pending is one."""
    decided = replace(GOOD.grade, items=GOOD.grade.items[1:2], pending=0.0)
    text = shown(replace(GOOD, grade=decided))
    assert "a person" not in text
    assert "+" not in text
    one = " ".join(shown(unmarked(GOOD, 1.0)).split())
    assert "1 point is marked by a person" in one


def test_a_refused_hand_in_has_reason_remedy_and_command_last() -> None:
    """Below the verdict; checks that need the failed one are one line, not four."""
    text = shown(failed("B1", NOT_MOBILENET))
    lines = text.splitlines()
    assert "✗ B1.zip would NOT be accepted: 1 thing to fix" in lines
    told = " ".join(" ".join(lines[lines.index(verdict_line(text)) :]).split())
    for words in ("1. Pruned network", NOT_MOBILENET.reason, f"→ {NOT_MOBILENET.help}", AGAIN):
        assert words
        assert words in told
    assert "4 checks of the network were not made" in text
    assert "mflops" not in text


def test_several_faults_are_counted() -> None:
    """Each has its own number."""
    both = report("B1", archive(), NO_MODEL, NOT_MOBILENET)
    text = shown(both)
    assert "2 things to fix" in verdict_line(text)
    assert "2. Pruned network" in text


def test_our_error_is_no_fault_of_the_hand_in() -> None:
    """The headline says so, the reason follows."""
    text = shown(failed("B1", OUR_ERROR))
    assert "! The grader failed on B1.zip" in text
    assert OUR_ERROR.reason
    assert OUR_ERROR.reason in text
    assert AGAIN in text


def test_a_review_is_a_verdict_of_its_own() -> None:
    """The hand-in is accepted, and the reason to look at it is shown."""
    looked_at = but(GOOD, lineage(0.4, review="The network answers differently."))
    text = shown(looked_at)
    assert "? B1.zip would be accepted, and a person looks at it" in text
    assert "The network answers differently." in text


def test_what_was_not_graded_here_says_why() -> None:
    """Without an accuracy there is no total, and no verdict on the hand-in."""
    cannot = Measurement(
        id="accuracy.pytorch", status=Status.SKIPPED, reason="No torch.", help="Install torch."
    )
    text = shown(but(GOOD, cannot))
    assert "- B1.zip could not be graded here" in text
    assert "No torch." in text
    assert "Install torch." in text


def test_a_network_without_points_is_told_how_to_get_one() -> None:
    """It is accepted all the same."""
    text = shown(passed("B1", 13.5, 1000, 0.1))
    assert "✓ B1.zip would be accepted" in text
    assert "The formula gives 0 of 45 points." in text
    assert "One more point for" in text


def test_what_cannot_apply_is_not_listed() -> None:
    """A program that nobody handed in and nobody needs."""
    text = shown(GOOD, width=200)
    assert NO_PROGRAM.reason
    assert NO_PROGRAM.reason not in text


def test_a_latency_of_a_busy_machine_is_marked() -> None:
    """As everywhere."""
    assert "latency †77.77 ms" in " ".join(shown(but(busy("B1"), lineage(0.4, "x"))).split())


def test_details_leave_out_nothing() -> None:
    """Below the details stand all things to look at, and no hint at the option."""
    many = [
        Measurement(id=f"question.{n}", status=Status.FAILED, reason=f"Fault {n}.", help=f"Do {n}.")
        for n in range(9)
    ]
    hand_in = replace(GOOD, measurements=(*GOOD.measurements, *many))
    short, whole = shown(hand_in), shown(hand_in, details=True)
    assert "--details" in short
    assert "more things" in short
    assert "--details" not in whole
    assert all(f"Fault {n}." in whole for n in range(9))


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("hand_in", [*example_class(), hostile(), *write_ups.example_class()])
def test_every_check_fits_the_terminal(hand_in: Report, width: int) -> None:
    """No more lines than a terminal has, and none that is too wide; text of a hand-in is inert."""
    lab = write_ups.LAB if hand_in.submission.layout == "write-up" else LAB
    text = shown(hand_in, lab, width)
    lines = text.splitlines()
    assert len(lines) <= LINES
    assert max(map(cell_len, lines)) <= width
    assert not set("\x1b\x07\u202e") & set(text)


def test_a_very_long_reason_is_cut() -> None:
    """The last lines stay in sight; the details have all of it."""
    long = replace(NOT_MOBILENET, reason="x y " * 900, help="z " * 900)
    text = shown(failed("B1", long))
    assert len(text.splitlines()) <= LINES
    assert AGAIN in text
    assert HOSTILE_REASON not in shown(hostile())


def test_a_complete_write_up_is_accepted() -> None:
    """What was found is counted."""
    text = of_write_up(write_up("B1", pdf(), answer("device"), table()))
    assert "2 of 2 answers and tables were found." in text
    assert "✓ B1.zip would be accepted: all 10 points are marked by a person" in text


@pytest.mark.parametrize(
    ("measured", "word"),
    [
        ([pdf(), no_answer("device")], "Not found"),
        ([pdf(), table(WRONG)], "contradicts an exact fact"),
        ([pdf(), table(ODD)], "Look at a cell."),
        ([UNREADABLE], "a person looks"),
    ],
)
def test_what_a_student_can_change_is_said(measured: list[Measurement], word: str) -> None:
    """The hand-in is accepted all the same; names are the lab's titles."""
    text = of_write_up(write_up("B1", *measured))
    assert "would be accepted" in text
    assert word in text
    assert AGAIN in text


def test_answers_have_their_titles() -> None:
    """Beside their ids."""
    text = of_write_up(write_up("B1", pdf(), no_answer("device")))
    title = next(each.title for each in write_ups.LAB.answers if each.id == "device")
    assert f"{title} answer.device" in text


def test_a_pdf_that_cannot_be_opened_is_one_thing() -> None:
    """Nothing else is listed."""
    broken = Measurement(
        id="intake.archive", status=Status.FAILED, reason="It is truncated.", help="Copy it again."
    )
    rest = skipped("intake.layout", "write-up", "answer.device", needed="intake.archive")
    text = of_write_up(write_up("B1", broken, *rest))
    assert "✗ B1.zip would NOT be accepted: 1 thing to fix" in text
    assert "Nothing in it was looked at" in text
    assert "answer.device" not in text


def test_a_folder_has_its_name() -> None:
    """Also `.`, whose name is empty."""
    here = replace(GOOD, submission=replace(GOOD.submission, source=Path()))
    assert Path().resolve().name in shown(here, width=300)


def test_both_labs_have_a_heading() -> None:
    """The id and the lab's title."""
    assert shown(GOOD).startswith(f"B1  {LAB.title}")
    lab = load_lab("on-device-2022")
    assert shown(write_up("B2"), lab).startswith(f"B2  {lab.title}")


def test_files_that_are_missing_are_things_of_their_own() -> None:
    """Each with its remedy."""
    faults: Json = [
        {"reason": f"{name} is missing.", "help": f"Add {name}."} for name in ("a", "b")
    ]
    two = replace(NO_MODEL, evidence={**NO_MODEL.evidence, "faults": faults})
    text = shown(report("B1", archive(), two))
    assert "2 things to fix" in verdict_line(text)
    assert "a is missing." in text
    assert "Add b." in text


def test_a_file_name_to_change_is_shown() -> None:
    """A review of the layout is no failure."""
    renamed = but(GOOD, layout(review="The notebook has the name lab2.ipynb: name it B1.ipynb."))
    assert "name it B1.ipynb." in " ".join(shown(renamed).split())
