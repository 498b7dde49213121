"""The content of the pages, from reports and marks; the templates only lay it out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from grader.evidence import ids
from grader.evidence.notebook import NotebookEvidence
from grader.evidence.question import AnswerEvidence, PropertiesEvidence
from grader.labs.spec import LabSpec
from grader.labs.write_up_lab import WriteUpLab
from grader.marks.notes import Note
from grader.marks.remark_store import NOTHING
from grader.marks.remarks import Basis, Remark
from grader.marks.rules import Part, graded_part, machine_points
from grader.report.check_names import names_of
from grader.report.class_row import MARKS, ClassRow, class_row
from grader.report.facts import SAMPLE_MARK, facts
from grader.review.found import summary
from grader.review.names import Names
from grader.review.sentences import ran_other_code, sentences
from grader.text import whole
from grader.types import By, Mark, Measurement, Report, Status

PENDING, REVIEW, ERROR = "pending", "review", "error"
FILTERS = {"": "all", PENDING: "pending", REVIEW: "needs review", ERROR: "error"}
WRITE_UP = "/write-up/"  # the beginning of the addresses of write-ups


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """The data that all cards of a session share; `prompts` are the lab's texts, by question."""

    lab: LabSpec
    names: Names
    prompts: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """A mark that was not saved, because the mark `newer` was saved first.

    `is_remark` is true if a remark was given or taken off: there is nothing to save again.
    """

    points: float | None
    comment: str
    newer: Mark
    is_remark: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The measurement of one question, as text.

    `left_out` is the number of characters of the student's answer that `answer` does not contain.
    `is_code` tells code from Markdown. `ran` is code that was run, if it is not the answer.
    """

    word: str
    lines: tuple[str, ...]
    answer: str
    left_out: int
    state: str
    cell: int | None
    held: tuple[str, ...]
    broken: tuple[tuple[str, str], ...]
    is_code: bool
    ran: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gave:
    """What people gave one answer: all versions of its mark, its remarks, and a private note.

    `basis` is what the newest mark was made of, `note` the newest note, None if there is none.
    """

    history: tuple[Mark, ...] = ()
    basis: Basis = NOTHING
    remarks: tuple[Remark, ...] = ()
    note: Note | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One part of one hand-in, to be marked; `machine` are its points without marks.

    `beside` is the address of what the pane shows of the hand-in, None if there is nothing.
    `comment` are the words beside the remarks.
    """

    key: str
    student: str
    part: Part
    earned: float | None
    by: By | None
    machine: float | None
    prompt: str
    finding: Finding | None
    facts: tuple[str, ...]
    beside: str | None
    history: tuple[Mark, ...]
    comment: str
    remarks: tuple[Remark, ...]
    note: Note | None
    attempt: Attempt | None = None

    @property
    def anchor(self) -> str:
        """The HTML id of the card, the same on all pages."""
        return f"c-{self.key}-{self.part.id}"

    @property
    def is_of_write_up(self) -> bool:
        """True if the pane shows a write-up."""
        return (self.beside or "").startswith(WRITE_UP)

    @property
    def mark(self) -> Mark | None:
        """The mark that counts, None if there is none or it was withdrawn."""
        newest = self.history[-1] if self.history else None
        return newest if newest and newest.points is not None else None

    @property
    def version(self) -> int:
        """The newest version, on which a new mark is based; 0 if there is none."""
        return self.history[-1].version if self.history else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A measurement, as a line of the student's page; `name` is what it is called in words."""

    id: str
    name: str
    status: Status
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentCard:
    """A student's line in the class, with the name that the page shows."""

    key: str
    name: str
    row: ClassRow
    notes: tuple[str, ...]

    @property
    def standing(self) -> str:
        """The total points, or those so far while points are pending, without the penalty."""
        grade = self.row.report.grade
        if self.row.report.measurement(ids.CHOICE) is not None:
            return "no hand-in is chosen"
        known = grade.total
        if known is None:
            penalty = (grade.lateness.penalty if grade.lateness else None) or 0.0
            known = sum(item.earned or 0.0 for item in grade.items) - penalty
        about = SAMPLE_MARK if grade.estimate else ""
        if not grade.pending and grade.total is not None:
            return f"{about}{known:.2f}"
        pending = f", {whole(grade.pending)} points pending" if grade.pending else ""
        return f"{about}{known:.2f} so far{pending}"

    @property
    def lateness(self) -> str | None:
        """How late the hand-in is and what that costs; None if it is not known to be late."""
        late = self.row.report.grade.lateness
        return late.text if late is not None and late.punctuality == "late" else None

    def is_one_of(self, filter_: str, search: str) -> bool:
        """True if the student passes the filter, a key of FILTERS, and `search` is in the name."""
        grade = self.row.report.grade
        kinds = {
            "": True,
            PENDING: grade.pending > 0,
            REVIEW: grade.needs_review,
            ERROR: self.row.status is Status.ERROR,
        }
        return kinds.get(filter_, True) and search.casefold() in self.name.casefold()


