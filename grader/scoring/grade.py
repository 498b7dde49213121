"""LabSpec + measurements + marks -> Grade. Pure: no file, clock, database or torch."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from grader import text
from grader.evidence import ids
from grader.evidence.accuracy import TallyEvidence
from grader.evidence.intake import LayoutEvidence
from grader.evidence.question import PropertiesEvidence
from grader.labs.item import Item
from grader.labs.network_lab import NetworkLab
from grader.labs.question import Question
from grader.labs.spec import LabSpec
from grader.scoring import lateness
from grader.scoring.formula import formula_terms
from grader.scoring.missing_notebook import has_no_notebook
from grader.types import (
    Arrival,
    By,
    Grade,
    GradedQuestion,
    GradeItem,
    Mark,
    Measurement,
    Role,
    Status,
    Term,
)

# The checks whose accuracy counts, in order of preference: the .pte replaces a runner that cannot
# be run.
JUDGES: Mapping[str, tuple[str, ...]] = {
    "pytorch": (ids.ACCURACY,),
    "runner": (ids.RUNNER, ids.PROGRAM),
}
# The files that each judge needs.
_FILES: Mapping[str, frozenset[str]] = {
    "pytorch": frozenset({Role.CHECKPOINT}),
    "runner": frozenset({Role.CHECKPOINT, Role.PROGRAM}),
}
_NEEDED = (ids.CHOICE, ids.WORKER, ids.ARCHIVE, ids.LAYOUT, ids.LINEAGE, ids.MFLOPS)
ONE_PENDING = "1 of {points} points is pending."
SEVERAL_PENDING = "{pending} of {points} points are pending."
BY_HAND = "Marked by a person."
NOT_READ = "The notebook was not read."
NO_NOTEBOOK = "No notebook was handed in."
NO_DUE_DATE = "The lab has no due date: a person gives these points."
NO_TIME = "The submission time is unknown: a person gives these points."
NO_MARKS: Mapping[str, Mark] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """The facts of one hand-in: its measurements by id, `judged`, the accuracy that counts.

    `given` are the marks with points, by part.
    """

    by_id: Mapping[str, Measurement]
    judged: Measurement | None
    given: Mapping[str, Mark]
    handed_in: Arrival | None
    has_no_notebook: bool


def grade(
    lab: LabSpec,
    measurements: Sequence[Measurement],
    marks: Mapping[str, Mark] = NO_MARKS,
    handed_in: Arrival | None = None,
) -> Grade:
    """The grade for these measurements in `lab`; a mark replaces the points of its part.

    `marks` are one student's, by part; a mark without points was taken back and is ignored.
    `handed_in` gives the time of the hand-in, for the lateness penalty, and says if it is not
    certain whose it is.
    """
    by_id = {measurement.id: measurement for measurement in measurements}
    given = {part: mark for part, mark in marks.items() if mark.points is not None}
    judged = _judged(lab, by_id) if isinstance(lab, NetworkLab) else None
    found = _Found(
        by_id=by_id,
        judged=judged,
        given=given,
        handed_in=handed_in,
        has_no_notebook=has_no_notebook(by_id),
    )
    items = tuple(_item(item, lab, found) for item in lab.items)
    formula = [item for item in items if item.kind == "formula"]
    unknown = ids.CHOICE in by_id or any(item.earned is None for item in formula)
    review = (
        *_review(items, measurements, given),
        *_unchecked(by_id, judged),
        *_without_text(by_id),
    )
    if handed_in is not None and handed_in.review:
        review = (f"student: {handed_in.review}", *review)
    if handed_in is not None and handed_in.extension and handed_in.extension.unread:
        review = (*review, f"deadline: {handed_in.extension.unread}")
    unpenalised = Grade(
        items=items,
        total=None if unknown else sum(item.earned or 0.0 for item in items),
        pending=sum(_pending(item) for item in items),
        needs_review=bool(review),
        review=review,
        estimate=TallyEvidence.read(judged).sample is True,
    )
    late = lateness.assess(lab.deadline, handed_in, costs_points=_costs_points(lab))
    return lateness.penalised(unpenalised, late, lab.deadline)


def _costs_points(lab: LabSpec) -> bool:
    """True if a late hand-in gets none of the points of an item."""
    return any(item.kind == "on-time" for item in lab.items)


def _review(
    items: Sequence[GradeItem], measurements: Sequence[Measurement], given: Mapping[str, Mark]
) -> tuple[str, ...]:
    """The reasons why a person should look at the hand-in, without questions already marked."""
    settled = {ids.question_id(part) for part in given}
    open_ = [each for each in measurements if each.id not in settled]
    formula = [item for item in items if item.kind == "formula"]
    review = [f"{each.id}: {each.review}" for each in open_ if each.review]
    review += [f"{each.id}: {each.reason}" for each in open_ if each.status is Status.ERROR]
    said = {each.review for each in open_}
    review += [
        f"{item.id}: {item.reason}"
        for item in formula
        if item.earned is None and item.status is Status.SKIPPED and item.reason not in said
    ]
    if all(item.status is not Status.FAILED for item in formula):
        # A check that failed and cost no points: a person decides.
        costly = {ids.question_id(each.id) for item in items for each in item.questions}
        failed = [each for each in open_ if each.status is Status.FAILED and each.id not in costly]
        review += [f"{each.id}: {each.reason}" for each in failed]
    return tuple(review)


def _unchecked(by_id: Mapping[str, Measurement], judged: Measurement | None) -> tuple[str, ...]:
    """A reason to look if a runner's number counts, but its `.pte` could not be run beside it.

    A `.pte` that failed is among the reasons already.
    """
    program = by_id.get(ids.PROGRAM)
    counts = judged is not None and judged.id == ids.RUNNER and judged.passed
    if not counts or program is None or program.status is not Status.SKIPPED:
        return ()
    return (f"{ids.RUNNER}: its number counts, but the .pte was not run here: {program.reason}",)


def _without_text(by_id: Mapping[str, Measurement]) -> tuple[str, ...]:
    """A reason to look if a write-up was handed in, but has no text that could be read."""
    layout, read = by_id.get(ids.LAYOUT), by_id.get(ids.WRITE_UP)
    handed_in = layout is not None and layout.passed
    if not handed_in or read is None or read.status is not Status.SKIPPED:
        return ()
    return (f"{ids.WRITE_UP}: {read.reason}",)


def _pending(item: GradeItem) -> float:
    """The points of `item` that a person must still give; the formula's are never among them."""
    if item.by is not None or item.kind == "formula":
        return 0.0
    if not item.questions:
        return item.possible if item.earned is None else 0.0
    return sum(each.possible for each in item.questions if each.earned is None)


