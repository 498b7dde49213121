"""`grader data …`: the test set."""

from pathlib import Path
from typing import Annotated

import typer

from grader.commands.console import say, screen
from grader.datasets import cifar10 as data
from grader.datasets.cifar10 import TestSet
from grader.datasets.cifar10.download import fetch
from grader.report.terminal.progress import download_bar

app = typer.Typer(help="The CIFAR-10 test set.", no_args_is_help=True, add_completion=False)


@app.command("fetch")
def data_fetch() -> None:
    """Download the CIFAR-10 test set, unless it is here already."""
    with download_bar(screen) as watch:
        found = fetch(watch=watch)
    _describe(found)


@app.command("verify")
def data_verify(
    file: Annotated[Path | None, typer.Argument(help="A file; default: the one in use.")] = None,
) -> None:
    """Check by its hash that the file is the CIFAR-10 test set."""
    _describe(data.verify(file) if file else data.find())


def _describe(found: TestSet) -> None:
    what = "a sample, not the test set" if found.is_sample else "CIFAR-10's test set"
    say(f"{found.path}: {what}, {found.images:,} images.")
