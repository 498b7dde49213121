"""`grader lab …`: the labs this grader knows."""

from typing import Annotated

import typer
from rich.syntax import Syntax
from rich.table import Table

from grader.commands.console import screen
from grader.labs import DEFAULT_LAB
from grader.labs.spec import lab_names, lab_path, load_lab

app = typer.Typer(help="The labs this grader knows.", no_args_is_help=True, add_completion=False)


@app.command("list")
def lab_list() -> None:
    """List the labs."""
    table = Table("Lab", "Due", "What it is", box=None, pad_edge=False)
    for name in lab_names():
        spec = load_lab(name)
        due = spec.deadline.moment
        table.add_row(
            name, f"{due:%Y-%m-%d %H:%M} {spec.deadline.zone}" if due else "-", spec.summary
        )
    screen.print(table)


@app.command("show")
def lab_show(name: Annotated[str, typer.Argument(help="A lab's name.")] = DEFAULT_LAB) -> None:
    """Print a lab's file."""
    load_lab(name)
    text = lab_path(name).read_text(encoding="utf-8")
    screen.print(Syntax(text, "toml", background_color="default") if screen.is_terminal else text)
