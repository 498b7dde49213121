"""Measures one hand-in before it is handed in, and shows the verdict."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

import typer

from grader.commands.conditions import MeasuringOptions, conditions_for
from grader.commands.console import screen
from grader.labs.spec import LabSpec
from grader.pipeline import measure_one, needs_second_timing, time_one
from grader.report.class_row import status_of
from grader.report.terminal.acceptance import CheckScreen
from grader.report.terminal.detail import detail
from grader.report.terminal.progress import progress_bars
from grader.results.scored import reports_of
from grader.types import Report, Status

NOT_ACCEPTED, HARNESS_ERROR = 1, 3


@dataclass(frozen=True, slots=True, kw_only=True)
class HandIn:
    """A hand-in on disk, its student's id, and its lab."""

    path: Path
    student: str | None
    lab: LabSpec


def checked(hand_in: HandIn, options: MeasuringOptions) -> Report:
    """Measure and score the hand-in as in a class. Raises `GraderError`."""
    with tempfile.TemporaryDirectory(prefix="grader-") as work:
        conditions = conditions_for(hand_in.lab, options, Path(work))
        with progress_bars(screen) as bars:
            measured = measure_one(hand_in.path, conditions, bars, hand_in.student)
            if hand_in.lab.is_timed:
                measured = time_one(measured, conditions, bars)
            if needs_second_timing(measured):
                measured = time_one(measured, conditions, bars)
        (report,) = reports_of([measured], conditions)
    return report


def show(report: Report, lab: LabSpec, again: str, hint: str | None) -> None:
    """Print the verdict, without a `hint` at the details below all that was found.

    `again` is the command that the student runs again after a change.
    """
    if hint is None:
        screen.print(detail(report, lab))
    # Uncropped, for the command is one line of any length.
    screen.print(CheckScreen(report=report, lab=lab, again=again, hint=hint), crop=False)


def leave(report: Report) -> None:
    """End the program: 0 if the hand-in is accepted, 1 if not, 3 after an error of the grader."""
    exits = {Status.PASSED: 0, Status.ERROR: HARNESS_ERROR}
    raise typer.Exit(exits.get(status_of(report), NOT_ACCEPTED))
