"""What a class may see of itself: the command `grader leaderboard`."""

import secrets
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from grader import marking

screen = Console()


def leaderboard(
    out: marking.Results = Path("results"),
    anonymous: Annotated[
        bool, typer.Option("--anonymous", help="Pseudonyms instead of ids, others every time.")
    ] = False,
    lab: marking.Lab = None,
) -> None:
    """Write leaderboard.html: the class by the formula's points, to be handed out."""
    from grader.report.leaderboard import page
    from grader.results import lab_of, read_results, write_leaderboard

    reports = read_results(out)
    secret = secrets.token_bytes() if anonymous else None
    written = write_leaderboard(page(reports, lab_of(reports, lab), secret), out)
    screen.print(f"The leaderboard: {written}", highlight=False, markup=False)
