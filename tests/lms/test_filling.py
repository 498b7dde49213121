"""Sheets come out with the right grades, and byte for byte as they were everywhere else."""

import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from grader.errors import GraderError
from grader.lms.canvas import sheet as canvas
from grader.lms.cells import render
from grader.lms.filling import Rules, fill
from grader.lms.moodle import sheet as moodle
from grader.types import Arrival, Status
from tests.lms import sheets
from tests.lms.sheets import from_lms, graded, moodle_class


def test_moodle_takes_grades_and_keeps_the_rest() -> None:
    """One cell changes; what is equal, locked or without a hand-in keeps its bytes."""
    filled = fill(moodle.target(sheets.MOODLE), moodle_class([88.126, 71.5, 99.0]), Rules())
    expected = sheets.MOODLE.replace(b'for grading",,100', b'for grading",88.13,100')
    assert render(filled.sheet) == expected
    assert filled.changed == 1
    assert [report.submission.id for _, report in filled.standing] == ["B1", "B2"]
    locked, without, formula = sorted(filled.left)
    assert formula.endswith("takes for a formula: line 5.")
    assert locked == "B3: Moodle says that the grade cannot be changed."
    assert without == "In the sheet without a hand-in (1): Participant 104 (=HYPERLINK(1))."


def test_moodle_with_a_comma_as_its_decimal_sign() -> None:
    """The maximum shows how the site writes numbers; a workflow's column stands in between."""
    (jane,) = moodle_class([88.126])
    filled = fill(moodle.target(sheets.MOODLE_GERMAN), [jane], Rules())
    assert render(filled.sheet) == sheets.MOODLE_GERMAN.replace(b"n;;100", b"n;88,13;100")


def test_moodle_in_chinese() -> None:
    """Columns are known by where they stand; 否 is a grade that cannot be changed."""
    came = from_lms("moodle", [("101", "", "王小明"), ("102", "", "李 小龍")])
    reports = [graded("B1", 90.0, came[0]), graded("B2", 90.0, came[1])]
    filled = fill(moodle.target(sheets.MOODLE_CHINESE), reports, Rules())
    expected = sheets.MOODLE_CHINESE.replace(
        "已繳交,,100.00,是".encode(), "已繳交,90.00,100.00,是".encode()
    )
    assert render(filled.sheet) == expected


def test_moodle_with_names_hidden() -> None:
    """The numbers alone are enough."""
    came = Arrival(lms="moodle", lms_id="101", name="Participant")
    filled = fill(moodle.target(sheets.MOODLE_BLIND), [graded("B1", 90.0, came)], Rules())
    assert b"Participant 101,Submitted,90.00,100.00" in render(filled.sheet)


@pytest.mark.parametrize("totals", [[None, None, None], [55.0, 55.0, 55.0]])
def test_where_nothing_is_graded_nothing_changes(totals: list[float | None]) -> None:
    """An error of ours is no zero, and a total with points pending is no grade."""
    reports = [
        replace(each, grade=replace(each.grade, pending=45.0)) for each in moodle_class(totals)
    ]
    filled = fill(moodle.target(sheets.MOODLE), reports, Rules())
    assert render(filled.sheet) == sheets.MOODLE
    assert not filled.standing
    assert len(filled.left) == 5


def test_pending_totals_go_out_when_asked_for() -> None:
    """`--include-pending` is the TA's decision."""
    (jane,) = moodle_class([55.0])
    pending = replace(jane, grade=replace(jane.grade, pending=45.0))
    filled = fill(moodle.target(sheets.MOODLE), [pending], Rules(include_pending=True))
    assert filled.changed == 1


def test_an_estimate_is_no_grade() -> None:
    """Of a sample nothing is exported, whatever is asked for."""
    (jane,) = moodle_class([55.0])
    sample = replace(jane, grade=replace(jane.grade, estimate=True))
    filled = fill(moodle.target(sheets.MOODLE), [sample], Rules(include_pending=True))
    assert filled.changed == 0


