"""`python -m reference`: runs the command line and prints errors that the user can fix."""

import typer

from grader.errors import GraderError
from reference.commands import app


def main() -> None:
    """Run the command line; print a GraderError as one line and its help."""
    try:
        app()
    except GraderError as error:
        typer.echo(f"error: {error}", err=True)
        if error.help:
            typer.echo(error.help, err=True)
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
