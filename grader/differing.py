"""Two results folders side by side: the command `grader diff`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

DIFFERENT = 1

screen = Console()


def diff(
    before: Annotated[Path, typer.Argument(metavar="A", help="A folder of results.")],
    after: Annotated[Path, typer.Argument(metavar="B", help="Another one.")],
) -> None:
    """Compare two results folders: points, verdicts, figures and bytes, student by student.

    Exit codes: 0 nothing differs, 1 something does, 2 wrong usage.
    """
    from grader.compare.changes import compare
    from grader.compare.tables import differences
    from grader.results import read_results

    found = compare(read_results(before), read_results(after))
    screen.print(differences(found))
    raise typer.Exit(0 if found.equal else DIFFERENT)
