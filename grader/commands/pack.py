"""`grader pack`: make the zip to hand in from a working folder, and check it."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from grader import text
from grader.commands.conditions import MeasuringOptions
from grader.commands.console import say
from grader.commands.options import DataFile, LabName, Quick, Unsandboxed
from grader.commands.typed import typed_command
from grader.commands.verdict import HandIn, checked, leave, show
from grader.errors import GraderError
from grader.intake.pack import Packed, PackedFile
from grader.intake.pack import pack as pack_zip
from grader.labs import DEFAULT_LAB
from grader.labs.kinds import load_lab
from grader.labs.network_lab import NetworkLab

LEFT_OUT_SHOWN = 4
FOR_DETAILS = "Every check and the points: {command}"

app = typer.Typer(add_completion=False)


@app.command()
def pack(  # noqa: PLR0913, PLR0917 - a command's parameters are its options
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="The folder that you worked in.")],
    student: Annotated[
        str, typer.Option("--id", help="Your student id.", prompt="Your student id")
    ],
    lab: LabName = DEFAULT_LAB,
    into: Annotated[Path, typer.Option("--into", help="The output folder.")] = Path(),
    replace: Annotated[
        bool, typer.Option("--replace", help="Replace the zip of an earlier time.")
    ] = False,
    data: DataFile = None,
    quick: Quick = False,
    unsandboxed: Unsandboxed = False,
) -> None:
    """Make the zip to hand in from a working folder, or list the missing files.

    The zip is then checked as by `grader check`. Exit codes: 0 accepted, 1 not accepted, 2 nothing
    was packed, 3 the grader failed.
    """
    spec = load_lab(lab)
    if not isinstance(spec, NetworkLab):
        raise GraderError(
            f"Nothing was packed: the hand-in of {spec.name} is one PDF.",
            help="Hand in the PDF as it is. To see what is found in it: grader check REPORT.pdf "
            f"--lab {lab}",
        )
    made = pack_zip(folder, student, spec, into, replace=replace)
    _tell_of(made)
    options = MeasuringOptions(data=data, quick=quick, unsandboxed=unsandboxed)
    report = checked(HandIn(path=made.path, student=student, lab=spec), options)
    hint = FOR_DETAILS.format(command=shlex.join(["grader", "check", str(made.path), "--details"]))
    show(report, spec, typed_command(context, "--replace"), hint)
    leave(report)


def _tell_of(made: Packed) -> None:
    """Print what is in the zip, what was renamed, and what is not in it."""
    say(f"Wrote {made.path}:")
    widest = max(len(each.name) for each in made.files)
    for each in made.files:
        say(text.inert(f"  {each.name:{widest}}  {_origin(each)}"))
    if made.left_out:
        say(text.inert(f"Left out: {text.several(made.left_out, LEFT_OUT_SHOWN)}"))
    say("")


def _origin(file: PackedFile) -> str:
    size = text.size(file.size)
    return f"{size}, renamed from {file.origin}" if file.is_renamed else size
