"""`grader pack`: make the zip to hand in from a working folder."""

from pathlib import Path
from typing import Annotated

import typer

from grader.commands.console import say
from grader.commands.options import LabName
from grader.errors import GraderError
from grader.intake.pack import pack as pack_zip
from grader.labs import DEFAULT_LAB
from grader.labs.kinds import load_lab
from grader.labs.network_lab import NetworkLab

app = typer.Typer(add_completion=False)


@app.command()
def pack(
    folder: Annotated[Path, typer.Argument(help="The folder that you worked in.")],
    student: Annotated[str, typer.Option("--id", help="Your student id.", prompt=True)],
    lab: LabName = DEFAULT_LAB,
    into: Annotated[Path, typer.Option("--into", help="The output folder.")] = Path(),
) -> None:
    """Make the zip to hand in from a working folder, or list the missing files."""
    spec = load_lab(lab)
    if not isinstance(spec, NetworkLab):
        raise GraderError(
            f"Nothing was packed: the hand-in of {spec.name} is one PDF.",
            help="Hand in the PDF as it is. To see what is found in it: grader check REPORT.pdf "
            f"--lab {lab}",
        )
    made = pack_zip(folder, student, spec, into)
    say(f"Wrote {made}. Hand in this file.")
