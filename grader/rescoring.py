"""Another lab file for a class that is measured: the command `grader rescore`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from grader import marking
from grader.errors import GraderError

screen = Console()


def rescore(
    lab: Annotated[
        str, typer.Option("--lab", metavar="FILE", help="The changed .toml file, or a lab's name.")
    ],
    out: marking.Results = Path("results"),
    db: marking.Database = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Write without asking.")] = False,
) -> None:
    """Score a class again by a changed lab file, from what was measured of it.

    Shows who moves and by how much, and asks before anything is written.
    """
    from grader import results
    from grader.compare.changes import compare
    from grader.compare.rescored import check_measured, rescored
    from grader.compare.tables import movements
    from grader.lab import load_lab
    from grader.marks import marks_of_class
    from grader.store import Store

    spec = load_lab(lab)
    before = results.read_results(out)
    if not (out / results.DATABASE).is_file():  # to open it would make an empty one
        raise GraderError(
            f"{out} has no measurements ({results.DATABASE}).",
            help="Grade the class again with --lab.",
        )
    now = datetime.now(UTC).isoformat(timespec="seconds")
    with Store.open(out / results.DATABASE) as store:
        check_measured(before, spec, store)
        after = rescored(before, spec, marks_of_class(out, db), now)
        screen.print(movements(compare(before, after)))
        if not yes:
            typer.confirm(f"Write this to {out}?", abort=True)
        page = results.write_results(after, spec, out)
    screen.print(f"Written: {page}", highlight=False, markup=False)