@pytest.mark.parametrize(("total", "clamped"), [(105.4, b"100.00"), (-3.0, b"0.00")])
def test_points_beyond_what_moodle_takes(total: float, clamped: bytes) -> None:
    """They are listed, and entered at the bound when asked for."""
    (jane,) = moodle_class([total])
    target = moodle.target(sheets.MOODLE)
    listed = fill(target, [jane], Rules())
    assert listed.changed == 0
    assert any("--clamp" in why for why in listed.left)
    assert b'for grading",' + clamped in render(fill(target, [jane], Rules(clamp=True)).sheet)


def test_another_maximum_is_scaled_only_when_asked_for() -> None:
    """80 of 100 are 8 of 10, but only if the TA says so."""
    target = moodle.target(sheets.MOODLE.replace(b"100.00", b"10.00"))
    (jane,) = moodle_class([80.0])
    with pytest.raises(GraderError, match="maximum is 10, the lab's is 100"):
        fill(target, [jane], Rules())
    assert b'",8.00,10.00' in render(fill(target, [jane], Rules(scale=True)).sheet)


def test_a_sheet_of_another_course() -> None:
    """Nobody's number is in it: nothing is written, however alike the names are."""
    elsewhere = sheets.MOODLE
    for number in (b"101", b"102", b"103"):
        elsewhere = elsewhere.replace(b"Participant " + number, b"Participant 7" + number)
    with pytest.raises(GraderError, match="None of the hand-ins has a row"):
        fill(moodle.target(elsewhere), moodle_class([1.0, 2.0, 3.0]), Rules())


def test_a_number_with_another_name_is_not_taken_for_its_student() -> None:
    """The same number in another assignment is another participant."""
    jane, li = moodle_class([80.0, 80.0])
    sheet = sheets.MOODLE.replace(b"Jane Doe", b"Ann Other")
    filled = fill(moodle.target(sheet), [jane, li], Rules())
    assert any("101 is Jane Doe in the download, Ann Other in the" in why for why in filled.left)
    assert filled.changed == 1


def test_a_group_before_the_name_is_moodles() -> None:
    """In a team's submission the download says “Group 1-Jane Doe”."""
    (jane,) = moodle_class([80.0])
    came = Arrival(lms="moodle", lms_id="101", name="Group 1-Jane Doe")
    team = replace(jane, submission=replace(jane.submission, handed_in=came))
    assert fill(moodle.target(sheets.MOODLE), [team], Rules()).changed == 1


def test_hand_ins_without_an_lms_are_found_by_id_or_name() -> None:
    """A name that two rows have finds neither."""
    jane, nobody = graded("b1", 80.0), graded("B9", 80.0)
    ole = graded("x", 80.0, Arrival(lms="canvas", lms_id="3", name="Li 小龍,李"))
    filled = fill(moodle.target(sheets.MOODLE), [jane, nobody, ole], Rules())
    assert [report.submission.id for _, report in filled.standing] == ["b1"]
    twice = sheets.MOODLE.replace("李 小龍".encode(), b"Jane Doe").replace(b",B1,", b",,")
    named = graded("x", 80.0, Arrival(lms="canvas", lms_id="3", name="Jane Doe"))
    filled = fill(moodle.target(twice), [graded("B2", 80.0), named], Rules())
    assert "x: 2 rows are called Jane Doe." in filled.left


def test_a_files_name_is_not_taken_for_its_students() -> None:
    """Jane's zip from Moodle, called B2, does not become Li's grade in Canvas."""
    jane = graded("B2", 80.0, Arrival(lms="moodle", lms_id="101", name="Jane Doe"))
    other = graded("B1", 70.0)
    filled = fill(canvas.target(sheets.CANVAS, "12"), [jane, other], Rules())
    assert [report.submission.id for _, report in filled.standing] == ["B1"]
    assert "B2: B2 is Jane Doe in the download, Li, Xiaolong in the sheet." in filled.left


