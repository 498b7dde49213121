"""Where people mark: the commands `grader review` and `grader marks …`."""

import getpass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from grader.errors import GraderError

if TYPE_CHECKING:
    from grader.marks import Marks
    from grader.marks.sheet import Problem

PROBLEMS_SHOWN = 50

marks_app = typer.Typer(help="Marks as a sheet, for those who prefer one.", no_args_is_help=True)
screen = Console()
problems = Console(stderr=True)

Results = Annotated[Path, typer.Argument(help="The folder that `grader grade` wrote.")]
Database = Annotated[
    str | None,
    typer.Option(
        "--db",
        envvar="GRADER_DB",
        metavar="URL",
        help="Where the marks are: postgresql://…, or a file; else RESULTS/marks.db.",
    ),
]
Author = Annotated[
    str | None, typer.Option("--author", metavar="NAME", help="Whose marks these are; else you.")
]
Lab = Annotated[
    str | None,
    typer.Option("--lab", metavar="NAME", help="A lab's name or .toml file; else the results'."),
]


def review(  # noqa: PLR0913, PLR0917 - a command's parameters are its options
    out: Results = Path("results"),
    db: Database = None,
    author: Author = None,
    anonymous: Annotated[bool, typer.Option("--anonymous", help="Hide the students' ids.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 0,
    browse: Annotated[
        bool, typer.Option(help="Open a browser; without, print the address.")
    ] = True,
    lab: Lab = None,
) -> None:
    """Mark what the machine cannot, on a page of this machine, until Ctrl-C."""
    from grader.review.serve import Session, serve

    session = Session(
        out=out,
        lab=lab,
        author=_name(author),
        anonymous=anonymous,
        port=port,
        browse=browse,
    )
    with open_marks(out, db) as marks:
        serve(session, marks, lambda said: screen.print(said, markup=False, soft_wrap=True))


@marks_app.command("export")
def marks_export(
    out: Results = Path("results"),
    db: Database = None,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FILE", help="Where the sheet goes; else here.")
    ] = None,
    lab: Lab = None,
) -> None:
    """Write every question of every student as a line to fill in."""
    from grader.marks import all_marks, sheet
    from grader.review.classroom import Classroom

    with open_marks(out, db) as marks:
        classroom = Classroom(out, lab, marks)
        written = sheet.render(classroom.reports(), classroom.lab, all_marks(marks))
    if to is None:
        typer.echo(written, nl=False)
        return
    to.write_bytes(written.encode("utf-8-sig", "backslashreplace"))  # or Excel takes it for Latin-1
    screen.print(f"{to} has every mark so far.", highlight=False, markup=False)


@marks_app.command("import")
def marks_import(
    file: Annotated[Path, typer.Argument(help="A sheet as `grader marks export` writes it.")],
    out: Results = Path("results"),
    db: Database = None,
    author: Author = None,
    lab: Lab = None,
) -> None:
    """Take the marks of a sheet: all of them, or none and what is wrong with which line."""
    from grader.marks import Conflict, sheet
    from grader.review.classroom import Classroom

    now = datetime.now(UTC).isoformat(timespec="seconds")
    text = _text(file)
    with open_marks(out, db) as marks:
        classroom = Classroom(out, lab, marks)
        signature = sheet.Signature(author=_name(author), at=now)
        changes, wrong = sheet.read(
            text, classroom.reports(), classroom.lab, marks.every_history(), signature
        )
        if wrong:
            _tell(wrong)
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


def open_marks(out: Path, db: str | None) -> "Marks":
    """The marks of the class in `out`. Raises `GraderError` where there are no results."""
    from grader.marks import MARKS, Marks

    if db is None and not out.is_dir():  # or a mistyped folder would be made
        raise GraderError(
            f"There are no results in {out}.",
            help="Grade the class first: grader grade HAND-INS --out RESULTS.",
        )
    return Marks.open(db or out / MARKS)


def _name(author: str | None) -> str:
    name = (author if author is not None else _login()).strip()
    if not name:
        raise GraderError("Marks need an author.", help="Say who you are: --author NAME.")
    return name


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may know its user by number only
        return ""


def _text(file: Path) -> str:
    try:
        return file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise GraderError(
            f"{file} is not UTF-8.", help="Save it from the spreadsheet as “CSV UTF-8”."
        ) from error


def _tell(wrong: "tuple[Problem, ...]") -> None:
    for each in wrong[:PROBLEMS_SHOWN]:
        problems.print(f"line {each.line}: {each.what}", highlight=False, markup=False)
    if len(wrong) > PROBLEMS_SHOWN:
        problems.print(f"… and {len(wrong) - PROBLEMS_SHOWN} more")
