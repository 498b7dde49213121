"""`grader marks …`: marks as a sheet, for those who prefer one."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from grader.commands.author import name_of
from grader.commands.console import screen, warn_of_each
from grader.commands.options import Author, Database, LabOfResults, Results
from grader.errors import GraderError

app = typer.Typer(
    help="Marks as a sheet, for those who prefer one.", no_args_is_help=True, add_completion=False
)


@app.command("export")
def marks_export(
    out: Results = Path("results"),
    db: Database = None,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FILE", help="Where the sheet goes; else here.")
    ] = None,
    lab: LabOfResults = None,
) -> None:
    """Write every question of every student as a line to fill in."""
    from grader.marks import sheet
    from grader.marks.store import all_marks, open_marks
    from grader.review.classroom import Classroom

    with open_marks(out, db) as marks:
        classroom = Classroom(out, lab, marks)
        written = sheet.render(classroom.reports(), classroom.lab, all_marks(marks))
    if to is None:
        typer.echo(written, nl=False)
        return
    to.write_bytes(written.encode("utf-8-sig", "backslashreplace"))  # or Excel takes it for Latin-1
    screen.print(f"{to} has every mark so far.", highlight=False, markup=False)


@app.command("import")
def marks_import(
    file: Annotated[Path, typer.Argument(help="A sheet as `grader marks export` writes it.")],
    out: Results = Path("results"),
    db: Database = None,
    author: Author = None,
    lab: LabOfResults = None,
) -> None:
    """Take the marks of a sheet: all of them, or none and what is wrong with which line."""
    from grader.marks import sheet
    from grader.marks.store import Conflict, open_marks
    from grader.review.classroom import Classroom

    now = datetime.now(UTC).isoformat(timespec="seconds")
    text = _text(file)
    with open_marks(out, db) as marks:
        classroom = Classroom(out, lab, marks)
        signature = sheet.Signature(author=name_of(author), at=now)
        changes, wrong = sheet.read(
            text, classroom.reports(), classroom.lab, marks.every_history(), signature
        )
        if wrong:
            warn_of_each([f"line {each.line}: {each.what}" for each in wrong])
            raise GraderError(
                f"Nothing was taken from {file}: {len(wrong)} of its lines are wrong.",
                help="Mend them and import the sheet again.",
            )
        try:
            marks.save_all((change.mark, change.expected) for change in changes)
        except Conflict as conflict:
            raise GraderError(
                f"Nothing was taken from {file}: {conflict}.",
                help="Export again, and carry your changes over.",
            ) from conflict
        classroom.write_all()
    were = "1 mark was" if len(changes) == 1 else f"{len(changes)} marks were"
    screen.print(f"{were} taken from {file}.", highlight=False, markup=False)


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise GraderError(
            f"{file} is not UTF-8.", help="Save it from the spreadsheet as “CSV UTF-8”."
        ) from error
