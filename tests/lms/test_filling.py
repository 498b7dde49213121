"""Grades are entered into sheets; every other byte stays the same."""

from dataclasses import replace

import pytest

from grader.errors import GraderError
from grader.lms.canvas import sheet as canvas
from grader.lms.cells import render
from grader.lms.filling import Rules, fill, matched
from grader.lms.moodle import sheet as moodle
from grader.types import Arrival
from tests.lms import sheets
from tests.lms.sheets import graded, moodle_class


@pytest.mark.parametrize("totals", [[None, None, None], [55.0, 55.0, 55.0]])
def test_where_nothing_is_graded_nothing_changes(totals: list[float | None]) -> None:
    """After an error of the grader, or with points pending, no grade is entered."""
    reports = [
        replace(each, grade=replace(each.grade, pending=45.0)) for each in moodle_class(totals)
    ]
    filled = fill(moodle.target(sheets.MOODLE), reports, Rules())
    assert render(filled.sheet) == sheets.MOODLE
    assert not filled.standing
    assert len(filled.left) == 5


def test_pending_totals_go_out_when_asked_for() -> None:
    """With `--include-pending`, a total with points pending is entered."""
    (jane,) = moodle_class([55.0])
    pending = replace(jane, grade=replace(jane.grade, pending=45.0))
    filled = fill(moodle.target(sheets.MOODLE), [pending], Rules(include_pending=True))
    assert filled.changed == 1


def test_an_estimate_is_no_grade() -> None:
    """An accuracy measured on a sample is never exported."""
    (jane,) = moodle_class([55.0])
    sample = replace(jane, grade=replace(jane.grade, estimate=True))
    filled = fill(moodle.target(sheets.MOODLE), [sample], Rules(include_pending=True))
    assert filled.changed == 0


@pytest.mark.parametrize(("total", "clamped"), [(105.4, b"100.00"), (-3.0, b"0.00")])
def test_points_beyond_what_moodle_takes(total: float, clamped: bytes) -> None:
    """They are listed; with `--clamp` the bound is entered."""
    (jane,) = moodle_class([total])
    target = moodle.target(sheets.MOODLE)
    listed = fill(target, [jane], Rules())
    assert listed.changed == 0
    assert any("--clamp" in why for why in listed.left)
    assert b'for grading",' + clamped in render(fill(target, [jane], Rules(clamp=True)).sheet)


def test_another_maximum_is_scaled_only_when_asked_for() -> None:
    """80 of 100 become 8 of 10 only with `--scale`."""
    target = moodle.target(sheets.MOODLE.replace(b"100.00", b"10.00"))
    (jane,) = moodle_class([80.0])
    with pytest.raises(GraderError, match=r"10\b.*100"):
        fill(target, [jane], Rules())
    assert b'",8.00,10.00' in render(fill(target, [jane], Rules(scale=True)).sheet)


def test_a_sheet_of_another_course() -> None:
    """If no number matches, nothing is written, although the names do match."""
    elsewhere = sheets.MOODLE
    for number in (b"101", b"102", b"103"):
        elsewhere = elsewhere.replace(b"Participant " + number, b"Participant 7" + number)
    with pytest.raises(GraderError, match="hand-ins"):
        fill(moodle.target(elsewhere), moodle_class([1.0, 2.0, 3.0]), Rules())


def test_hand_ins_without_an_lms_are_found_by_id_or_name() -> None:
    """A name that two rows share matches neither."""
    jane, nobody = graded("b1", 80.0), graded("B9", 80.0)
    ole = graded("x", 80.0, Arrival(lms="canvas", lms_id="3", name="Li 小龍,李"))
    filled = fill(moodle.target(sheets.MOODLE), [jane, nobody, ole], Rules())
    assert [report.submission.id for _, report in filled.standing] == ["b1"]
    twice = sheets.MOODLE.replace("李 小龍".encode(), b"Jane Doe").replace(b",B1,", b",,")
    named = graded("x", 80.0, Arrival(lms="canvas", lms_id="3", name="Jane Doe"))
    filled = fill(moodle.target(twice), [graded("B2", 80.0), named], Rules())
    assert any(why.startswith("x: 2 rows") and "Jane Doe" in why for why in filled.left)


def test_a_files_name_is_not_taken_for_its_students() -> None:
    """Jane's zip from Moodle with the name B2 is not graded for Li in Canvas."""
    jane = graded("B2", 80.0, Arrival(lms="moodle", lms_id="101", name="Jane Doe"))
    other = graded("B1", 70.0)
    filled = fill(canvas.target(sheets.CANVAS, "12"), [jane, other], Rules())
    assert [report.submission.id for _, report in filled.standing] == ["B1"]
    assert any("B2" in why and "Jane Doe" in why and "Li, Xiaolong" in why for why in filled.left)


@pytest.mark.parametrize("shown", ["Participant 103", "Participant", "Ole O'Neil-Sørensen"])
@pytest.mark.parametrize("came", ["Participant", "Ole ONeil-Sørensen"])
def test_hidden_names_are_not_compared(shown: str, came: str) -> None:
    """If the download or the sheet hides the name, the number is enough."""
    sheet = sheets.MOODLE.replace("Ole O'Neil-Sørensen".encode(), shown.encode())
    report = graded("B3", 80.0, Arrival(lms="moodle", lms_id="103", name=came))
    filled = fill(moodle.target(sheet.replace(b",No,", b",Yes,")), [report], Rules())
    assert filled.changed == 1


def test_grades_that_need_review_are_listed() -> None:
    """They are entered and listed."""
    (jane,) = moodle_class([80.0])
    odd = replace(jane, grade=replace(jane.grade, needs_review=True, review=("time unknown",)))
    filled = fill(moodle.target(sheets.MOODLE), [odd], Rules())
    assert filled.changed == 1
    assert any("B1" in why and "time unknown" in why for why in filled.left)


def test_two_hand_ins_of_one_row() -> None:
    """If two hand-ins match one row, neither grade is entered."""
    one, li = moodle_class([80.0, 70.0])
    other = replace(one, submission=replace(one.submission, id="B1~2"))
    filled = fill(moodle.target(sheets.MOODLE), [one, other, li], Rules())
    assert any("B1; B1~2" in why for why in filled.left)
    assert [report.submission.id for _, report in filled.standing] == ["B2"]


def test_no_grade_goes_to_a_student_while_it_is_not_certain_whose_it_is() -> None:
    """The cell stays as it was, and the doubt is listed; a settled doubt is none."""
    (jane,) = moodle_class([55.0])
    assert jane.submission.handed_in is not None
    why = "The file x can be of the user 1 or 2: check whose it is."
    who = replace(jane.submission.handed_in, review=why)
    doubtful = replace(jane, submission=replace(jane.submission, handed_in=who))
    target = moodle.target(sheets.MOODLE)
    settled = fill(target, [doubtful], Rules())
    assert settled.changed == 1
    open_ = replace(doubtful, grade=replace(doubtful.grade, needs_review=True, review=(why,)))
    other = replace(jane, submission=replace(jane.submission, id="other", handed_in=None))
    pairs, notes = matched(target, [open_, other])
    assert open_ not in [report for _, report in pairs]
    assert any("1 or 2" in note for note in notes)
