import csv
import io
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from grader.cli import app
from grader.errors import GraderError
from grader.results.folder import SHEET
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
