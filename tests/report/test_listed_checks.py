from dataclasses import replace

import pytest

from grader.report.check_names import names_of
from grader.report.listed_checks import (
    NOTHING,
    can_apply,
    listed_checks,
    needed_by,
    not_looked_at,
    waiting_questions,
)
from grader.types import Measurement, Report, Role, Status, SubmittedFile
from tests.report.examples import LAB, example_class, failed, passed, report
from tests.report.measured import (
    NO_MODEL,
    NO_PROGRAM,
    NOT_MOBILENET,
    OUR_ERROR,
    archive,
    layout,
    skipped,
)
from tests.report.write_ups import answer, no_answer, pdf, write_up

GOOD = passed("B1", 44.0, 9300, 0.4)
NO_NOTEBOOK = Measurement(id="notebook", status=Status.SKIPPED, reason="There is no notebook.")
BAD_NOTEBOOK = Measurement(id="notebook", status=Status.FAILED, reason="No JSON.", help="Save it.")
QUESTIONS = tuple(f"question.{each.id}" for each in LAB.questions)


def lines(hand_in: Report) -> tuple[str, ...]:
    """The lines about what was not looked at."""
    return not_looked_at(hand_in, names_of(hand_in))


def test_a_program_that_was_not_handed_in_cannot_apply() -> None:
    """With the file, or with a result, it can."""
    assert not can_apply(NO_PROGRAM, GOOD)
    assert NO_PROGRAM not in listed_checks(GOOD)
    file = SubmittedFile(
        role=Role.PROGRAM, name="a.pte", path=GOOD.submission.source, size=1, sha256=""
    )
    there = replace(GOOD, submission=replace(GOOD.submission, files=(file,)))
    assert can_apply(NO_PROGRAM, there)
    assert can_apply(replace(NO_PROGRAM, status=Status.FAILED), GOOD)


def test_a_check_with_its_own_reason_is_listed() -> None:
    """Every one that passed, failed or is an error of the grader."""
    for hand_in in example_class():
        told = [each for each in hand_in.measurements if each.status is not Status.SKIPPED]
        assert [each for each in listed_checks(hand_in) if each in told] == told
        assert all(needed_by(each, hand_in) is None for each in told)


@pytest.mark.parametrize(
    ("fault", "word"),
    [(NOT_MOBILENET, "the network was refused"), (NO_MODEL, "there is no network")],
)
def test_checks_of_a_network_are_one_line(fault: Measurement, word: str) -> None:
    """MFLOPs, both accuracies and the latency; the missing network itself is not one of them."""
    (line,) = lines(failed("B1", fault))
    assert line.startswith("4 checks")
    assert word in line


def test_an_error_of_the_grader_is_named() -> None:
    """The check that needs it was not made."""
    (line,) = lines(
        report(
            "B1",
            archive(),
            layout(),
            replace(OUR_ERROR, id="accuracy.executorch"),
            *skipped("latency.executorch", needed="accuracy.executorch"),
        )
    )
    assert line == "One check was not made: it needs “Accuracy in ExecuTorch”."


@pytest.mark.parametrize(
    ("notebook", "word"),
    [(NO_NOTEBOOK, "there is no notebook"), (BAD_NOTEBOOK, "could not be read")],
)
def test_questions_are_one_line(notebook: Measurement, word: str) -> None:
    """With their number; one question is one."""
    lacking = replace(NO_MODEL, reason="B1.ipynb is missing.")
    before = (archive(), lacking if notebook is NO_NOTEBOOK else layout(), notebook)
    all_ = report("B1", *before, *skipped(*QUESTIONS, needed="notebook"))
    (line,) = lines(all_)
    assert line.startswith(f"{len(QUESTIONS)} questions were not looked at")
    assert word in line
    assert waiting_questions(all_) == {each.id for each in LAB.questions}
    (one,) = lines(report("B1", *before, *skipped(QUESTIONS[0], needed="notebook")))
    assert one.startswith("One question was not looked at")


def test_a_question_that_a_person_marks_waits_for_nothing() -> None:
    """Its notebook was read."""
    read = Measurement(id="notebook", status=Status.PASSED, value=1.0, unit="cells")
    text = Measurement(id="question.1.1", status=Status.SKIPPED, reason="A person marks it.")
    hand_in = report("B1", archive(), layout(), read, text)
    assert lines(hand_in) == ()
    assert waiting_questions(hand_in) == frozenset()


def test_nothing_is_listed_of_what_could_not_be_opened() -> None:
    """One line for all."""
    broken = Measurement(
        id="intake.archive", status=Status.FAILED, reason="No zip.", help="Zip it."
    )
    rest = skipped("intake.layout", "structure.lineage", "mflops", needed="intake.archive")
    hand_in = report("B1", broken, *rest)
    assert lines(hand_in) == (NOTHING,)
    assert listed_checks(hand_in) == (broken,)


@pytest.mark.parametrize("status", [Status.FAILED, Status.SKIPPED])
def test_the_parts_of_a_pdf_are_one_line(status: Status) -> None:
    """A part that was looked for and not found has its own line."""
    unread = Measurement(id="write-up", status=status, reason="No text.", help="Export it.")
    waiting = skipped("answer.device", "table.quantization", needed="write-up")
    (line,) = lines(write_up("B1", unread, *waiting))
    assert line.startswith("2 answers and tables were not looked for")
    searched = write_up("B1", pdf(), answer("system"), no_answer("device"))
    assert lines(searched) == ()
    assert listed_checks(searched) == searched.measurements
