"""The options that several commands have."""

from pathlib import Path
from typing import Annotated

import typer

LabName = Annotated[
    str, typer.Option("--lab", metavar="NAME", help="A lab's name, or its .toml file.")
]
LabOfResults = Annotated[
    str | None,
    typer.Option("--lab", metavar="NAME", help="A lab's name or .toml file; else the results'."),
]
DataFile = Annotated[
    Path | None,
    typer.Option("--data", envvar="GRADER_DATA", help="The test set's file."),
]
Quick = Annotated[
    bool,
    typer.Option("--quick", help="1,000 images instead of --data: seconds, and no grade."),
]
Unsandboxed = Annotated[
    bool,
    typer.Option("--unsandboxed", help="Run handed-in programs even without bubblewrap."),
]
PoolFile = Annotated[
    Path | None,
    typer.Option(
        "--devices",
        envvar="GRADER_DEVICES",
        metavar="FILE",
        help="The pool; else ./devices.toml, else the user's.",
    ),
]
Results = Annotated[Path, typer.Argument(help="The folder that `grader grade` wrote.")]
Database = Annotated[
    str | None,
    typer.Option(
        "--db",
        envvar="GRADER_DB",
        metavar="URL",
        help="Where the marks are: postgresql://…, or a file; else RESULTS/marks.db.",
    ),
]
Author = Annotated[
    str | None, typer.Option("--author", metavar="NAME", help="Whose marks these are; else you.")
]
Browse = Annotated[bool, typer.Option(help="Open a browser; without, print the address.")]
