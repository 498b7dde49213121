"""`grader doctor`: what this machine offers to grade with."""

from pathlib import Path
from typing import Annotated

import typer

from grader.commands.console import screen
from grader.commands.options import DataFile
from grader.report.terminal.doctor import findings
from grader.sandbox.diagnosis import diagnose

MISSING = 1

app = typer.Typer(add_completion=False)


@app.command()
def doctor(
    data: DataFile = None,
    out: Annotated[Path, typer.Option("--out", help="Where the results would go.")] = Path(
        "results"
    ),
) -> None:
    """Show what this machine offers to grade with, what is missing, and how to get it.

    Exit codes: 0 handed-in programs may be run here, 1 something that they need to be run safely is
    missing, 2 wrong usage, 3 the grader itself failed.
    """
    diagnosis = diagnose(data, out)
    screen.print(findings(diagnosis))
    raise typer.Exit(0 if diagnosis.safe else MISSING)
