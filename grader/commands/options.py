"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from grader.commands import in_course

LabName = Annotated[
    str,
    typer.Option(
        "--lab",
        metavar="NAME",
        # The callbacks of other options need the lab: an eager option is read before them.
        is_eager=True,
        callback=in_course.lab,
        help="A lab's name or .toml file, or a lab's id in course.toml.",
    ),
]
LabOfResults = Annotated[
    str | None,
    typer.Option(
        "--lab",
        metavar="NAME",
        callback=in_course.other_lab,
        help="A lab's name or .toml file; default: the lab of the results.",
    ),
]
DataFile = Annotated[
    Path | None,
    typer.Option(
        "--data",
        envvar="GRADER_DATA",
        callback=in_course.data,
        help="The file of the test set.",
    ),
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
        callback=in_course.devices,
        help="The list of devices; default: ./devices.toml, else the user's.",
    ),
]
Results = Annotated[
    Path,
    typer.Argument(
        is_eager=True,  # as above
        callback=in_course.results,
        help="The results folder, or a lab's id in course.toml.",
    ),
]
Out = Annotated[
    Path,
    typer.Option("--out", is_eager=True, callback=in_course.results, help="The results folder."),
]
Roster = Annotated[
    Path | None,
    typer.Option(
        "--roster",
        metavar="CSV",
        callback=in_course.roster,
        help="The class list, to find missing hand-ins.",
    ),
]
ExtensionSheet = Annotated[
    Path | None,
    typer.Option(
        "--extensions",
        metavar="CSV",
        callback=in_course.extensions,
        help="Days, dates, grace days and excuses of students; also columns of the roster.",
    ),
]
Database = Annotated[
    str | None,
    typer.Option(
        "--db",
        envvar="GRADER_DB",
        metavar="URL",
        callback=in_course.database,
        help="The database of marks: postgresql://… or a file; default: RESULTS/marks.db.",
    ),
]
Author = Annotated[
    str | None,
    typer.Option("--author", metavar="NAME", help="The author of the marks; default: your login."),
]
Browse = Annotated[bool, typer.Option(help="Open a browser, or only print the address.")]
