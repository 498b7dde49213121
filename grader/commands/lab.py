"""`grader lab …`: list, show, check and create labs."""

import re
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from grader.commands.console import say, screen, warn
from grader.errors import GraderError, look_up
from grader.labs import DEFAULT_LAB, LAB_FOLDER
from grader.labs.extends import resolve
from grader.labs.files import NAME_PATTERN, WrongTable, lab_names, lab_path
from grader.labs.start import start
from grader.labs.write_up_start import write_up_start
from grader.text import counted, in_points

WRONG = 2
NETWORK = "network"
STARTS = {NETWORK: start, "write-up": write_up_start}

app = typer.Typer(
    help="List, show, check and create labs.", no_args_is_help=True, add_completion=False
)

Lab = Annotated[str, typer.Argument(help="A lab's name or .toml file.")]


@app.command("list")
def lab_list() -> None:
    """List the labs that come with the grader."""
    names = lab_names()
    table = Table(box=None, pad_edge=False)
    table.add_column("Lab", no_wrap=True, min_width=max(map(len, names)))
    table.add_column("Due")
    table.add_column("Summary")
    for name in names:
        content = resolve(LAB_FOLDER / f"{name}.toml").content
        due, zone = content["deadline"].get("due"), content["deadline"]["zone"]
        table.add_row(name, f"{due:%Y-%m-%d %H:%M} {zone}" if due else "-", content["summary"])
    screen.print(table)


@app.command("show")
def lab_show(
    name: Lab = DEFAULT_LAB,
    source: Annotated[
        bool, typer.Option("--source", help="Print the file itself, with its comments.")
    ] = False,
) -> None:
    """Print all keys of a lab, with those of the labs that it extends."""
    # pydantic takes a quarter of a second: `grader lab list` and --help must not wait for it.
    from grader.labs.write_toml import resolved

    text = resolved(name)
    typer.echo(lab_path(name).read_text(encoding="utf-8") if source else text, nl=False)


@app.command("check")
def lab_check(
    file: Annotated[str, typer.Argument(help="A lab's .toml file or name.", metavar="FILE")],
) -> None:
    """Check a lab file and list all of its faults.

    Exit codes: 0 no faults, 2 faults.
    """
    # pydantic takes a quarter of a second: `grader lab list` and --help must not wait for it.
    from grader.commands.lab_faults import asked_for, checked_lab

    try:
        lab = checked_lab(file)
    except WrongTable as error:
        warn(counted(len(error.faults), "{file}: 1 fault", "{file}: {count} faults", file=file))
        for fault in error.faults:
            warn(f"  {fault}")
        raise typer.Exit(WRONG) from None
    items = counted(len(lab.items), "1 item", "{count} items")
    points = in_points(sum(item.points for item in lab.items))
    say(f"{file} is valid: {lab.name}, {items}, {asked_for(lab)}, {points}.")


@app.command("new")
def lab_new(
    name: Annotated[str, typer.Argument(help="The lab's name; the file is NAME.toml.")],
    kind: Annotated[
        str, typer.Option("--kind", help=f"What is handed in: {' or '.join(STARTS)}.")
    ] = NETWORK,
) -> None:
    """Write NAME.toml, a lab file to start from, to the current folder."""
    write = look_up(STARTS, kind, "kind of labs")
    name = name.removesuffix(".toml")
    if not re.fullmatch(NAME_PATTERN, name) or name in lab_names():
        raise GraderError(
            f"{name!r} cannot be the name of a new lab.",
            help="Use lower-case letters, digits, hyphens and dots, and no name of a shipped lab.",
        )
    path = Path(f"{name}.toml")
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(write(name))
    except FileExistsError:
        raise GraderError(f"{path} already exists.", help="Choose another name.") from None
    say(f"Wrote {path}. Check it after each change: grader lab check {path}")
