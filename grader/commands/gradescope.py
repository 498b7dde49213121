"""`grader gradescope …`: this grader as a Gradescope autograder."""

from pathlib import Path
from typing import Annotated

import typer

from grader.commands.console import say
from grader.commands.options import LabName
from grader.errors import GraderError
from grader.labs import DEFAULT_LAB
from grader.labs.kinds import load_lab
from grader.lms.gradescope import autograder
from grader.results.folder import write_file

app = typer.Typer(
    help="This grader as a Gradescope autograder.", no_args_is_help=True, add_completion=False
)


@app.command()
def build(
    to: Annotated[Path, typer.Option("--to", metavar="FILE", help="The output file.")] = Path(
        "autograder.zip"
    ),
    lab: LabName = DEFAULT_LAB,
    data: Annotated[
        Path | None,
        typer.Option("--data", help="The test set to include; else the image downloads it."),
    ] = None,
) -> None:
    """Make the zip of a Gradescope autograder."""
    if data is not None:
        dataset = autograder.dataset_of(load_lab(lab))
        if dataset is None:
            raise GraderError(f"{lab} needs no test set.", help="Omit --data.")
        if dataset.verify(data).is_sample:
            raise GraderError(
                f"{data} is a sample, not the test set.", help="Run grader data fetch."
            )
    write_file(to, autograder.build(lab, data), help="")
    say(f"Wrote {to}. Upload it in Gradescope: Configure Autograder, Zip file upload.")


@app.command("hand-in", hidden=True)
def hand_in(root: Annotated[Path, typer.Argument(help="Gradescope's /autograder.")]) -> None:
    """Link the submission under its student's id and print the path, for run_autograder."""
    typer.echo(autograder.hand_in(root))
