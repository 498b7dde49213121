"""`grader leaderboard`: write a leaderboard to publish to the class."""

import secrets
from pathlib import Path
from typing import Annotated

import typer

from grader.commands.console import say
from grader.commands.options import LabOfResults, Results
from grader.errors import GraderError
from grader.report.pages.leaderboard import page
from grader.results.folder import LEADERBOARD, write_file
from grader.results.read import lab_of, read_results

app = typer.Typer(add_completion=False)


@app.command()
def leaderboard(
    out: Results = Path("results"),
    anonymous: Annotated[
        bool,
        typer.Option("--anonymous", help="Pseudonyms instead of ids, new on every run."),
    ] = False,
    lab: LabOfResults = None,
) -> None:
    """Write leaderboard.html, the class ranked by the formula's points, to publish."""
    reports = read_results(out)
    spec = lab_of(reports, out, lab)
    if all(item.kind != "formula" for item in spec.items):
        raise GraderError(f"{spec.name} has no formula, so there is no leaderboard.")
    secret = secrets.token_bytes() if anonymous else None
    written = out / LEADERBOARD
    write_file(written, page(reports, spec, secret))
    say(f"Wrote {written}.")