@pytest.mark.parametrize("shown", ["Participant 103", "Participant", "Ole O'Neil-Sørensen"])
@pytest.mark.parametrize("came", ["Participant", "Ole ONeil-Sørensen"])
def test_hidden_names_are_not_compared(shown: str, came: str) -> None:
    """Where the download or the sheet hides the name, the number is enough."""
    sheet = sheets.MOODLE.replace("Ole O'Neil-Sørensen".encode(), shown.encode())
    report = graded("B3", 80.0, Arrival(lms="moodle", lms_id="103", name=came))
    filled = fill(moodle.target(sheet.replace(b",No,", b",Yes,")), [report], Rules())
    assert filled.changed == 1


def test_grades_that_need_review_are_listed() -> None:
    """They are entered, and whoever uploads the sheet knows which to look at."""
    (jane,) = moodle_class([80.0])
    odd = replace(jane, grade=replace(jane.grade, needs_review=True, review=("time unknown",)))
    filled = fill(moodle.target(sheets.MOODLE), [odd], Rules())
    assert filled.changed == 1
    assert "B1: its grade is in the sheet and needs review: time unknown." in filled.left


@pytest.mark.parametrize("word", ["No", "nope"])
def test_another_word_for_yes_unlocks_nothing(word: str) -> None:
    """Where the sheet's words are known, they count."""
    with pytest.raises(GraderError, match="is not the sheet's word for yes"):
        moodle.target(sheets.MOODLE, word)
    assert moodle.target(sheets.MOODLE, "YES").rows[2].closed


def test_two_hand_ins_of_one_row() -> None:
    """Which of them counts is not for the grader to say."""
    one, li = moodle_class([80.0, 70.0])
    other = replace(one, submission=replace(one.submission, id="B1~2"))
    filled = fill(moodle.target(sheets.MOODLE), [one, other, li], Rules())
    assert any("B1; B1~2 have one row" in why for why in filled.left)
    assert [report.submission.id for _, report in filled.standing] == ["B2"]


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"a,b\n", "no rows"),
        (b"a,b,c\n1,2\n", "line 2 has not the 3 cells"),
        (b"a,b,c,d\nJane,,100,Yes\n", "no identifiers"),
        (b"a,b,c,d\nParticipant 1,x,y,Yes\n", "no column is the maximum"),
        (b"a,b,c,d\nParticipant 1,,100,Hyv\n", "in a known language"),
        (b"a,b,c\nParticipant 1,,100\nParticipant 1,,100\n", "known language"),
        (b"a,b,c,d\nParticipant 1,,100,Yes\nParticipant 1,,100,Yes\n", "more than once"),
    ],
)
def test_a_sheet_that_is_not_moodles(raw: bytes, why: str) -> None:
    """What was looked for is named, and nothing is written."""
    with pytest.raises(GraderError, match=why):
        fill(moodle.target(raw), moodle_class([80.0]), Rules())


def test_a_word_for_yes_can_be_told() -> None:
    """In a language that the grader does not know."""
    raw = b"a,b,c,d\nParticipant 101,,100,Hyv\nParticipant 102,,100,Ei\n"
    target = moodle.target(raw, yes="hyv")
    assert [row.closed is None for row in target.rows] == [True, False]


def test_feedback_in_moodles_folders(tmp_path: Path) -> None:
    """Under the download's names, flat or not; made of the sheet's for what came otherwise."""
    reports = [*moodle_class([80.0, 71.5]), graded("B3", 60.0)]
    filled = fill(moodle.target(sheets.MOODLE), reports, Rules())
    assert len(filled.standing) == 3
    folders = [tmp_path / report.submission.id for _, report in filled.standing]
    for folder in folders:
        folder.mkdir()
    (folders[0] / "feedback.html").write_text("<p>well done</p>")
    (folders[0] / "notebook.html").write_text("no")
    (folders[2] / "feedback.md").write_text("well")
    first, again = tmp_path / "first.zip", tmp_path / "again.zip"
    without = moodle.feedback_zip(filled.standing, folders, first)
    with zipfile.ZipFile(first) as archive:
        assert archive.namelist() == [
            "Jane Doe_101_assignsubmission_file_/feedback.html",
            "Ole O'Neil-Sørensen_103_assignsubmission_file_/feedback.md",
        ]
    assert without == ("B2",)
    moodle.feedback_zip(filled.standing, folders, again)
    assert again.read_bytes() == first.read_bytes()


