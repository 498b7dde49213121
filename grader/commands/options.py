"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

LabName = Annotated[str, typer.Option("--lab", metavar="NAME", help="A lab's name or .toml file.")]
LabOfResults = Annotated[
    str | None,
    typer.Option(
        "--lab", metavar="NAME", help="A lab's name or .toml file; default: the lab of the results."
    ),
]
DataFile = Annotated[
    Path | None,
    typer.Option("--data", envvar="GRADER_DATA", help="The file of the test set."),
]
Quick = Annotated[
    bool,
    typer.Option("--quick", help="Measure on 1,000 images, in seconds; not the grade."),
]
CheckpointKey = Annotated[
    str | None,
    typer.Option(
        "--checkpoint-key",
        metavar="KEY",
        help="Measure the network under this dotted key of a checkpoint that holds several.",
    ),
]
Unsandboxed = Annotated[
    bool,
    typer.Option("--unsandboxed", help="Run handed-in programs even if bubblewrap is missing."),
]
Jobs = Annotated[int, typer.Option("--jobs", "-j", min=1, help="Hand-ins measured in parallel.")]
PoolFile = Annotated[
    Path | None,
    typer.Option(
        "--devices",
        envvar="GRADER_DEVICES",
        metavar="FILE",
        help="The list of devices; default: ./devices.toml, else the user's.",
    ),
]
Results = Annotated[Path, typer.Argument(help="The results folder.")]
Database = Annotated[
    str | None,
    typer.Option(
        "--db",
        envvar="GRADER_DB",
        metavar="URL",
        help="The database of marks: postgresql://… or a file; default: RESULTS/marks.db.",
    ),
]
Author = Annotated[
    str | None,
    typer.Option("--author", metavar="NAME", help="The author of the marks; default: your login."),
]
Browse = Annotated[bool, typer.Option(help="Open a browser, or only print the address.")]