def student_card(report: Report, names: Names) -> StudentCard:
    """The student's line in the class."""
    student = report.submission.id
    line = class_row(names.hidden(report))
    return StudentCard(
        key=names.key(student), name=names.shown(student), row=line, notes=line.notes
    )


def card(report: Report, part: Part, gave: Gave, setting: Setting) -> Card:
    """The card of one part of one hand-in."""
    names = setting.names
    student = report.submission.id
    graded = graded_part(report.grade, part)
    measured = names.hidden(report).measurement(ids.question_id(part.id))
    facts = () if measured else _facts(report, part, setting.lab)
    return Card(
        key=names.key(student),
        student=names.shown(student),
        part=part,
        earned=graded.earned,
        by=graded.by,
        machine=machine_points(report, setting.lab, part),
        prompt=setting.prompts.get(part.id, ""),
        finding=_finding(measured, is_code=_is_code(part, setting.lab)) if measured else None,
        facts=tuple(names.hide(report, each) for each in facts),
        beside=_beside(report, names.key(student), setting.lab),
        history=tuple(
            replace(mark, comment=names.hide(report, mark.comment)) for mark in gave.history
        ),
        comment=names.hide(report, own_comment(gave)),
        remarks=tuple(replace(each, words=names.hide(report, each.words)) for each in gave.remarks),
        note=gave.note and replace(gave.note, words=names.hide(report, gave.note.words)),
    )


def own_comment(gave: Gave) -> str:
    """The words of the newest mark beside its remarks."""
    if gave.basis.remarks:
        return gave.basis.comment
    return gave.history[-1].comment if gave.history else ""


def checks(report: Report, names: Names) -> Iterator[Check]:
    """Yield the measurements that are neither of questions nor of what a write-up must have."""
    known = names_of(report)
    for each in names.hidden(report).measurements:
        if not each.id.startswith((ids.QUESTION, ids.ANSWER, ids.TABLE)):
            yield Check(
                id=each.id,
                name=known[each.id],
                status=each.status,
                lines=(*sentences(each), *facts(each)),
            )


def page_of(report: Report) -> str | None:
    """The SHA-256 of the notebook's page, None if the results have no page."""
    return NotebookEvidence.read(report.measurement(ids.NOTEBOOK)).page


def _facts(report: Report, part: Part, lab: LabSpec) -> tuple[str, ...]:
    """Return the terms of a formula, or a summary of the write-up, for a part without questions."""
    if part.kind == "rubric":
        said = summary(report, lab)
        return () if said is None else (said,)
    item = next(each for each in report.grade.items if each.id == part.item)
    terms = tuple(f"{each.name}: {each.text}" for each in item.terms)
    return (item.reason, *terms) if part.kind == "on-time" and item.reason else terms


def _beside(report: Report, key: str, lab: LabSpec) -> str | None:
    if isinstance(lab, WriteUpLab):
        return f"{WRITE_UP}{key}"
    return f"/notebook/{key}" if page_of(report) is not None else None


def _is_code(part: Part, lab: LabSpec) -> bool:
    return any(each.id == part.id and each.takes == "code" for each in lab.questions_of(part.item))


def _finding(measured: Measurement, *, is_code: bool) -> Finding:
    seen, properties = AnswerEvidence.read(measured), PropertiesEvidence.read(measured)
    broken: dict[str, list[str]] = {}
    for each in properties.broken:  # one sentence for several properties
        broken.setdefault(each.why or "", []).append(each.property)
    return Finding(
        word=f"{MARKS[measured.status]} {measured.status.value}",
        lines=sentences(measured),
        answer=seen.answer or "",
        left_out=seen.answer_left_out or 0,
        state=seen.state or "",
        cell=seen.cell,
        held=properties.held,
        broken=tuple((", ".join(names), why) for why, names in broken.items()),
        is_code=is_code,
        ran=ran_other_code(measured),
    )
