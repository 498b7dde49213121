"""The pages of a lab of write-ups: what was found in them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from grader.datasets.dataset import TestSet
from grader.evidence import ids
from grader.labs.kinds import as_write_up_lab
from grader.labs.spec import LabSpec
from grader.labs.write_up_lab import WriteUpLab
from grader.report.charts.drawing import Spec
from grader.report.check_names import titles
from grader.report.class_row import ClassRow
from grader.report.pages.parts import Draw
from grader.report.write_up_counts import (
    FOUND,
    WriteUpCounts,
    is_asked_for,
    state_of,
    was_not_searched,
    write_up_counts,
)
from grader.types import Measurement, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteUpClass:
    """What was found in each write-up, by student; there are no charts.

    `missing` are the titles of answers and tables, each with the students in whose write-ups they
    were not found.
    """

    missing: tuple[tuple[str, tuple[str, ...]], ...]
    counts: Mapping[str, WriteUpCounts]
    specs: Mapping[str, Spec] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteUpStudent:
    """The words of a student's page.

    `states` says of each check what was found, by the id of the measurement, without those that
    were not searched.
    """

    states: Mapping[str, str]
    advice: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteUpShared:
    """The lab: the pages of two students share nothing else."""

    lab: WriteUpLab

    def depends_on(self, _: ClassRow) -> tuple[str, ...]:
        """Nothing: the lab's hash is part of every page's."""
        return ()

    def student(self, row: ClassRow, _: Draw) -> WriteUpStudent:
        """Return the words of the page of the row's student."""
        return WriteUpStudent(
            states={
                each.id: _state(each)
                for each in row.report.measurements
                if not was_not_searched(each)
            },
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteUpPages:
    """The pages of a lab of write-ups."""

    class_template: str = "write_up_class.html"
    student_template: str = "write_up_feedback.html"

    def of_class(self, rows: Sequence[ClassRow], lab: LabSpec) -> WriteUpClass:
        """Return the counts of each student, and what was not found."""
        return WriteUpClass(
            missing=tuple(_missing(rows, titles(as_write_up_lab(lab)))),
            counts={row.student: write_up_counts(row.report) for row in rows},
        )

    def shared(
        self, _: Sequence[ClassRow], lab: LabSpec, __: Draw, ___: TestSet | None
    ) -> WriteUpShared:
        """Return the lab."""
        return WriteUpShared(lab=as_write_up_lab(lab))


def _missing(
    rows: Sequence[ClassRow], names: Mapping[str, str]
) -> Iterator[tuple[str, tuple[str, ...]]]:
    for id, name in names.items():
        found = ((row.student, row.report.measurement(id)) for row in rows)
        students = tuple(
            student
            for student, each in found
            if each is not None and is_asked_for(each) and state_of(each) not in {None, FOUND}
        )
        if students:
            yield name, students


def _state(measurement: Measurement) -> str:
    """Return what the page says of a check: of a table or answer if it was found.

    The words are short: on a telephone they stand in a narrow column.
    """
    if not measurement.id.startswith((ids.ANSWER, ids.TABLE)):
        return measurement.status.value
    if measurement.status is Status.FAILED:
        return "wrong"
    if measurement.status is Status.ERROR:
        return measurement.status.value
    # The reason says if only the question is there.
    return FOUND if state_of(measurement) == FOUND else "not found"
