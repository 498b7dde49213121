"""How a lab's points stand in a table: one short text, the same on a page and in a terminal."""

from collections.abc import Iterable, Iterator

from grader.course.totals import LabScore, State, StudentTotal, Totals
from grader.text import points

PENDING, ESTIMATE = "+", "~"
UNKNOWN, NOTHING = "?", "-"


def lab_cell(score: LabScore) -> str:
    """Return the points with their marks, or a word; in brackets if the lab does not count."""
    if score.state is State.UNKNOWN:
        return UNKNOWN
    if score.state is State.UNGRADED:
        return NOTHING
    if score.state is not State.GRADED or score.points is None:
        return score.state.value if score.counts or score.state is State.EXCUSED else "(absent)"
    marks = (PENDING if score.pending else "") + (ESTIMATE if score.is_estimate else "")
    text = f"{points(score.points)}{marks}"
    return text if score.counts else f"({text})"


def total_cell(student: StudentTotal) -> str:
    """Return the total of the term, marked if points are pending or estimates."""
    if student.total is None:
        return UNKNOWN if any(each.state is State.UNKNOWN for each in student.labs) else NOTHING
    pending = any(each.pending for each in student.labs)
    estimate = any(each.is_estimate for each in student.labs)
    marks = (PENDING if pending else "") + (ESTIMATE if estimate else "")
    return f"{points(student.total)}{marks}"


def legend(totals: Totals) -> Iterator[str]:
    """Yield a sentence for each mark and word that occurs in the table."""
    scores = [each for student in totals.students for each in student.labs]
    if any(each.pending for each in scores):
        yield f"{PENDING} A person must still give some points."
    if any(each.is_estimate for each in scores):
        yield f"{ESTIMATE} Measured on a sample: not the grade."
    if any(each.state is State.UNKNOWN for each in scores):
        yield f"{UNKNOWN} There is no total: a person looks at this hand-in."
    if any(each.state is State.EXCUSED for each in scores):
        yield "excused: no hand-in, and the lab does not count."
    if any(lab_cell(each).startswith("(") for each in scores):
        yield "(…) Not counted: the student has better labs."


def rule(totals: Totals) -> str:
    """Return how the total is made, in one sentence."""
    course = totals.course
    weights = "; ".join(f"{each.id}: {each.weight:g}" for each in course.labs)
    number, points = len(course.labs), course.totals.points
    if course.totals.best is None:
        return f"Total of {points:g} points from all labs. Weights: {weights}."
    best = course.totals.best
    return f"Total of {points:g} points from the best {best} of {number} labs. Weights: {weights}."


def behind(totals: Totals) -> str:
    """Return the labs without results, as a sentence; empty if there are none."""
    missing = [each.id for each in totals.course.labs if each not in totals.graded]
    return f"Not graded yet, and not counted: {', '.join(missing)}." if missing else ""


def notes_of(students: Iterable[StudentTotal]) -> Iterator[tuple[StudentTotal, str]]:
    """Yield what a person should know about a student's labs, one text each."""
    for student in students:
        for score in student.labs:
            for text in filter(None, (score.note, score.late)):
                yield student, f"{score.lab}: {text}"
