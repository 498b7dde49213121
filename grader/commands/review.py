"""`grader review`: serve the page on which people mark answers."""

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
    anonymous: Annotated[
        bool, typer.Option("--anonymous", help="Show pseudonyms instead of ids.")
    ] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0: any free port.")] = 0,
    browse: Browse = True,
    lab: LabOfResults = None,
) -> None:
    """Serve a page on which people mark answers, until Ctrl-C."""
    # Altair and SQLAlchemy take half a second: --help and usage errors must not wait for them.
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