def _item(item: Item, lab: LabSpec, found: _Found) -> GradeItem:
    questions = tuple(_question(each, found) for each in lab.questions_of(item.id))
    if mark := found.given.get(item.id):
        result = _result(item, mark.points, Status.PASSED, mark.comment or None)
        return replace(result, by="person", questions=questions)
    if item.kind == "questions":
        return _sum(item, questions)
    if item.kind == "on-time":
        return _on_time(item, lab, found.handed_in)
    if item.kind == "formula":
        assert isinstance(lab, NetworkLab)  # other kinds have no formula
        return _formula(item, lab, found)
    return _result(item, None, Status.SKIPPED, BY_HAND)


def _question(question: Question, found: _Found) -> GradedQuestion:
    """The points of a person, else those of the check; none of a notebook that is not there."""
    measured = found.by_id.get(ids.question_id(question.id))
    mark = found.given.get(question.id)
    status, reason = (measured.status, measured.reason) if measured else (Status.SKIPPED, NOT_READ)
    earned: float | None = None
    by: By | None = None
    if mark is not None:
        earned, by, status, reason = mark.points, "person", Status.PASSED, mark.comment or None
    elif measured and question.checked and status in (Status.PASSED, Status.FAILED):
        held = PropertiesEvidence.read(measured).held
        earned = sum(points for name, points in question.properties.items() if name in held)
        by = "machine"
    elif found.has_no_notebook and status is Status.SKIPPED:
        earned, by, status, reason = 0.0, "machine", Status.FAILED, NO_NOTEBOOK
    return GradedQuestion(
        id=question.id,
        title=question.title,
        possible=question.points,
        earned=earned,
        by=by,
        status=status,
        reason=reason,
    )


