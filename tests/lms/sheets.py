"""Sheets as LMSs write them, and a class to grade with them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from grader.types import Arrival, Grade, Report
from tests.report.examples import passed

HEADER = (
    'Identifier,"Full name","ID number","Email address",Status,Grade,"Maximum Grade",'
    '"Grade can be changed","Last modified (submission)","Last modified (grade)",'
    '"Feedback comments"'
)
CHINESE = "識別碼,全名,學號,電子郵件,狀態,成績,最高分,可以更改,最後修改,最後修改成績,回饋"
GERMAN = (
    "ID;Vollständiger Name;ID-Nummer;E-Mail-Adresse;Status;Bewertung;Bestwertung;"
    "Workflow;Bewertung kann geändert werden;Zuletzt geändert (Abgabe);Zuletzt geändert;Feedback"
)
MOODLE = (
    "\ufeff" + HEADER + "\r\n"
    '"Participant 101","Jane Doe",B1,jane@example.edu,"Submitted for grading",,100.00,Yes,'
    '"Thursday, 4 April 2024, 11:50 PM",-,\r\n'
    '"Participant 102","李 小龍",B2,li@example.edu,Submitted,"71,5",100.00,Yes,-,-,'
    '"says ""hi"""\r\n'
    "Participant 103,Ole O'Neil-Sørensen,B3,ole@example.edu,Submitted,60.00,100.00,No,-,-,\r\n"
    '"Participant 104","=HYPERLINK(1)",B4,x@example.edu,"No submission",,100.00,Yes,-,-,\r\n'
).encode()
MOODLE_CHINESE = (
    CHINESE + "\n參與者101,王小明,B1,j@x,已繳交,,100.00,是,-,-,\n"
    "參與者102,李 小龍,B2,l@x,已繳交,,100.00,否,-,-,"  # without a last line's end
).encode()
MOODLE_GERMAN = (
    GERMAN + "\nTeilnehmer/in101;Jane Doe;B1;j@x;Abgegeben;;100,00;in Bewertung;Ja;-;-;\n"
).encode()
MOODLE_BLIND = (
    b"Identifier,Status,Grade,Maximum Grade,Grade can be changed,Last modified (submission)\n"
    b"Participant 101,Submitted,,100.00,Yes,-\n"
)
CANVAS = (
    b"Student,ID,SIS User ID,SIS Login ID,Section,Lab 1 (11),Lab 2: Prune (12),Lab 2: Prune (13),"
    b"Current Score,Notes\r\n"
    b",,,,,Manual Posting,,Manual Posting,,\r\n"
    b"    Points Possible,,,,,10.00,100.00,(read only),(read only),\r\n"
    b'"Doe, Jane",2001,B1,jane,Sec A,9.00,,,90.00,"=1+1"\r\n'
    b'"Li, Xiaolong",2002,B2,li,"Sec ""A""",,EX,,,\r\n'
    b'"O\'Neil, Ole",2003,B3,ole,Sec A,,88.00,,,\r\n'
    b'"Student, Test",2999,,abc,Sec A,,,,,\r\n'
)


def graded(
    student: str, total: float | None, came: Arrival | None = None, pending: float = 0.0
) -> Report:
    """A hand-in of so many points, marked to the end."""
    base = passed(student, 43.396277, 9311, 0.38)
    grade: Grade = replace(base.grade, total=total, pending=pending)
    return replace(base, submission=replace(base.submission, handed_in=came), grade=grade)


def from_lms(lms: str, people: Iterable[tuple[str, str, str | None]]) -> list[Arrival]:
    """Hand-ins from an LMS: number, place in its download, name."""
    return [Arrival(lms=lms, lms_id=id, place=place, name=name) for id, place, name in people]


def moodle_class(totals: Sequence[float | None]) -> tuple[Report, ...]:
    """The first of Jane, Li and Ole, with these totals."""
    came = from_lms(
        "moodle",
        [
            ("101", "Jane Doe_101_assignsubmission_file_/", "Jane Doe"),
            ("102", "李 小龍_102_assignsubmission_file_/", "李 小龍"),
            ("103", "Ole ONeil-Sørensen_103_assignsubmission_file/", "Ole ONeil-Sørensen"),
        ],
    )
    ids = ("B1", "B2", "B3")
    return tuple(
        graded(id, total, each) for id, total, each in zip(ids, totals, came, strict=False)
    )
