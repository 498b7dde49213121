"""`grader review`: the page on which people mark what the machine cannot."""

from pathlib import Path
from typing import Annotated

import typer

from grader.commands.author import name_of
from grader.commands.console import say
from grader.commands.options import Author, Browse, Database, LabOfResults, Results

app = typer.Typer(add_completion=False)


@app.command()
def review(  # noqa: PLR0913, PLR0917 - a command's parameters are its options
    out: Results = Path("results"),
    db: Database = None,
    author: Author = None,
    anonymous: Annotated[bool, typer.Option("--anonymous", help="Hide the students' ids.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 0,
    browse: Browse = True,
    lab: LabOfResults = None,
) -> None:
    """Mark what the machine cannot, on a page of this machine, until Ctrl-C."""
    # Altair and SQLAlchemy: half a second that --help and a usage error need not wait for.
    from grader.review.serve import Session, serve

    session = Session(
        out=out,
        db=db,
        lab=lab,
        author=name_of(author),
        anonymous=anonymous,
        port=port,
        browse=browse,
    )
    serve(session, say)
