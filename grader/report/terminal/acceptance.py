"""The last lines of `grader check`: if the hand-in is accepted, and what to look at before."""

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.text import Text

from grader import text
from grader.report.class_row import GATES, status_of
from grader.report.write_up_counts import is_write_up, write_up_counts
from grader.types import Measurement, Report, Status


def acceptance(report: Report) -> RenderableType:
    """Return if the hand-in is accepted and why not; of a write-up also what is missing or odd."""
    return Group(*_lines(report))


def _lines(report: Report) -> Iterator[Text]:
    status = status_of(report)
    if is_write_up(report) and status is Status.PASSED:
        yield from _to_look_at(report)
    match status:
        case Status.PASSED:
            yield Text("Accepted.", style="bold")
        case Status.ERROR:
            yield Text("The grader failed: this says nothing about the hand-in.", style="bold")
        case _:
            stopped = next(filter(_stops, report.measurements), None)
            why = f": {text.inert(stopped.reason or '')}" if stopped else "."
            yield Text(f"Not accepted{why}", style="bold")


def _stops(measurement: Measurement) -> bool:
    return measurement.id in GATES and measurement.status is Status.FAILED


def _to_look_at(report: Report) -> Iterator[Text]:
    """Yield what was found, and what the student can still change."""
    found = write_up_counts(report)
    if not found.found and not found.not_found:
        yield Text("Nothing could be searched: a person reads the write-up.")
        return
    yield Text(f"{found.found} of {found.asked} answers and tables were found.")
    if found.not_found:
        yield Text(
            f"{found.not_found} not found: if they are there, a person sees them; write them as "
            "text to be sure."
        )
    if found.wrong:
        cells = "cell" if found.wrong == 1 else "cells"
        yield Text(f"{found.wrong} {cells} of the tables cannot be right: see above.")
    if found.doubtful:
        cells = "cell is" if found.doubtful == 1 else "cells are"
        yield Text(f"{found.doubtful} {cells} for a person to look at.")