def test_feedback_for_everybody_but_not_of_our_errors(tmp_path: Path) -> None:
    """A locked or pending grade has its page; one on which the grader failed is not sent."""
    jane, li, ole = moodle_class([80.0, 55.0, 60.5])
    pending = replace(li, grade=replace(li.grade, pending=45.0))
    error = replace(jane.measurements[0], status=Status.ERROR, reason="The disk is full.")
    failed = replace(jane, measurements=(error, *jane.measurements[1:]))
    filled = fill(moodle.target(sheets.MOODLE), [failed, pending, ole], Rules())
    folders = [tmp_path / report.submission.id for _, report in filled.matched]
    for folder in folders:
        folder.mkdir()
        (folder / "feedback.html").write_text("well")
    without = moodle.feedback_zip(filled.matched, folders, tmp_path / "feedback.zip")
    with zipfile.ZipFile(tmp_path / "feedback.zip") as archive:
        names = archive.namelist()
    assert [name.split("_")[1] for name in names] == ["102", "103"]
    assert all(name.split("_", 4)[2:4] == ["assignsubmission", "file"] for name in names)
    assert all(len(name.split("/")[0].split("_", 4)) == 5 for name in names)
    assert without == ("B1",)


CANVAS_CLASS = from_lms("canvas", [("2001", "", "doejane"), ("2002", "", "li"), ("2003", "", "o")])


def test_canvas_takes_grades_and_keeps_the_rest() -> None:
    """Points Possible, other columns, excused students and the test student keep their bytes."""
    reports = [graded(f"B{n}", 88.0, came) for n, came in enumerate(CANVAS_CLASS, start=1)]
    filled = fill(canvas.target(sheets.CANVAS, "12"), reports, Rules())
    expected = sheets.CANVAS.replace(b"Sec A,9.00,,,90.00", b"Sec A,9.00,88.00,,90.00")
    assert render(filled.sheet) == expected
    assert sorted(filled.left) == [
        "B2: it is excused in Canvas.",
        "In the sheet without a hand-in (1): Student, Test.",
        "The LMS's own sheet has what a spreadsheet takes for a formula: line 4.",
    ]


def test_canvas_takes_more_than_the_maximum() -> None:
    """Extra points are Canvas's to show, above its maximum and below zero."""
    for total, cell in ((104.5, b",104.50,"), (-2.0, b",-2.00,")):
        report = graded("B1", total, CANVAS_CLASS[0])
        filled = fill(canvas.target(sheets.CANVAS, "12"), [report], Rules())
        assert cell in render(filled.sheet)


@pytest.mark.parametrize(
    ("assignment", "why"),
    [
        ("Lab 2: Prune", "2 assignments are called"),
        ("Lab 9", "has no assignment Lab 9"),
        ("13", "in place of points possible"),
        ("Notes", "has no assignment"),
    ],
)
def test_canvas_assignments_that_are_not_certain(assignment: str, why: str) -> None:
    """Two of a name, none, and one without points."""
    with pytest.raises(GraderError, match=why):
        canvas.target(sheets.CANVAS, assignment)


def test_canvas_finds_an_assignment_by_either_name() -> None:
    """Its whole header, its name where that is unique, or its number."""
    columns = {canvas.target(sheets.CANVAS, each).column for each in ("Lab 1", "11", "Lab 1 (11)")}
    assert columns == {5}


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"Student,ID,Lab (1)\n", "no rows"),
        (b"Student,ID,Lab (1)\nJane,1,\n", "Points Possible. is missing"),
        (b"Student,ID,Lab (1)\n Points Possible,,9\nJane,1\n", "line 3 has no cell"),
    ],
)
def test_a_sheet_that_is_not_canvass(raw: bytes, why: str) -> None:
    """What is missing is named."""
    with pytest.raises(GraderError, match=why):
        canvas.target(raw, "Lab")
