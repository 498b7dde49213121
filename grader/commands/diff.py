"""`grader diff`: compare two results folders."""

from pathlib import Path
from typing import Annotated

import typer

from grader.commands.console import screen
from grader.compare.changes import compare
from grader.compare.tables import differences
from grader.results.read import read_results

DIFFERENT = 1

app = typer.Typer(add_completion=False)


@app.command()
def diff(
    before: Annotated[Path, typer.Argument(metavar="A", help="A results folder.")],
    after: Annotated[Path, typer.Argument(metavar="B", help="Another results folder.")],
) -> None:
    """Compare points, statuses, figures and file hashes of two results folders by student.

    Exit codes: 0 no difference, 1 differences, 2 wrong usage.
    """
    found = compare(read_results(before), read_results(after))
    screen.print(differences(found))
    raise typer.Exit(0 if found.equal else DIFFERENT)
