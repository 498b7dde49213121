"""What there is to grade with: the commands `grader data …` and `grader lab …`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from grader.labs import DEFAULT_LAB

if TYPE_CHECKING:
    from grader.data import TestSet

data_app = typer.Typer(help="The CIFAR-10 test set.", no_args_is_help=True)
lab_app = typer.Typer(help="The labs this grader knows.", no_args_is_help=True)
screen = Console()


@data_app.command("fetch")
def data_fetch() -> None:
    """Fetch CIFAR-10's test set, unless it is here already."""
    from grader.data.download import fetch
    from grader.report.progress import download_bar

    with download_bar(screen) as watch:
        found = fetch(watch=watch)
    _describe(found)


@data_app.command("verify")
def data_verify(
    file: Annotated[Path | None, typer.Argument(help="A file; else the one in use.")] = None,
) -> None:
    """Check that the test set is CIFAR-10's, by its hash."""
    from grader import data

    _describe(data.verify(file) if file else data.find())


@lab_app.command("list")
def lab_list() -> None:
    """List the labs."""
    from rich.table import Table

    from grader.lab import lab_names, load_lab

    table = Table("Lab", "Due", "What it is", box=None, pad_edge=False)
    for name in lab_names():
        spec = load_lab(name)
        due = spec.deadline.moment
        table.add_row(
            name, f"{due:%Y-%m-%d %H:%M} {spec.deadline.zone}" if due else "-", spec.summary
        )
    screen.print(table)


@lab_app.command("show")
def lab_show(name: Annotated[str, typer.Argument(help="A lab's name.")] = DEFAULT_LAB) -> None:
    """Print a lab's file."""
    from rich.syntax import Syntax

    from grader.lab import lab_path, load_lab

    load_lab(name)
    text = lab_path(name).read_text(encoding="utf-8")
    screen.print(Syntax(text, "toml", background_color="default") if screen.is_terminal else text)


def _describe(found: "TestSet") -> None:
    what = "a sample, not the test set" if found.is_sample else "CIFAR-10's test set"
    screen.print(f"{found.path}: {what}, {found.images:,} images.", highlight=False, markup=False)
