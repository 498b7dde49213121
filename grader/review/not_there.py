"""The pending answers that are not there, to which a person may give 0 points at once."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader.evidence import ids
from grader.evidence.question import AnswerEvidence
from grader.intake.person import person_of
from grader.labs.spec import LabSpec
from grader.marks.rules import AllMarks, Part, graded_part, marks_for, parts
from grader.types import Report, Status

NO_FILE = "no file"
# The kinds, in the order in which they are listed. What the machine could not read is none of them.
KINDS: Mapping[str, str] = {
    "empty": "The answer is empty.",
    "as given": "The answer is still the text or the code of the lab.",
    "not found": "The machine did not find the question: look at the notebook first.",
    NO_FILE: "The machine found no notebook or write-up: look at the files first.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """A pending answer that is not there; `version` is that of its newest, withdrawn mark, or 0."""

    report: Report
    part: Part
    kind: str
    version: int


def not_there(report: Report, lab: LabSpec, marks: AllMarks) -> Iterator[Absent]:
    """Yield the answers of a hand-in that are pending and not there.

    An answer with a comment is left out: somebody is about to mark it.
    """
    mine = marks_for(report.submission, marks)
    for part in parts(lab):
        kind = _kind(report, part)
        mark = mine.get(part.id)
        is_pending = graded_part(report.grade, part).earned is None
        if kind is not None and is_pending and not (mark and mark.comment):
            version = mark.version if mark else 0
            yield Absent(report=report, part=part, kind=kind, version=version)


def seen(found: Sequence[Absent]) -> str:
    """Return a hash of these answers and their versions, for the page that lists them."""
    listed = [
        (person_of(each.report.submission), each.part.id, each.kind, each.version) for each in found
    ]
    return hashlib.sha256(repr(sorted(listed)).encode()).hexdigest()[:16]


def _kind(report: Report, part: Part) -> str | None:
    measured = report.measurement(ids.question_id(part.id))
    if measured is None:
        is_marked = part.kind in {"manual", "rubric"}
        return NO_FILE if is_marked and _lacks(report, ids.WRITE_UP) else None
    state = AnswerEvidence.read(measured).state
    if state is None:
        return NO_FILE if _lacks(report, ids.NOTEBOOK) else None
    return state if state in KINDS else None


def _lacks(report: Report, id: str) -> bool:
    """Return True if the hand-in could be opened, and does not have this file."""
    archive, file = report.measurement(ids.ARCHIVE), report.measurement(id)
    layout = report.measurement(ids.LAYOUT)
    return (
        archive is not None
        and archive.passed
        and file is not None
        and file.status is Status.SKIPPED
        and (layout is None or layout.status is not Status.SKIPPED)
    )
