"""`grader init`: make a course folder with a commented course.toml."""

from difflib import get_close_matches
from pathlib import Path
from typing import Annotated
from zoneinfo import available_timezones

import typer

from grader.commands.console import say
from grader.course.find import COURSE_FILE
from grader.course.start import start
from grader.errors import GraderError
from grader.labs import DEFAULT_LAB
from grader.labs.kinds import load_lab
from grader.results.folder import explained

HAND_INS = "hand-ins"

app = typer.Typer(add_completion=False)


@app.command()
def init(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="The folder of the course; it is created.")
    ] = Path(),
    lab: Annotated[
        list[str] | None,
        typer.Option(
            "--lab", metavar="NAME", help="A lab's name or .toml file; several: repeat the option."
        ),
    ] = None,
    zone: Annotated[
        str | None,
        typer.Option("--zone", metavar="ZONE", help="Your time zone; default: the first lab's."),
    ] = None,
) -> None:
    """Make a course folder with a commented course.toml.

    In it, `grader grade` and the other commands need no options. Files that are there already, such
    as roster.csv, are named in course.toml.
    """
    names = lab or [DEFAULT_LAB]
    specs = [load_lab(name) for name in names]
    if zone is not None and zone not in available_timezones():
        near = get_close_matches(zone, available_timezones(), n=1, cutoff=0.4)
        raise GraderError(
            f"{zone!r} is not a time zone.", help=f"Use a name like {(*near, 'Asia/Taipei')[0]}."
        )
    labs = [(f"lab{number}", name) for number, name in enumerate(names, start=1)]
    file = folder / COURSE_FILE
    if file.exists():
        raise GraderError(
            f"{file} exists already.", help="`grader course check` lists its faults and its labs."
        )
    there = {each.name for each in folder.iterdir()} if folder.is_dir() else set()
    with explained(file, help=""):
        for id, _ in labs:
            (folder / id / HAND_INS).mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as written:
            written.write(start(labs, zone or specs[0].deadline.zone, there))
    say(f"Wrote {file}. Check it after each change: grader course check")
    say(f"Put hand-ins into {folder / labs[0][0] / HAND_INS}, then: grader grade")
