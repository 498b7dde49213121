import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from grader.errors import GraderError
from grader.lms.cells import render
from grader.lms.filling import Rules, fill
from grader.lms.moodle import sheet as moodle
from grader.types import Arrival, Status
from tests.lms import sheets
from tests.lms.sheets import from_lms, graded, moodle_class


def test_moodle_takes_grades_and_keeps_the_rest() -> None:
    """One cell changes; equal and locked grades and rows without a hand-in keep their bytes."""
    filled = fill(moodle.target(sheets.MOODLE), moodle_class([88.126, 71.5, 99.0]), Rules())
    expected = sheets.MOODLE.replace(b'for grading",,100', b'for grading",88.13,100')
    assert render(filled.sheet) == expected
    assert filled.changed == 1
    assert [report.submission.id for _, report in filled.standing] == ["B1", "B2"]
    locked, without, formula = sorted(filled.left)
    assert "formula: line 5" in formula
    assert "B3" in locked
    assert "locked" in locked
    assert "(1): Participant 104 (=HYPERLINK(1))" in without


def test_moodle_with_a_comma_as_its_decimal_sign() -> None:
    """The maximum shows the decimal separator; a workflow column is in between."""
    (jane,) = moodle_class([88.126])
    filled = fill(moodle.target(sheets.MOODLE_GERMAN), [jane], Rules())
    assert render(filled.sheet) == sheets.MOODLE_GERMAN.replace(b"n;;100", b"n;88,13;100")


def test_moodle_in_chinese() -> None:
    """Columns are found by position; 否 is a grade that cannot be changed."""
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


def test_a_number_with_another_name_is_not_taken_for_its_student() -> None:
    """The same number in another assignment is another participant."""
    jane, li = moodle_class([80.0, 80.0])
    sheet = sheets.MOODLE.replace(b"Jane Doe", b"Ann Other")
    filled = fill(moodle.target(sheet), [jane, li], Rules())
    assert any("Jane Doe" in why and "Ann Other" in why for why in filled.left)
    assert filled.changed == 1


def test_a_group_before_the_name_is_moodles() -> None:
    """For a team's submission the download has “Group 1-Jane Doe”."""
    (jane,) = moodle_class([80.0])
    came = Arrival(lms="moodle", lms_id="101", name="Group 1-Jane Doe")
    team = replace(jane, submission=replace(jane.submission, handed_in=came))
    assert fill(moodle.target(sheets.MOODLE), [team], Rules()).changed == 1


@pytest.mark.parametrize("word", ["No", "nope"])
def test_another_word_for_yes_unlocks_nothing(word: str) -> None:
    """A word that is not the sheet's is refused if the sheet's words are known."""
    with pytest.raises(GraderError, match="word for yes"):
        moodle.target(sheets.MOODLE, word)
    assert moodle.target(sheets.MOODLE, "YES").rows[2].closed


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"a,b\n", "no rows"),
        (b"a,b,c\n1,2\n", "line 2"),
        (b"a,b,c,d\nJane,,100,Yes\n", "no identifiers"),
        (b"a,b,c,d\nParticipant 1,x,y,Yes\n", "maximum"),
        (b"a,b,c,d\nParticipant 1,,100,Hyv\n", "unknown language"),
        (b"a,b,c\nParticipant 1,,100\nParticipant 1,,100\n", "unknown language"),
        (b"a,b,c,d\nParticipant 1,,100,Yes\nParticipant 1,,100,Yes\n", "more than one row"),
    ],
)
def test_a_sheet_that_is_not_moodles(raw: bytes, why: str) -> None:
    """The message names the missing part."""
    with pytest.raises(GraderError, match=why):
        fill(moodle.target(raw), moodle_class([80.0]), Rules())


def test_a_word_for_yes_can_be_told() -> None:
    """In a language that the grader does not know."""
    raw = b"a,b,c,d\nParticipant 101,,100,Hyv\nParticipant 102,,100,Ei\n"
    target = moodle.target(raw, yes="hyv")
    assert [row.closed is None for row in target.rows] == [True, False]


def test_feedback_in_moodles_folders(tmp_path: Path) -> None:
    """Names are those of the download, with folders or not, or else made from the sheet."""
    reports = [*moodle_class([80.0, 71.5]), graded("B3", 60.0)]
    filled = fill(moodle.target(sheets.MOODLE), reports, Rules())
    assert len(filled.standing) == 3
    pages = ["<p>well done</p>", "so so", "\udcff"]
    first, again = tmp_path / "first.zip", tmp_path / "again.zip"
    assert moodle.feedback_zip(filled.standing, pages, first) == ()
    with zipfile.ZipFile(first) as archive:
        names = archive.namelist()
        assert archive.read(names[0]) == b"<p>well done</p>"
    assert names[0] == "Jane Doe_101_assignsubmission_file_/feedback.html"
    assert names[2] == "Ole O'Neil-Sørensen_103_assignsubmission_file_/feedback.html"
    moodle.feedback_zip(filled.standing, pages, again)
    assert again.read_bytes() == first.read_bytes()


def test_feedback_for_everybody_but_not_of_our_errors(tmp_path: Path) -> None:
    """A locked or pending grade has its page; one on which the grader failed is not sent."""
    jane, li, ole = moodle_class([80.0, 55.0, 60.5])
    pending = replace(li, grade=replace(li.grade, pending=45.0))
    error = replace(jane.measurements[0], status=Status.ERROR, reason="The disk is full.")
    failed = replace(jane, measurements=(error, *jane.measurements[1:]))
    filled = fill(moodle.target(sheets.MOODLE), [failed, pending, ole], Rules())
    pages = ["well" for _ in filled.matched]
    without = moodle.feedback_zip(filled.matched, pages, tmp_path / "feedback.zip")
    with zipfile.ZipFile(tmp_path / "feedback.zip") as archive:
        names = archive.namelist()
    assert [name.split("_")[1] for name in names] == ["102", "103"]
    assert all(name.split("_", 4)[2:4] == ["assignsubmission", "file"] for name in names)
    assert all(len(name.split("/")[0].split("_", 4)) == 5 for name in names)
    assert without == ("B1",)
