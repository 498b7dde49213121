"""The first thing that a student wants to know of a hand-in: if it is accepted, and what to fix."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from grader import text
from grader.evidence import ids
from grader.evidence.intake import LayoutEvidence
from grader.report.class_row import GATES, formula_item, status_of
from grader.report.listed_checks import listed_checks, not_looked_at
from grader.types import Grade, Measurement, Report, Status

NAMES_SHOWN, NUMBERS_SHOWN = 6, 12

# The points of a hand-in: all are decided, some are, none is. With a sample they are about right.
ALL = "{earned} of {possible} points"
AND_ONE = "{earned} of {possible} points, 1 point is marked by a person"
AND_SEVERAL = "{earned} of {possible} points, {pending} points are marked by a person"
ABOUT = "about {earned} of {possible} points"
ABOUT_AND_ONE = "about {earned} of {possible} points, 1 point is marked by a person"
ABOUT_AND_SEVERAL = "about {earned} of {possible} points, {pending} points are marked by a person"
NO_POINTS = "The formula gives 0 of {possible} points."
TOTAL = "Total"
QUESTIONS = "Questions {numbers}"
ONE_PENDING = "At least (1 point pending)"
SEVERAL_PENDING = "At least ({count:g} points pending)"
ONE_TO_MARK = "the point is marked by a person"
ALL_TO_MARK = "all {pending} points are marked by a person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """Something about a hand-in that its student can change.

    `name` names the check in words, `id` is its id; it is empty for several checks that say the
    same, and for a part of the lab. `remedy` says what to do, None if there is nothing to say.
    `expected` and `actual` are set if the reason is a comparison.
    """

    id: str
    name: str
    reason: str
    remedy: str | None = None
    expected: str | None = None
    actual: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a student is told first.

    `to_fix` is why the hand-in is not accepted. `to_look_at` does not stop it: it costs points, or
    a person looks at it; what has a remedy comes first. `ours` are the errors of the grader.
    `not_looked_at` are sentences about checks that could not be made, each about all that have the
    same cause. `more_points` say what gives an accepted hand-in the next point.
    """

    status: Status
    needs_review: bool
    to_fix: tuple[Advice, ...]
    to_look_at: tuple[Advice, ...]
    ours: tuple[Advice, ...]
    not_looked_at: tuple[str, ...]
    more_points: tuple[str, ...] = ()


def verdict_of(
    report: Report, names: Mapping[str, str], more_points: Sequence[str] = ()
) -> Verdict:
    """Return the verdict on one hand-in.

    `names` are the names of its checks in words, by id. `more_points` are sentences that say what
    gives the next point by the formula, the most useful last.
    """
    listed = listed_checks(report)
    stopping = [each for each in listed if each.status is Status.FAILED and _stops(each, report)]
    ours = [each for each in listed if each.status is Status.ERROR]
    told = (*stopping, *ours)
    others = [each for each in listed if each not in told and _can_be_changed(each)]
    others.sort(key=lambda each: (each.status is not Status.FAILED, not each.help))
    to_fix = tuple(each for stop in stopping for each in _advice_on(stop, names))
    without_points = tuple(_without_points(report, more_points))
    is_accepted = status_of(report) is Status.PASSED
    return Verdict(
        status=status_of(report),
        needs_review=report.grade.needs_review,
        to_fix=to_fix or tuple(_failed_parts(report)),
        to_look_at=(*without_points, *_grouped(others, names)),
        ours=tuple(each for error in ours for each in _advice_on(error, names)),
        not_looked_at=not_looked_at(report, names),
        more_points=tuple(more_points) if is_accepted and not without_points else (),
    )


def points_so_far(grade: Grade) -> str:
    """Return the points that are decided, of how many, and those that a person marks."""
    decided = tuple(_decided(grade))
    fields = {
        "earned": text.points(sum(earned for earned, _ in decided) - _penalty(grade)),
        "possible": text.whole(sum(possible for _, possible in decided)),
        "pending": text.whole(grade.pending),
    }
    if not grade.pending:
        return (ABOUT if grade.estimate else ALL).format(**fields)
    if not decided:
        return text.counted(grade.pending, ONE_TO_MARK, ALL_TO_MARK, **fields)
    if grade.estimate:
        return text.counted(grade.pending, ABOUT_AND_ONE, ABOUT_AND_SEVERAL, **fields)
    return text.counted(grade.pending, AND_ONE, AND_SEVERAL, **fields)


