"""The differences between two gradings of a class."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader import text
from grader.report.class_row import ClassRow, class_row, formula_heading
from grader.types import Grade, GradedQuestion, GradeItem, Report

ABSENT = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One value that changed, as reports print it."""

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """All changes of one student; `by` is that of the total, None if a total is unknown."""

    student: str
    by: float | None
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two gradings: students in one only, those that differ, largest change first, the rest."""

    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    different: tuple[Difference, ...]
    same: int

    @property
    def equal(self) -> bool:
        """True if nothing differs."""
        return not (self.only_before or self.only_after or self.different)


def compare(before: Sequence[Report], after: Sequence[Report]) -> Comparison:
    """Compare the printed values of each student; timings, dates and paths are left out."""
    old = {each.submission.id: each for each in before}
    new = {each.submission.id: each for each in after}
    both = [student for student in old if student in new]
    pairs = [_difference(old[student], new[student]) for student in both]
    different = [each for each in pairs if each.changes]
    return Comparison(
        only_before=tuple(sorted(old.keys() - new.keys())),
        only_after=tuple(sorted(new.keys() - old.keys())),
        different=tuple(sorted(different, key=lambda each: (-abs(each.by or 0.0), each.student))),
        same=len(both) - len(different),
    )


def _difference(before: Report, after: Report) -> Difference:
    old, new = before.grade.total, after.grade.total
    return Difference(
        student=before.submission.id,
        by=None if old is None or new is None else new - old,
        changes=tuple(
            Change(what=what, before=was, after=is_)
            for what, was, is_ in _values(class_row(before), class_row(after))
            if was != is_
        ),
    )


def _values(before: ClassRow, after: ClassRow) -> Iterator[tuple[str, str, str]]:
    old, new = before.report.grade, after.report.grade
    yield "points", _points(old.total), _points(new.total)
    yield "pending", text.whole(old.pending), text.whole(new.pending)
    yield "status", before.word, after.word
    yield "lateness", _lateness(old), _lateness(new)
    yield (
        formula_heading([after]).lower(),
        _points(before.formula_points),
        _points(after.formula_points),
    )
    yield from _items(before.report, after.report)
    yield from _questions(before.report, after.report)
    yield from _comments(before.report, after.report)
    yield "MFLOPs", _mflops(before), _mflops(after)
    yield "accuracy", _accuracy(before), _accuracy(after)
    yield (
        "hand-in",
        before.report.submission.sha256[:12],
        after.report.submission.sha256[:12],
    )
    yield from _statuses(before.report, after.report)


def _items(before: Report, after: Report) -> Iterator[tuple[str, str, str]]:
    """Yield the points of the items that have neither a formula nor questions."""
    old, new = _single(before), _single(after)
    for id in dict.fromkeys([*old, *new]):
        yield f"item {id}", _points(old.get(id)), _points(new.get(id))


def _single(report: Report) -> dict[str, float | None]:
    kinds = ("formula", "questions")
    return {item.id: item.earned for item in report.grade.items if item.kind not in kinds}


def _questions(before: Report, after: Report) -> Iterator[tuple[str, str, str]]:
    old, new = _graded(before), _graded(after)
    for id in dict.fromkeys([*old, *new]):
        yield f"question {id}", _points(old.get(id)), _points(new.get(id))


def _graded(report: Report) -> dict[str, float | None]:
    return {each.id: each.earned for item in report.grade.items for each in item.questions}


def _statuses(before: Report, after: Report) -> Iterator[tuple[str, str, str]]:
    old = {each.id: each.status.value for each in before.measurements}
    new = {each.id: each.status.value for each in after.measurements}
    for id in dict.fromkeys([*old, *new]):
        yield id, old.get(id, ABSENT), new.get(id, ABSENT)


def _comments(before: Report, after: Report) -> Iterator[tuple[str, str, str]]:
    old, new = _commented(before), _commented(after)
    for id in dict.fromkeys([*old, *new]):
        yield f"comment on {id}", old.get(id, ABSENT), new.get(id, ABSENT)


def _commented(report: Report) -> dict[str, str]:
    """Return the comments of people by part, each on one line."""
    parts: list[GradeItem | GradedQuestion] = []
    for item in report.grade.items:
        parts += [item, *item.questions]
    return {
        each.id: text.inert(each.reason) for each in parts if each.by == "person" and each.reason
    }


def _lateness(grade: Grade) -> str:
    late = grade.lateness
    if late is None:
        return ABSENT
    return f"{late.punctuality}, -{_points(late.penalty)}" if late.penalty else late.punctuality


def _points(points: float | None) -> str:
    return ABSENT if points is None else text.points(points)


def _mflops(line: ClassRow) -> str:
    return ABSENT if line.mflops is None else text.mflops(line.mflops)


def _accuracy(line: ClassRow) -> str:
    return ABSENT if line.accuracy is None else text.percent(line.accuracy.value)
