"""`grader check`: measure one hand-in as in a class, before it is handed in."""

import contextlib
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from grader.commands.conditions import MeasuringOptions, conditions_for
from grader.commands.console import screen, without_workflow_commands
from grader.commands.options import CheckpointKey, DataFile, LabName, Quick, Unsandboxed
from grader.errors import GraderError
from grader.intake.inside import whole_of
from grader.intake.pack import check_id
from grader.intake.repository import id_in_repository
from grader.labs import DEFAULT_LAB
from grader.labs.kinds import load_lab
from grader.pipeline import measure_one, needs_second_timing, time_one
from grader.report.class_row import status_of
from grader.report.registry import RENDERERS
from grader.report.terminal.acceptance import acceptance
from grader.report.terminal.detail import detail
from grader.report.terminal.progress import progress_bars
from grader.results.folder import write_file
from grader.results.scored import reports_of
from grader.types import Status

NOT_ACCEPTED, HARNESS_ERROR = 1, 3

app = typer.Typer(add_completion=False)


@app.command()
def check(  # noqa: PLR0913, PLR0917 - a command's parameters are its options
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
    with contextlib.ExitStack() as stack:
        if summary is not None:
            stack.enter_context(without_workflow_commands())
        work = stack.enter_context(tempfile.TemporaryDirectory(prefix="grader-"))
        spec = load_lab(lab)
        options = MeasuringOptions(
            data=data, quick=quick, unsandboxed=unsandboxed, checkpoint_key=checkpoint_key
        )
        conditions = conditions_for(spec, options, Path(work))
        with progress_bars(screen) as bars:
            student = id or id_in_repository(path, spec)
            measured = measure_one(path, conditions, bars, student)
            if spec.is_timed:
                measured = time_one(measured, conditions, bars)
            if needs_second_timing(measured):
                measured = time_one(measured, conditions, bars)
        (report,) = reports_of([measured], conditions)
        screen.print(detail(report))
        screen.print(acceptance(report))
        for kind, file in (("junit", junit), ("summary", summary), ("gradescope", gradescope)):
            if file is not None:
                write_file(file, RENDERERS[kind]([report]), help="")
    exits = {Status.PASSED: 0, Status.ERROR: HARNESS_ERROR}
    raise typer.Exit(exits.get(status_of(report), NOT_ACCEPTED))