def total_words(grade: Grade) -> str:
    """Return the words beside the total: with points pending it is the least."""
    if not grade.pending:
        return TOTAL
    return text.counted(grade.pending, ONE_PENDING, SEVERAL_PENDING)


def _decided(grade: Grade) -> Iterator[tuple[float, float]]:
    """Yield the points of each part that is decided, earned and possible."""
    for item in grade.items:
        if item.by is None and item.questions:
            settled = (each for each in item.questions if each.earned is not None)
            yield from ((each.earned or 0.0, each.possible) for each in settled)
        elif item.earned is not None:
            yield item.earned, item.possible


def _penalty(grade: Grade) -> float:
    return (grade.lateness.penalty if grade.lateness else None) or 0.0


def _stops(measurement: Measurement, report: Report) -> bool:
    """True if the hand-in is not accepted because of this check."""
    formula = (item for item in report.grade.items if item.kind == "formula")
    no_points = any(
        item.status is Status.FAILED and item.reason == measurement.reason for item in formula
    )
    return measurement.id in GATES or no_points


def _failed_parts(report: Report) -> Iterator[Advice]:
    """Yield the parts of the lab that failed, for a report in which no check says why."""
    for item in report.grade.items:
        if item.status is Status.FAILED and item.kind != "on-time":
            yield Advice(id="", name=item.title, reason=item.reason or "")


def _without_points(report: Report, more_points: Sequence[str]) -> Iterator[Advice]:
    """Yield advice if the network was measured, and the formula gives it no points."""
    item = formula_item(report)
    if item is not None and item.status is Status.PASSED and not item.earned and item.possible:
        reason = NO_POINTS.format(possible=text.whole(item.possible))
        yield Advice(
            id="", name=item.title, reason=reason, remedy=next(iter(more_points[::-1]), None)
        )


def _can_be_changed(measurement: Measurement) -> bool:
    """True if the student may want to change something, although the hand-in is accepted."""
    if measurement.status is Status.SKIPPED:
        return bool(measurement.help)
    return measurement.status is Status.FAILED or measurement.review is not None


def _advice_on(measurement: Measurement, names: Mapping[str, str]) -> Iterator[Advice]:
    """Yield the advice on one check; on each file that is missing or cannot be used."""
    name = names.get(measurement.id, measurement.id)
    faults = LayoutEvidence.read(measurement).faults if measurement.id == ids.LAYOUT else None
    if faults and len(faults) > 1:
        for each in faults:
            yield Advice(id=measurement.id, name=name, reason=each.reason, remedy=each.help or None)
        return
    yield Advice(
        id=measurement.id,
        name=name,
        reason=_reason(measurement),
        remedy=measurement.help,
        expected=measurement.expected,
        actual=measurement.actual,
    )


def _reason(measurement: Measurement) -> str:
    return measurement.reason or measurement.review or ""  # a review is for the person who looks


def _grouped(measured: list[Measurement], names: Mapping[str, str]) -> Iterator[Advice]:
    """Yield the advice on these checks, once for all with the same reason and remedy."""
    groups: dict[tuple[str, str | None], list[Measurement]] = {}
    for each in measured:
        groups.setdefault((_reason(each), each.help), []).append(each)
    for (reason, remedy), group in groups.items():
        first = group[0]
        alone = len(group) == 1
        yield Advice(
            id=first.id if alone else "",
            name=_names_of_all(group, names),
            reason=reason,
            remedy=remedy,
            expected=first.expected if alone else None,
            actual=first.actual if alone else None,
        )


def _names_of_all(group: list[Measurement], names: Mapping[str, str]) -> str:
    """Return the name of a single check; of several the names, of questions only the numbers."""
    if len(group) == 1:
        return names.get(group[0].id, group[0].id)
    if all(each.id.startswith(ids.QUESTION) for each in group):
        numbers = (each.id.removeprefix(ids.QUESTION) for each in group)
        return QUESTIONS.format(numbers=text.several(numbers, NUMBERS_SHOWN))
    return text.several((names.get(each.id, each.id) for each in group), NAMES_SHOWN)
