"""`grader rescore`: another lab file for a class that is measured."""

from pathlib import Path
from typing import Annotated

import typer

from grader.commands.console import say, screen
from grader.commands.options import Database, Results
from grader.compare.changes import compare
from grader.compare.tables import movements
from grader.labs.spec import load_lab
from grader.results.folder import PAGE
from grader.results.read import as_it_was, read_results

app = typer.Typer(add_completion=False)


@app.command()
def rescore(
    lab: Annotated[
        str, typer.Option("--lab", metavar="FILE", help="The changed .toml file, or a lab's name.")
    ],
    out: Results = Path("results"),
    db: Database = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Write without asking.")] = False,
) -> None:
    """Score a class again by a changed lab file, from what was measured of it.

    Shows who moves and by how much, and asks before anything is written.
    """
    # Altair and SQLAlchemy: half a second that --help and a usage error need not wait for.
    from grader.results.rescore import preview, write

    spec = load_lab(lab)
    before = as_it_was(out)
    if before is None:
        before = read_results(out)
    else:
        screen.print("A rescore was cut off here: this one begins from what was before it.")
    screen.print(movements(compare(before, preview(before, spec, out, db))))
    if not yes:
        # No lock is held: who marks meanwhile writes the files, as ever.
        typer.confirm(f"Write this to {out}?", abort=True)
    write(before, spec, out, db)
    say(f"Written: {out / PAGE}")
