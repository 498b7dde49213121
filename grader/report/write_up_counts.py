"""Counts of what was found in one write-up, for the lines of a class."""

from collections.abc import Iterator
from dataclasses import dataclass

from grader.evidence import ids
from grader.evidence.write_up import CellEvidence, RequiredAnswerEvidence, TableEvidence
from grader.types import Measurement, Report, Status

FOUND = "found"
CONTRADICTS, DIFFERS, NOT_READ = "contradicts", "differs", "not read"


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteUpCounts:
    """The answers and tables of a write-up, and the cells of its tables.

    `asked` are all that the lab asks for, `found` and `not_found` those that were searched: none
    of them if the PDF could not be read. A table that the lab does not require is counted only if
    it was found. `doubtful` cells are for a person, `wrong` ones contradict an exact fact.
    """

    asked: int
    found: int
    not_found: int
    doubtful: int
    wrong: int


def write_up_counts(report: Report) -> WriteUpCounts:
    """Return the counts of one hand-in."""
    searched = [each for each in report.measurements if is_asked_for(each)]
    states = [state_of(each) for each in searched]
    fits = [cell.fit for each in searched for cell in cells_of(each)]
    return WriteUpCounts(
        asked=len(searched),
        found=states.count(FOUND),
        not_found=sum(state not in (None, FOUND) for state in states),
        doubtful=fits.count(DIFFERS) + fits.count(NOT_READ),
        wrong=fits.count(CONTRADICTS),
    )


def is_write_up(report: Report) -> bool:
    """True if the hand-in is one of a lab of write-ups."""
    return report.measurement(ids.WRITE_UP) is not None


def is_asked_for(measurement: Measurement) -> bool:
    """True for an answer or a table, but not for one that is neither required nor found."""
    if measurement.id.startswith(ids.ANSWER):
        return True
    if not measurement.id.startswith(ids.TABLE):
        return False
    table = TableEvidence.read(measurement)
    return table.state == FOUND or not table.optional


def was_not_searched(measurement: Measurement) -> bool:
    """True for an answer or a table of a write-up that could not be read: its line says so."""
    of_part = measurement.id.startswith((ids.ANSWER, ids.TABLE))
    return of_part and measurement.status is Status.SKIPPED and state_of(measurement) is None


def state_of(measurement: Measurement) -> str | None:
    """Return the state of an answer or a table; None if it was not searched."""
    if measurement.id.startswith(ids.ANSWER):
        return RequiredAnswerEvidence.read(measurement).state
    return TableEvidence.read(measurement).state


def cells_of(measurement: Measurement) -> Iterator[CellEvidence]:
    """Yield the cells of a table; none for an answer."""
    if measurement.id.startswith(ids.TABLE):
        yield from TableEvidence.read(measurement).cells
