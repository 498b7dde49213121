import csv
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from grader.cli import app
from grader.errors import GraderError
from grader.intake.person import person_with
from grader.marks.marking import Target, Toggle, add_remark, toggle
from grader.marks.rules import MARKS, Signature, parts
from grader.marks.store import Marks
from grader.results.folder import SHEET
from tests.report.examples import LAB
from tests.review.classes import STUDENTS, of_three
from tests.test_cli import grader

pytestmark = pytest.mark.system


def total(out: Path) -> float:
    """The total of the only student, from grades.csv."""
    with (out / SHEET).open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file)
    return float(row["total"])


def invoke(*arguments: object) -> Result:
    """The command of these arguments, in this process; it succeeds or raises `GraderError`."""
    ran = CliRunner().invoke(app, [*map(str, arguments)])
    assert ran.exit_code == 0 or isinstance(ran.exception, GraderError), ran.output
    return ran


def filled(sheet: str, part: str, points: str, comment: str) -> str:
    """The exported sheet with a mark for one question."""
    rows = list(csv.DictReader(io.StringIO(sheet, newline="")))
    for row in rows:
        if row["part"] == part:
            row.update(points=points, comment=comment)
    written = io.StringIO(newline="")
    writer = csv.DictWriter(written, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    return written.getvalue()


def test_marks_go_out_as_a_sheet_and_come_in_again(tmp_path: Path, database: str) -> None:
    """In a file or PostgreSQL; they count at once, survive a re-grade, and overwrite no mark."""
    source, out, sheet = tmp_path / "B1.zip", tmp_path / "results", tmp_path / "marks.csv"
    source.write_bytes(b"no zip")
    grade = ("grade", source, "--out", out, "--quick")
    assert invoke(*grade, "--db", database).exit_code == 0
    assert invoke("marks", "export", out, "--db", database, "--to", sheet).exit_code == 0
    blank = sheet.read_text(encoding="utf-8-sig")
    sheet.write_text(filled(blank, "1.1", "1.5", "No word on zero."), encoding="utf-8-sig")
    import_ = ("marks", "import", sheet, out, "--db", database, "--author")
    assert "1 mark " in invoke(*import_, "alice").stdout
    assert total(out) == 1.5
    assert "0 marks " in invoke(*import_, "bob").stdout
    sheet.write_text(filled(blank, "1.1", "2", "Fine."), encoding="utf-8-sig")
    late = invoke(*import_, "bob")
    assert "No mark was imported" in str(late.exception)
    assert "alice" in late.stderr
    assert invoke(*grade, "--db", database).exit_code == 0
    assert total(out) == 1.5
    assert invoke(*grade).exit_code == 0  # marks.db beside the results has no marks
    assert total(out) == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("export", "nowhere"), "nowhere"),
        (("import", "marks.csv", "nowhere"), "marks.csv"),
        (("export", ".", "--db", "mysql://ta:secret@host/x"), "mysql://"),
    ],
)
def test_what_cannot_be_used_is_said(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    """No results, no sheet, an unsupported database: one line, no traceback, no password."""
    ran = grader("marks", *arguments, cwd=tmp_path)
    assert ran.returncode == 2
    assert said in ran.stderr.replace("\n", " ")
    assert "secret" not in ran.stderr
    assert "Traceback" not in ran.stderr


def test_remarks_are_listed_and_exported(tmp_path: Path) -> None:
    """As a table, as JSON, and in the sheet beside the mark that has them."""
    of_three(tmp_path)
    assert "no remarks" in invoke("marks", "remarks", tmp_path).stdout
    question = next(each for each in parts(LAB) if each.id == "1.1")
    by = Signature(author="alice", at="2026-01-01T10:00:00+00:00")
    with Marks.open(tmp_path / MARKS) as marks:
        remark = add_remark(marks.engine, question, "forgets [bold] the bias", -0.5, by)
        target = Target(
            person=person_with(STUDENTS[0]),
            student=STUDENTS[0],
            part=question,
            machine=None,
            expected=0,
        )
        toggle(marks.engine, target, Toggle(remark=remark.id, version=1, on=True), by)
    table = invoke("marks", "remarks", tmp_path).stdout
    assert "-0.5" in table
    assert "forgets [bold] the bias" in table
    (listed,) = json.loads(invoke("marks", "remarks", tmp_path, "--json").stdout)
    assert listed == {
        "part": "1.1",
        "points": -0.5,
        "words": "forgets [bold] the bias",
        "students": 1,
        "author": "alice",
        "version": 1,
    }
    exported = invoke("marks", "export", tmp_path).stdout
    rows = csv.DictReader(io.StringIO(exported, newline=""))
    held = {(row["student"], row["part"]): row["remarks"] for row in rows if row["remarks"]}
    assert list(held) == [(STUDENTS[0], "1.1")]
    assert held[STUDENTS[0], "1.1"].endswith("forgets [bold] the bias")
