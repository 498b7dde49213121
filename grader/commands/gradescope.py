"""`grader gradescope …`: this grader as Gradescope's autograder."""

from pathlib import Path
from typing import Annotated

import typer

from grader.commands.console import say
from grader.commands.options import LabName
from grader.datasets.registry import dataset_named
from grader.errors import GraderError
from grader.labs import DEFAULT_LAB
from grader.labs.spec import load_lab
from grader.lms.gradescope import autograder
from grader.results.folder import write_file

app = typer.Typer(
    help="This grader as Gradescope's autograder.", no_args_is_help=True, add_completion=False
)


@app.command()
def build(
    to: Annotated[Path, typer.Option("--to", metavar="FILE", help="Where it goes.")] = Path(
        "autograder.zip"
    ),
    lab: LabName = DEFAULT_LAB,
    data: Annotated[
        Path | None,
        typer.Option("--data", help="The test set to put in; else the image fetches it."),
    ] = None,
) -> None:
    """Make the zip that Gradescope asks for as an autograder."""
    if data is not None and dataset_named(load_lab(lab).dataset).verify(data).is_sample:
        raise GraderError(f"{data} is a sample, not the test set.", help="grader data fetch")
    write_file(to, autograder.build(lab, data), help="")
    say(f"{to} is ready: Gradescope, Configure Autograder, Zip file upload.")


@app.command("hand-in", hidden=True)
def hand_in(root: Annotated[Path, typer.Argument(help="Gradescope's /autograder.")]) -> None:
    """Name the submission by its student's id and print where it is: run_autograder asks."""
    typer.echo(autograder.hand_in(root))
