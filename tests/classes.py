"""Graded classes in a folder, for commands that read results."""

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path

from grader.batch.fingerprint import fingerprint_of
from grader.batch.store import Store
from grader.intake.person import person_with
from grader.labs.spec import LabSpec
from grader.results.folder import DATABASE, STUDENTS
from grader.results.student_folders import student_folders
from grader.results.write import write_results
from grader.types import Measured, Report, Setup
from tests.report.examples import LAB


def folder_of(student: str) -> str:
    """The path of the folder of a student in a class of one, from the results folder."""
    person = person_with(student)
    return f"{STUDENTS}/{student_folders({person: student}, {})[person]}"


def graded(out: Path, *reports: Report, lab: LabSpec = LAB) -> Path:
    """Write `out` as `grader grade` does: pages, grades.csv and measurements; return it."""
    write_results(reports, lab, out)
    keep(out, reports, lab)
    return out


def keep(out: Path, reports: Sequence[Report], lab: LabSpec = LAB) -> None:
    """Write only the measurements."""
    with Store.open(out / DATABASE) as store:
        for report in reports:
            made = report.provenance
            setup = Setup(**{each.name: getattr(made, each.name) for each in fields(Setup)})
            measured = Measured(
                submission=report.submission, measurements=report.measurements, setup=setup
            )
            print_ = fingerprint_of(report.submission.sha256, lab, setup)
            store.save(report.submission.id, print_, measured)
