"""The totals of a term: each student's points in the labs of a course, and one total."""

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from grader.course.best import Chosen, Weighted, best
from grader.course.course import Course, CourseLab
from grader.intake.names import same_on_some_system
from grader.lms.extensions import Extensions
from grader.lms.people import Person, people_of
from grader.lms.roster import Roster
from grader.text import inert, shown
from grader.types import Report


class State(enum.StrEnum):
    """How a student stands in one lab."""

    GRADED = "graded"
    ABSENT = "absent"  # no hand-in: 0 points
    EXCUSED = "excused"  # no hand-in, and the lab does not count
    UNGRADED = "not graded yet"  # nobody's: the lab does not count
    UNKNOWN = "unknown"  # there is no total, or there are two hand-ins


@dataclass(frozen=True, slots=True, kw_only=True)
class LabScore:
    """A student's points in the lab with the id `lab`; `points` is None if there are none.

    `pending` are the points that a person has yet to give, `is_estimate` is true for an accuracy on
    a sample, `counts` is true if the lab is one of those that the total is made of. `late` says how
    late the hand-in was, and `note` what a person should know; empty if nothing.
    """

    lab: str
    state: State
    points: float | None = None
    pending: float = 0.0
    is_estimate: bool = False
    counts: bool = False
    late: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentTotal:
    """A student's total of the term in points, None while it is unknown.

    `pending` is the most that pending points can add to it. `is_final` is false if a lab's points
    are pending, unknown or an estimate.
    """

    person: Person
    is_on_roster: bool
    labs: tuple[LabScore, ...]
    total: float | None
    pending: float
    is_final: bool

    def score(self, lab: str) -> LabScore:
        """Return the score in the lab with this id."""
        return next(each for each in self.labs if each.lab == lab)


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """The totals of a course, in the order of the roster; strangers follow, by their ids.

    `notes` are messages about people and sheets.
    """

    course: Course
    graded: tuple[CourseLab, ...]
    students: tuple[StudentTotal, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the totals are made of: the reports of each graded lab by its id, and the people."""

    reports: Mapping[str, Sequence[Report]]
    roster: Roster | None
    extensions: Extensions


def totals(course: Course, given: Given) -> Totals:
    """Return the totals of the course.

    With a roster, hand-ins are matched with its people as in `grader grade`; other hand-ins, and
    all without a roster, by the student's id. Every member of a group has the group's points.
    """
    class_ = _class(course, given)
    students = [
        replace(_student(course, given, person, reports), is_on_roster=row < class_.listed)
        for row, (person, reports) in enumerate(class_.people)
    ]
    others = sorted(students[class_.listed :], key=lambda each: each.person.id or "")
    notes = list(class_.notes)
    if given.roster is not None and others:
        named = "; ".join(str(each.person) for each in others)
        notes.append(inert(f"Not on the roster ({len(others)}): {named}."))
    names = [name for lab in course.labs for name in lab.names]
    notes += given.extensions.notes([person for person, _ in class_.people], names)
    return Totals(
        course=course,
        graded=tuple(each for each in course.labs if each.id in given.reports),
        students=(*students[: class_.listed], *others),
        notes=tuple(dict.fromkeys(notes)),
    )


@dataclass(slots=True, kw_only=True)
class _Class:
    """The people of a course with their reports by lab; the first `listed` are the roster's."""

    listed: int
    people: list[tuple[Person, dict[str, list[Report]]]]
    notes: list[str]


def _class(course: Course, given: Given) -> _Class:
    roster = given.roster.people if given.roster is not None else ()
    found = _Class(listed=len(roster), people=[(each, {}) for each in roster], notes=[])
    strangers: dict[str, int] = {}
    for lab in course.labs:
        for report in given.reports.get(lab.id, ()):
            for person in people_of(report.submission.id, report.submission.handed_in):
                row, note = _row(person, given.roster)
                if note:
                    found.notes.append(inert(f"{lab.id}: {note}."))
                if row is None:
                    name = person.id or person.name or report.submission.id
                    row = strangers.setdefault(same_on_some_system(name), len(found.people))
                if row == len(found.people):
                    found.people.append((person, {}))
                found.people[row][1].setdefault(lab.id, []).append(report)
    return found


def _row(person: Person, roster: Roster | None) -> tuple[int | None, str]:
    if roster is None:
        return None, ""
    match = roster.index.find(person)
    return match.row, match.why or match.note.rstrip(".")


def _student(
    course: Course, given: Given, person: Person, reports: Mapping[str, Sequence[Report]]
) -> StudentTotal:
    row = given.extensions.index.find(person).row
    scores = []
    for lab in course.labs:
        extension = given.extensions.extension(row, lab.names)
        is_excused = extension is not None and extension.excused
        is_graded = lab.id in given.reports
        scores.append(_score(lab, reports.get(lab.id, ()), is_graded, is_excused))
    counting = [
        (lab, score)
        for lab, score in zip(course.labs, scores, strict=True)
        if score.state in {State.GRADED, State.ABSENT, State.UNKNOWN}
    ]
    unknown = any(score.state is State.UNKNOWN for _, score in counting)
    chosen = _chosen(course, counting, with_pending=False)
    most = _chosen(course, counting, with_pending=True)
    total = None if unknown else chosen.mean
    highest = None if unknown else most.mean
    counted = set() if unknown else {counting[at][0].id for at in chosen.places}
    return StudentTotal(
        person=person,
        is_on_roster=False,
        labs=tuple(replace(each, counts=each.lab in counted) for each in scores),
        total=None if total is None else total * course.totals.points,
        pending=0.0
        if total is None or highest is None
        else (highest - total) * course.totals.points,
        is_final=not unknown and not any(each.pending or each.is_estimate for each in scores),
    )


def _score(
    lab: CourseLab, reports: Sequence[Report], is_graded: bool, is_excused: bool
) -> LabScore:
    if not is_graded:
        return LabScore(lab=lab.id, state=State.UNGRADED)
    if not reports:
        state = State.EXCUSED if is_excused else State.ABSENT
        return LabScore(lab=lab.id, state=state, points=None if is_excused else 0.0)
    if len(reports) > 1:
        ids = ", ".join(shown(each.submission.id) for each in reports)
        note = f"{len(reports)} hand-ins are this student's: {ids}"
        return LabScore(lab=lab.id, state=State.UNKNOWN, note=note)
    grade = reports[0].grade
    late = grade.lateness
    return LabScore(
        lab=lab.id,
        state=State.UNKNOWN if grade.total is None else State.GRADED,
        points=grade.total,
        pending=grade.pending,
        is_estimate=grade.estimate,
        late=late.text if late is not None and late.text != "on time" else "",
        note="the total is unknown" if grade.total is None else "",
    )


def _chosen(
    course: Course, counting: Sequence[tuple[CourseLab, LabScore]], with_pending: bool
) -> Chosen:
    scores = [
        Weighted(
            fraction=((score.points or 0.0) + (score.pending if with_pending else 0.0))
            / lab.points,
            weight=lab.weight,
        )
        for lab, score in counting
    ]
    return best(scores, course.totals.best)
