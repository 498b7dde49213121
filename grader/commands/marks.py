"""`grader marks …`: marks as a sheet, for those who prefer one."""

from pathlib import Path
from typing import Annotated

import typer

from grader.commands.author import name_of
from grader.commands.classroom import classroom_in
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
    with classroom_in(out, db, lab) as classroom:
        written = classroom.export_sheet()
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
    text = _text(file)
    with classroom_in(out, db, lab) as classroom:
        taken = classroom.import_sheet(text, name_of(author))
    if taken.wrong:
        warn_of_each(taken.wrong)
        raise GraderError(
            f"No mark was imported from {file}: {len(taken.wrong)} of its lines are wrong.",
            help="Fix these lines and import the sheet again.",
        )
    were = "1 mark was" if taken.marks == 1 else f"{taken.marks} marks were"
    screen.print(f"{were} taken from {file}.", highlight=False, markup=False)


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise GraderError(
            f"{file} is not UTF-8.", help="Save it from the spreadsheet as “CSV UTF-8”."
        ) from error
