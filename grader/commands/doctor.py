"""`grader doctor`: check what this machine has for grading."""

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
    out: Annotated[Path, typer.Option("--out", help="The results folder.")] = Path("results"),
) -> None:
    """Show what this machine has for grading, what is missing, and how to install it.

    Exit codes: 0 this machine can run handed-in programs safely, 1 something needed for that is
    missing, 2 wrong usage, 3 the grader itself failed.
    """
    diagnosis = diagnose(data, out)
    screen.print(findings(diagnosis))
    raise typer.Exit(0 if diagnosis.safe else MISSING)
