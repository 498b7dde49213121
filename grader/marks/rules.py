"""The parts of a lab that people mark, the rules for a mark, and its effect on a report."""

import math
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from grader.intake.person import person_of
from grader.labs.item import Level
from grader.labs.spec import LabSpec
from grader.scoring.grade import grade
from grader.text import counted, storable
from grader.types import Grade, GradedQuestion, GradeItem, Mark, Report, Submission

MARKS = "marks.db"  # the default database, in the results folder
LONGEST_COMMENT = 4_000  # characters
ONE_OUTSIDE = "1 point is outside the range {span}"
SEVERAL_OUTSIDE = "{count:g} points are outside the range {span}"

# The newest mark, by person (as `storable`) and then by part.
AllMarks = Mapping[str, Mapping[str, Mark]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A question, or an item without questions; `most` is its largest mark, None if unbounded.

    `levels` are those of a rubric.
    """

    id: str
    title: str
    item: str
    kind: str
    possible: float
    most: float | None
    levels: tuple[Level, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who saves something, and when (ISO 8601)."""

    author: str
    at: str


def marks_for(submission: Submission, marks: AllMarks) -> Mapping[str, Mark]:
    """The marks of the person of a hand-in, by part."""
    return marks.get(storable(person_of(submission)), {})


def parts(lab: LabSpec) -> tuple[Part, ...]:
    """The parts that get a mark of their own, in the lab's order."""
    return tuple(_parts(lab))


def _parts(lab: LabSpec) -> Iterator[Part]:
    for item in lab.items:
        questions = lab.questions_of(item.id)
        if not questions:
            yield Part(
                id=item.id,
                title=item.title,
                item=item.id,
                kind=item.kind,
                possible=item.points,
                most=lab.most(item),
                levels=item.levels,
            )
        for question in questions:
            yield Part(
                id=question.id,
                title=question.title,
                item=item.id,
                kind=question.kind,
                possible=question.points,
                most=question.points,
            )


def graded_part(grade_: Grade, part: Part) -> GradeItem | GradedQuestion:
    """The item or question of a grade that is `part`."""
    item = next(each for each in grade_.items if each.id == part.item)
    return next((each for each in item.questions if each.id == part.id), item)


def machine_points(report: Report, lab: LabSpec, part: Part) -> float | None:
    """The points of a part without marks; None if only a person can mark it."""
    graded = graded_part(report.grade, part)
    if graded.by != "person":
        return graded.earned
    unmarked = grade(lab, report.measurements, handed_in=report.submission.handed_in)
    return graded_part(unmarked, part).earned


def objection(part: Part, points: float | None, comment: str, machine: float | None) -> str | None:
    """The reason to refuse a mark, None if it is valid; `machine` are the points without marks.

    An override of the machine needs a comment; the withdrawal of a mark needs none.
    """
    if len(comment) > LONGEST_COMMENT:
        return f"the comment is longer than {LONGEST_COMMENT:,} characters"
    if points is None:
        return None
    most = part.most
    if not math.isfinite(points) or points < 0 or (most is not None and points > most):
        span = "0 or more" if most is None else f"0 to {most:g}"
        return counted(points, ONE_OUTSIDE, SEVERAL_OUTSIDE, span=span)
    if machine is not None and not math.isclose(points, machine, abs_tol=5e-5) and not comment:
        return f"the machine gave {machine:g}: give the reason of the override as a comment"
    return None


def tidy(comment: str) -> str:
    """A comment without invisible characters; line breaks are the only controls that are kept."""
    lines = (
        "".join(each for each in line if unicodedata.category(each) not in ("Cc", "Cs"))
        for line in comment.splitlines()
    )
    return "\n".join(lines).strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoring:
    """A lab and the time of the scoring (ISO 8601), which all reports of a class share.

    `lab_sha256` is the lab's hash: it takes longer than the scoring of a hand-in, so that it is
    computed once for a class.
    """

    lab: LabSpec
    lab_sha256: str
    graded_at: str


def scoring(lab: LabSpec, graded_at: str) -> Scoring:
    """The scoring of a class by `lab` at the time `graded_at`."""
    return Scoring(lab=lab, lab_sha256=lab.sha256, graded_at=graded_at)


def marked(report: Report, by: Scoring, marks: Mapping[str, Mark]) -> Report:
    """Score the report again by the lab of `by`, with the student's `marks`, by part."""
    provenance = replace(
        report.provenance, lab=by.lab.name, lab_sha256=by.lab_sha256, graded_at=by.graded_at
    )
    scored = grade(by.lab, report.measurements, marks, report.submission.handed_in)
    return replace(report, grade=scored, provenance=provenance)
