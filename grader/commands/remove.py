"""`grader remove`: take one student out of a class."""

from pathlib import Path
from typing import Annotated

import typer

from grader.commands.console import say, warn
from grader.commands.options import Database, Results
from grader.marks.of_nobody import marks_of_nobody
from grader.results.folder import PAGE

app = typer.Typer(add_completion=False)


@app.command()
def remove(
    id: Annotated[str, typer.Argument(metavar="ID", help="The student's id, as in grades.csv.")],
    out: Results = Path("results"),
    db: Database = None,
) -> None:
    """Take one student out of a class; a copy of the files is kept.

    The student's measurements and marks stay stored: they count again if the hand-in is graded
    again.
    """
    # Altair and SQLAlchemy take half a second: --help and usage errors must not wait for them.
    from grader.results.remove import remove_student

    copy, written = remove_student(id, out, db)
    for note in marks_of_nobody(written.given, [each.submission for each in written.reports]):
        warn(note)
    say(f"Removed {id}. A copy is in {copy}.")
    say(f"Wrote {out / PAGE}.")
