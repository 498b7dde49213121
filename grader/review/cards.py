"""What the pages show, gathered from reports and marks; the templates only lay it out."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from grader.evidence import ids
from grader.evidence.notebook import NotebookEvidence
from grader.evidence.question import AnswerEvidence, PropertiesEvidence
from grader.labs.spec import LabSpec
from grader.marks.rules import Part, machine_points, parts, verdict
from grader.report.facts import facts
from grader.report.row import MARKS, Row, row
from grader.review.names import Names
from grader.text import whole
from grader.types import By, Json, Mark, Measurement, Report, Status

PENDING, REVIEW, ERROR = "pending", "review", "error"
FILTERS = {"": "all", PENDING: "pending", REVIEW: "needs review", ERROR: "error"}
_TOLD_APART = frozenset({*AnswerEvidence.key_names(), *PropertiesEvidence.key_names()})
_LONGEST_FACT = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What all cards of a session have in common; `prompts` are the lab's, by question."""

    lab: LabSpec
    names: Names
    prompts: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What a TA typed and could not save, because `newer` was there first."""

    points: float | None
    comment: str
    newer: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What the machine says of one question: its evidence, made ready to be read.

    `left_out` counts the characters of the answer that are not in `answer`.
    """

    word: str
    lines: tuple[str, ...]
    answer: str
    left_out: int
    state: str
    cell: int | None
    held: tuple[str, ...]
    broken: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One part of one hand-in, to be marked; `machine` is what the machine alone gives for it."""

    key: str
    student: str
    part: Part
    earned: float | None
    by: By | None
    machine: float | None
    prompt: str
    finding: Finding | None
    terms: tuple[str, ...]
    notebook: bool
    history: tuple[Mark, ...]
    attempt: Attempt | None = None

    @property
    def anchor(self) -> str:
        """The card's own id, on either page."""
        return f"c-{self.key}-{self.part.id}"

    @property
    def mark(self) -> Mark | None:
        """The mark that counts: none where it was taken back."""
        newest = self.history[-1] if self.history else None
        return newest if newest and newest.points is not None else None

    @property
    def version(self) -> int:
        """What a new mark has to know of."""
        return self.history[-1].version if self.history else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One measurement as a line of the student's page."""

    id: str
    status: Status
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentCard:
    """One student at a glance, under the name that the page may show."""

    key: str
    name: str
    row: Row
    notes: tuple[str, ...]

    @property
    def standing(self) -> str:
        """The total, or how much of it there is so far."""
        grade = self.row.report.grade
        known = sum(item.earned or 0.0 for item in grade.items)
        if not grade.pending and grade.total is not None:
            return f"{grade.total:.2f}"
        return f"at least {known:.2f}" + (
            f", {whole(grade.pending)} points pending" if grade.pending else ""
        )

    def is_one_of(self, filter_: str, search: str) -> bool:
        """Whether it belongs to the filter, one of FILTERS, and its name has `search` in it."""
        grade = self.row.report.grade
        kinds = {
            "": True,
            PENDING: grade.pending > 0,
            REVIEW: grade.needs_review,
            ERROR: self.row.verdict is Status.ERROR,
        }
        return kinds.get(filter_, True) and search.casefold() in self.name.casefold()


def pupil(report: Report, names: Names) -> StudentCard:
    """A student's line of the class."""
    student = report.submission.id
    line = row(report)
    return StudentCard(
        key=names.key(student),
        name=names.shown(student),
        row=line,
        notes=tuple(names.hide(student, note) for note in line.notes),
    )


def cards(
    report: Report, histories: Mapping[str, tuple[Mark, ...]], setting: Setting
) -> tuple[Card, ...]:
    """Every part of one hand-in, in the lab's order."""
    return tuple(
        card(report, part, histories.get(part.id, ()), setting) for part in parts(setting.lab)
    )


def card(report: Report, part: Part, history: tuple[Mark, ...], setting: Setting) -> Card:
    """One part of one hand-in."""
    names = setting.names
    student = report.submission.id
    graded = verdict(report.grade, part)
    measured = report.measurement(ids.question_id(part.id))
    item = next(each for each in report.grade.items if each.id == part.item)
    return Card(
        key=names.key(student),
        student=names.shown(student),
        part=part,
        earned=graded.earned,
        by=graded.by,
        machine=machine_points(report, setting.lab, part),
        prompt=setting.prompts.get(part.id, ""),
        finding=_finding(measured, student, names) if measured else None,
        terms=() if measured else tuple(f"{each.name}: {each.text}" for each in item.terms),
        notebook=page_of(report) is not None,
        history=history,
    )


def checks(report: Report, names: Names) -> Iterator[Check]:
    """What was measured besides the questions."""
    student = report.submission.id
    for each in report.measurements:
        if not each.id.startswith(ids.QUESTION):
            said = (*_lines(each), *facts(each))
            lines = tuple(names.hide(student, line) for line in said)
            yield Check(id=each.id, status=each.status, lines=lines)


def page_of(report: Report) -> str | None:
    """Under which SHA-256 the page of the notebook was kept, if it was."""
    return NotebookEvidence.read(report.measurement(ids.NOTEBOOK)).page


def _finding(measured: Measurement, student: str, names: Names) -> Finding:
    seen, properties = AnswerEvidence.read(measured), PropertiesEvidence.read(measured)
    said = (*_lines(measured), *_rest(measured.evidence))

    def hidden(text: str | None) -> str:
        return "" if text is None else names.hide(student, text)

    return Finding(
        word=f"{MARKS[measured.status]} {measured.status.value}",
        lines=tuple(names.hide(student, line) for line in said),
        answer=hidden(seen.answer),
        left_out=seen.answer_left_out or 0,
        state=hidden(seen.state),
        cell=seen.cell,
        held=properties.held,
        broken=tuple((hidden(each.property), hidden(each.why)) for each in properties.broken),
    )


def _lines(measured: Measurement) -> Iterator[str]:
    if measured.reason:
        yield measured.reason
    for label in ("expected", "actual", "help", "review"):
        said: str | None = getattr(measured, label)
        if said:
            yield f"{label}: {said}"


def _rest(evidence: Mapping[str, Json]) -> Iterator[str]:
    """Evidence of a kind of question that has no place of its own here, as it is."""
    for key, value in evidence.items():
        if key in _TOLD_APART or value in (None, "", [], {}):
            continue
        said = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        yield f"{key.replace('_', ' ')}: {said[:_LONGEST_FACT]}"
