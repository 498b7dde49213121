"""`grader check`: measure one hand-in as in a class, before it is handed in."""

import contextlib
from pathlib import Path
from typing import Annotated

import typer

from grader.commands.conditions import MeasuringOptions
from grader.commands.console import without_workflow_commands
from grader.commands.options import CheckpointKey, DataFile, LabName, Quick, Unsandboxed
from grader.commands.typed import typed_command
from grader.commands.verdict import HandIn, checked, leave, show
from grader.errors import GraderError
from grader.intake.inside import whole_of
from grader.intake.pack import check_id
from grader.intake.repository import id_in_repository
from grader.labs import DEFAULT_LAB
from grader.labs.kinds import load_lab
from grader.report.registry import RENDERERS
from grader.report.terminal.acceptance import FOR_DETAILS
from grader.results.folder import write_file

app = typer.Typer(add_completion=False)


@app.command()
def check(  # noqa: PLR0913, PLR0917 - a command's parameters are its options
    context: typer.Context,
    path: Annotated[Path, typer.Argument(help="Your zip, the folder to zip, or your PDF.")],
    lab: LabName = DEFAULT_LAB,
    id: Annotated[
        str | None,
        typer.Option(
            "--id",
            help="Your id; default: the zip's name, or of a folder its name or its notebook's.",
        ),
    ] = None,
    data: DataFile = None,
    quick: Quick = False,
    unsandboxed: Unsandboxed = False,
    checkpoint_key: CheckpointKey = None,
    details: Annotated[
        bool, typer.Option("--details", help="Show every check and the computation of the points.")
    ] = False,
    junit: Annotated[
        Path | None, typer.Option("--junit", metavar="FILE", help="Write JUnit XML for CI.")
    ] = None,
    summary: Annotated[
        Path | None,
        typer.Option(
            "--summary",
            metavar="FILE",
            help="Write a Markdown summary for GitHub, and stop its workflow commands.",
        ),
    ] = None,
    gradescope: Annotated[
        Path | None,
        typer.Option("--gradescope", metavar="FILE", help="Write Gradescope's results.json."),
    ] = None,
) -> None:
    """Check a hand-in before you hand it in.

    Exit codes: 0 accepted, 1 not accepted, 2 wrong usage, 3 the grader failed.
    """
    if not whole_of(path).exists():
        raise GraderError(f"{path} does not exist.", help="Give the path of your zip or PDF.")
    if id is not None:
        check_id(id)
    with without_workflow_commands() if summary is not None else contextlib.nullcontext():
        spec = load_lab(lab)
        options = MeasuringOptions(
            data=data, quick=quick, unsandboxed=unsandboxed, checkpoint_key=checkpoint_key
        )
        student = id or id_in_repository(path, spec)
        report = checked(HandIn(path=path, student=student, lab=spec), options)
        show(report, spec, typed_command(context), None if details else FOR_DETAILS)
        for kind, file in (("junit", junit), ("summary", summary), ("gradescope", gradescope)):
            if file is not None:
                write_file(file, RENDERERS[kind]([report]), help="")
    leave(report)