def _sum(item: Item, questions: tuple[GradedQuestion, ...]) -> GradeItem:
    """The item of all `questions`: a wrong answer costs points, an unmarked one is not a zero."""
    settled = [each.earned for each in questions if each.earned is not None]
    pending = sum(each.possible for each in questions if each.earned is None)
    broken = next((each.reason for each in questions if each.status is Status.ERROR), None)
    earned = sum(settled) if settled else None
    if broken:
        result = _result(item, earned, Status.ERROR, broken)
    elif len(settled) < len(questions):
        fields = {"pending": text.whole(pending), "points": text.whole(item.points)}
        reason = text.counted(pending, ONE_PENDING, SEVERAL_PENDING, **fields)
        result = _result(item, earned, Status.SKIPPED, reason)
    else:
        result = _result(item, earned, Status.PASSED, None)
    return replace(result, questions=questions)


def _judged(lab: NetworkLab, by_id: Mapping[str, Measurement]) -> Measurement | None:
    """The accuracy that counts: the first of the lab's judges that passed.

    If none passed, the first that did not fail: a judge that could not run gives no zero.
    """
    tried = [by_id[id] for id in JUDGES[lab.accuracy.judge] if id in by_id]
    passed = [measurement for measurement in tried if measurement.passed]
    unsettled = [measurement for measurement in tried if measurement.status is not Status.FAILED]
    return next(iter(passed or unsettled or tried), None)


def _on_time(item: Item, lab: LabSpec, handed_in: Arrival | None) -> GradeItem:
    """All points or none; a person gives them if the due date or the submission time is unknown."""
    if lab.deadline.due is None:
        return _result(item, None, Status.SKIPPED, NO_DUE_DATE)
    late = lateness.assess(lab.deadline, handed_in, costs_points=True)
    if late is None or late.punctuality == "unknown":
        return _result(item, None, Status.SKIPPED, NO_TIME)
    if late.punctuality == "late":
        return _result(item, 0.0, Status.FAILED, late.text)
    return _result(item, item.points, Status.PASSED, None)


def _formula(item: Item, lab: NetworkLab, found: _Found) -> GradeItem:
    by_id, judged = found.by_id, found.judged
    needed = [by_id[id] for id in _NEEDED if id in by_id] + ([judged] if judged else [])
    # A layout that lacks another file (the notebook) costs nothing here: a person decides.
    needed = [each for each in needed if each.id != ids.LAYOUT or _lacks_files(lab, each)]
    for status, earned in ((Status.ERROR, None), (Status.FAILED, 0.0)):
        # Checks that need a failed check are skipped: the reason is the failed check's.
        cause = next((each for each in needed if each.status is status), None)
        if cause:
            return _result(item, earned, status, cause.reason)
    if not _measured(by_id, judged):
        skipped = next((each for each in needed if each.status is Status.SKIPPED), None)
        reason = skipped.reason if skipped else f"No accuracy by the lab's {lab.accuracy.judge}."
        return _result(item, None, Status.SKIPPED, reason)
    mflops = by_id[ids.MFLOPS].value
    assert mflops is not None
    assert judged is not None
    assert judged.value is not None
    terms = formula_terms(lab.score, mflops, judged.value)
    return _result(item, terms[-1].value, Status.PASSED, None, terms)


def _lacks_files(lab: NetworkLab, layout: Measurement) -> bool:
    """True if a file that the judge needs is missing or cannot be used."""
    return not _FILES[lab.accuracy.judge] <= LayoutEvidence.read(layout).roles


def _measured(by_id: Mapping[str, Measurement], judged: Measurement | None) -> bool:
    mflops = by_id.get(ids.MFLOPS)
    return all(each is not None and each.passed for each in (mflops, judged))


def _result(
    item: Item,
    earned: float | None,
    status: Status,
    reason: str | None,
    terms: tuple[Term, ...] = (),
) -> GradeItem:
    return GradeItem(
        id=item.id,
        title=item.title,
        kind=item.kind,
        earned=earned,
        possible=item.points,
        status=status,
        reason=reason,
        terms=terms,
        by="machine" if item.kind in ("formula", "on-time") and earned is not None else None,
    )
