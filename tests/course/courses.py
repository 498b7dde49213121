"""Courses of two labs in a folder, with classes that are graded without measuring."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from grader.course.course import Course, CourseLab, read_course
from grader.course.grace import spent_before
from grader.intake.person import person_with
from grader.lms.extensions import Extensions
from grader.scoring.grade import grade
from grader.types import Arrival, Mark, Member, Report
from tests.classes import graded as written
from tests.report.examples import passed

ROSTER = "Student ID,Name,Extension,Grace days,Excuse\n"
COURSE = """\
title = "Edge AI"
zone = "Asia/Taipei"
[[labs]]
id = "lab1"
lab = "one.toml"
[[labs]]
id = "lab2"
lab = "two.toml"
weight = 3
"""
LAB_FILE = """\
extends = "prune-mobilenet-2024"
name = "{name}"
[deadline]
due = {due}
zone = "Asia/Taipei"
[deadline.late]
policy = "percent"
percent_per_day = 10.0
"""
DUE = {"one": "2024-04-04T23:55:00", "two": "2024-05-04T23:55:00"}


def course_in(folder: Path, text: str = COURSE, roster: str = "") -> Course:
    """Write a course with its two lab files, and with a roster if it has lines; read it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, due in DUE.items():
        lab = LAB_FILE.format(name=name, due=due)
        (folder / f"{name}.toml").write_text(lab, encoding="utf-8")
    if roster:
        (folder / "roster.csv").write_text(ROSTER + roster, encoding="utf-8")
        text = f'roster = "roster.csv"\n{text}'
    (folder / "course.toml").write_text(text, encoding="utf-8")
    return read_course(folder / "course.toml")


def lab_of(course: Course, id: str) -> CourseLab:
    """The lab with this id."""
    lab = course.lab(id)
    assert lab is not None
    return lab


def handed_in(
    lab: CourseLab, student: str, at: str | None = None, group: Sequence[str] = ()
) -> Report:
    """A hand-in with all but the questions' points, which are pending."""
    report = passed(student, 43.396277, 9311, 0.38)
    members = tuple(Member(id=each) for each in (student, *group)) if group else ()
    came = Arrival(submitted_at=at, members=members) if at or group else None
    submission = replace(report.submission, handed_in=came)
    return scored(lab, replace(report, submission=submission))


def scored(lab: CourseLab, report: Report, points: float | None = None) -> Report:
    """The report scored by the lab; with `points`, each item of questions has these points."""
    asked = (
        [each for each in lab.spec.items if each.kind != "formula"] if points is not None else []
    )
    marks = {
        each.id: Mark(
            person=person_with(report.submission.id),
            student=report.submission.id,
            part=each.id,
            points=points,
            comment="",
            author="a",
            at="2024-04-05T00:00:00+00:00",
            version=1,
        )
        for each in asked
    }
    found = grade(lab.spec, report.measurements, marks, report.submission.handed_in)
    provenance = replace(report.provenance, lab=lab.spec.name, lab_sha256=lab.spec.sha256)
    return replace(report, grade=found, provenance=provenance)


def grade_class(
    course: Course, id: str, reports: Sequence[Report], extensions: Extensions | None = None
) -> None:
    """Write the results of a lab, with extensions as `grader grade` gives them."""
    lab = lab_of(course, id)
    if extensions is not None:
        spent = spent_before(course, lab, extensions).by_row
        reports = [
            scored(
                lab,
                replace(each, submission=extensions.extended(each.submission, lab.names, spent)),
            )
            for each in reports
        ]
    written(lab.results, *reports, lab=lab.spec)
