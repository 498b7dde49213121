from dataclasses import replace

import pytest

from grader.report.class_row import (
    class_row,
    class_rows,
    formula_heading,
    pending_points,
    status_of,
    value,
)
from grader.report.pages import class_page as html
from grader.report.terminal import class_table
from grader.types import Lateness, Measurement, Punctuality, Report, Status
from tests.report.examples import (
    LAB,
    ORIGINAL_LAB,
    but,
    example_class,
    failed,
    passed,
    unmarked,
)
from tests.report.measured import (
    ANOTHER_PROGRAM,
    NO_ISOLATION,
    NO_MODEL,
    NOT_MOBILENET,
    OUR_ERROR,
    latency,
    lineage,
    operations,
)
from tests.report.write_ups import example_class as write_ups

GOOD = passed("1", 43.396277, 9311, 0.4)
WITHOUT_ISOLATION = but(GOOD, NO_ISOLATION, lab=ORIGINAL_LAB)


def test_the_class_is_in_a_stable_order() -> None:
    """Rows come by student, in whatever order the hand-ins were graded."""
    students = [each.student for each in class_rows(example_class())]
    assert students == sorted(students)
    assert students == [each.student for each in class_rows(example_class()[::-1])]


def test_two_hand_ins_of_one_student_are_ordered_by_their_hash() -> None:
    """Equal ids are ordered by the hash of what was handed in."""
    other = replace(GOOD, submission=replace(GOOD.submission, sha256="0" * 64))
    assert class_rows([GOOD, other]) == class_rows([other, GOOD])


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        (GOOD, Status.PASSED),
        (failed("2", NO_MODEL), Status.FAILED),
        (failed("3", NOT_MOBILENET), Status.FAILED),
        (failed("4", OUR_ERROR), Status.ERROR),
        (WITHOUT_ISOLATION, Status.SKIPPED),
        (but(GOOD, ANOTHER_PROGRAM), Status.PASSED),
    ],
)
def test_one_status_for_the_whole(report: Report, expected: Status) -> None:
    """Faults, errors and missing isolation differ; a program that is not needed may fail."""
    assert status_of(report) is expected


def test_an_error_anywhere_is_the_status() -> None:
    """An error of the latency makes the hand-in an error, although it has its points."""
    broken = Measurement(id="latency.executorch", status=Status.ERROR, reason="It crashed.")
    assert status_of(but(GOOD, broken)) is Status.ERROR


def test_points_refused_for_a_program_fail_the_hand_in() -> None:
    """If the lab scores the program, its failure changes the status through the points."""
    assert status_of(but(GOOD, ANOTHER_PROGRAM, lab=ORIGINAL_LAB)) is Status.FAILED


def test_a_pass_with_a_review_says_review() -> None:
    """Its word and mark differ from those of other passes; its status is passed."""
    looked_at = class_row(but(GOOD, lineage(0.4, review="it answers differently")))
    assert (looked_at.word, looked_at.mark, looked_at.status) == ("review", "?", Status.PASSED)
    assert looked_at.notes == ("structure.lineage: it answers differently",)


def test_notes_say_each_thing_once() -> None:
    """A reason that the grade's review repeats with the check's name appears only once."""
    assert class_row(failed("4", OUR_ERROR)).notes == (OUR_ERROR.reason,)


def test_missing_isolation_is_noted() -> None:
    """If the points could not be computed, the reason is the note."""
    assert class_row(WITHOUT_ISOLATION).notes == (NO_ISOLATION.reason,)


def test_marks_differ_without_colour() -> None:
    """No two statuses have the same mark or word."""
    marks = {each.word: each.mark for each in class_rows(example_class())}
    assert set(marks) == {"passed", "failed", "error", "skipped", "review"}
    assert len(set(marks.values())) == len(marks)


def test_pending_points_span_the_class() -> None:
    """One number if all hand-ins have the same, otherwise the least and the most; empty if none."""
    marked, done = unmarked(GOOD, 5.0), unmarked(GOOD, 0.0)
    assert pending_points(class_rows([GOOD])) == "55"
    assert pending_points(class_rows([GOOD, marked, done])) == "5 to 55"
    assert pending_points(class_rows([done])) == ""


@pytest.mark.parametrize(("is_busy", "compared"), [(True, False), (False, True), (None, True)])
def test_a_latency_of_a_busy_machine_is_not_compared(is_busy: bool | None, compared: bool) -> None:
    """It is still in the row; an old report does not say if the machine was busy."""
    row = class_row(but(passed("1", 44.0, 9300, 0.4), latency(2.5, 5.0, is_busy)))
    assert row.latency is not None
    assert row.comparable_latency == (row.latency if compared else None)


def test_only_what_passed_has_a_value() -> None:
    """A check that failed or was not attempted has no value."""
    counted = operations(44.0)
    assert value(counted) == 44.0
    assert value(replace(counted, status=Status.FAILED, reason="no")) is None
    assert value(None) is None


@pytest.mark.parametrize(
    ("title", "heading"),
    [
        ("Part 2: MFLOPs and accuracy", "Part 2"),
        ("Speed", "Speed"),
        (": x", "Formula"),
        (None, "Formula"),
    ],
)
def test_the_formulas_heading_is_the_labs(title: str | None, heading: str) -> None:
    """The item's title up to a colon; `Formula` if there is no such item."""
    made = passed("A1", 44.0, 9300, 0.4)
    items = tuple(
        replace(each, title=title)
        for each in made.grade.items
        if each.kind == "formula" and title is not None
    )
    shown = replace(made, grade=replace(made.grade, items=items))
    assert formula_heading(class_rows([shown])) == heading
    assert heading in class_table.render([shown])
    assert heading in html.index([shown], LAB)


def test_a_late_write_up_is_not_a_failed_one() -> None:
    """One without text is for a person."""
    rows = {row.student: row for row in class_rows(write_ups())}
    assert rows["B3"].report.grade.lateness is not None
    assert rows["B3"].report.grade.lateness.punctuality == "late"
    assert [rows[each].word for each in ("B1", "B2", "B3", "B4", "B5")] == [
        *("passed", "review", "review", "passed", "review")
    ]
    assert "No text" in rows["B5"].notes[0]


@pytest.mark.parametrize(
    ("punctuality", "text", "is_late", "note"),
    [
        ("late", "2 d late: 20 % of 50.00 points", True, ("2 d late: 20 % of 50.00 points",)),
        ("on time", "on time", False, ()),
        ("on time", "3 min late, within the grace period of 5 min", False, None),
        ("unknown", "the submission time is unknown", False, ()),
    ],
)
def test_lateness_is_noted(
    punctuality: Punctuality, text: str, is_late: bool, note: tuple[str, ...] | None
) -> None:
    """Also after the due date but in time; an unknown time is a reason to review."""
    lateness = Lateness(punctuality=punctuality, text=text, submitted_at=None, due="")
    row = class_row(replace(GOOD, grade=replace(GOOD.grade, lateness=lateness)))
    assert row.is_late is is_late
    assert row.lateness_note == ((text,) if note is None else note)
