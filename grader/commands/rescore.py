"""`grader rescore`: score a graded class again with another lab file."""

from pathlib import Path
from typing import Annotated

import typer

from grader.commands.console import say, screen
from grader.commands.options import Database, Results
from grader.compare.changes import compare
from grader.compare.tables import movements
from grader.labs.kinds import load_lab
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
    """Score a class again with a changed lab file, from the stored measurements.

    Shows whose points change and by how much, and asks before it writes.
    """
    # Altair and SQLAlchemy take half a second: --help and usage errors must not wait for them.
    from grader.results.rescore import preview, write

    spec = load_lab(lab)
    before = as_it_was(out)
    if before is None:
        before = read_results(out)
    else:
        screen.print(
            "The last rescore was interrupted. This one starts from the results before it."
        )
    screen.print(movements(compare(before, preview(before, spec, out, db))))
    if not yes:
        # No lock is held: marks given meanwhile are written as usual.
        typer.confirm(f"Write this to {out}?", abort=True)
    write(before, spec, out, db)
    say(f"Wrote {out / PAGE}.")
