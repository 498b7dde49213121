"""`grader marks …`: export marks to a CSV sheet, import them, and list the remarks."""

import json as json_module
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from grader.commands.author import name_of
from grader.commands.classroom import classroom_in
from grader.commands.console import say, screen, warn_of_each
from grader.commands.options import Author, Database, LabOfResults, Results
from grader.errors import GraderError
from grader.text import inert

app = typer.Typer(
    help="Export marks to a CSV sheet, import them, and list the remarks.",
    no_args_is_help=True,
    add_completion=False,
)


@app.command("export")
def marks_export(
    out: Results = Path("results"),
    db: Database = None,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FILE", help="The output file; default: stdout.")
    ] = None,
    lab: LabOfResults = None,
) -> None:
    """Write a CSV sheet with one line for each question of each student."""
    with classroom_in(out, db, lab) as classroom:
        written = classroom.export_sheet()
    if to is None:
        typer.echo(written, nl=False)
        return
    to.write_bytes(
        written.encode("utf-8-sig", "backslashreplace")
    )  # without the BOM Excel reads Latin-1
    screen.print(f"Wrote the marks to {to}.", highlight=False, markup=False)


@app.command("import")
def marks_import(
    file: Annotated[Path, typer.Argument(help="A sheet from `grader marks export`.")],
    out: Results = Path("results"),
    db: Database = None,
    author: Author = None,
    lab: LabOfResults = None,
) -> None:
    """Import the marks of a sheet: all of them, or none and a list of its wrong lines."""
    text = _text(file)
    with classroom_in(out, db, lab) as classroom:
        taken = classroom.import_sheet(text, name_of(author))
    if taken.wrong:
        warn_of_each(taken.wrong)
        raise GraderError(
            f"No mark was imported from {file}. Wrong lines: {len(taken.wrong)}.",
            help="Fix these lines and import the sheet again.",
        )
    number = "1 mark" if taken.marks == 1 else f"{taken.marks} marks"
    screen.print(f"Imported {number} from {file}.", highlight=False, markup=False)


@app.command("remarks")
def marks_remarks(
    out: Results = Path("results"),
    db: Database = None,
    lab: LabOfResults = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the remarks of each question, and the number of students who have them."""
    with classroom_in(out, db, lab) as classroom:
        listed = [
            {
                "part": part.id,
                "points": each.remark.points,
                "words": each.remark.words,
                "students": each.students,
                "author": each.remark.author,
                "version": each.remark.version,
            }
            for part, each in classroom.remarks()
        ]
    if json:
        typer.echo(json_module.dumps(listed, indent=2, ensure_ascii=False))
    elif listed:
        screen.print(_table(listed))
    else:
        say("There are no remarks.")


def _table(listed: Sequence[Mapping[str, object]]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("question", no_wrap=True)
    table.add_column("points", justify="right", no_wrap=True)
    table.add_column("remark", overflow="fold")
    table.add_column("students", justify="right", no_wrap=True)
    for each in listed:
        points = float(str(each["points"]))
        cells = (inert(str(each["words"])), str(each["students"]))
        table.add_row(str(each["part"]), f"{points:+g}" if points else "0", *map(escape, cells))
    return table


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise GraderError(
            f"{file} is not UTF-8.", help="Save it in the spreadsheet program as “CSV UTF-8”."
        ) from error
