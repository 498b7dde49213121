"""Gradescope's results.json: the score and the output that a student sees.

The keys are those of “Autograder Specifications, Output Format”. Pending points are left to
Gradescope's own manual questions. After an error of the grader there is no score, so that
Gradescope marks the run as failed and does not record a zero.
"""

import json
from collections.abc import Iterator

from grader import text
from grader.report.check_names import names_of
from grader.report.class_row import class_row
from grader.report.listed_checks import listed_checks, not_looked_at
from grader.report.verdict import total_words
from grader.text import markdown
from grader.types import GradedQuestion, GradeItem, Json, Measurement, Report, Status

ONE_TO_MARK = "1 point will be marked by a person."
SEVERAL_TO_MARK = "{count:g} points will be marked by a person."
ORDERS = {"MFLOPs": "asc", "Accuracy": "desc", "Latency": "asc"}  # asc: lower is better


def render(report: Report) -> str:
    """Return the JSON of one hand-in: accuracy in percent, latency in ms on one thread."""
    grade = report.grade
    names = names_of(report)
    settled = grade.total is not None and not grade.estimate and not _broken(report)
    document: dict[str, Json] = {
        "output": _output(report),
        "output_format": "md",
        "visibility": "visible",
        "stdout_visibility": "hidden",  # it can contain paths of the machine
        # Without a score, Gradescope would add up the scores of the tests.
        "tests": [
            *(_points(report) if settled else ()),
            *(_check(each, names[each.id]) for each in listed_checks(report)),
        ],
        "leaderboard": list(_leaderboard(report)),
        "extra_data": {"sha256": report.submission.sha256, "lab": report.provenance.lab},
    }
    if settled:
        assert grade.total is not None
        document["score"] = round(grade.total, 4)
    return json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def _broken(report: Report) -> bool:
    """True if an item has no points because of an error of the grader."""
    return any(item.status is Status.ERROR for item in report.grade.items)


def _output(report: Report) -> str:
    grade = report.grade
    lines = []
    if grade.total is None or _broken(report):
        lines.append("**The grader failed on some points.** This is not a zero: ask a TA.")
    if grade.pending and grade.total is not None:
        lines.append(f"**{total_words(grade)}: {text.so_far(grade.total, grade.pending)}**")
    if grade.pending:
        lines.append(text.counted(grade.pending, ONE_TO_MARK, SEVERAL_TO_MARK))
    lines += map(markdown, not_looked_at(report, names_of(report)))
    if grade.estimate:
        lines.append("The accuracy was measured on a sample: this is not the grade.")
    if grade.lateness is not None:
        lines.append(f"Handed in: {markdown(grade.lateness.text)}")
    return "\n\n".join(lines) or "All checks were run."


def _points(report: Report) -> Iterator[Json]:
    for item in report.grade.items:
        if item.questions:
            yield from (_scored(each) for each in item.questions if each.earned is not None)
        elif item.earned is not None:
            yield _scored(item)


def _scored(part: GradeItem | GradedQuestion) -> Json:
    assert part.earned is not None
    terms = part.terms if isinstance(part, GradeItem) else ()
    worked = [f"{each.name}: {each.text} = {each.value:.6f}" for each in terms]
    said = [part.reason] if part.reason else worked
    return {
        "name": part.title,
        "score": round(part.earned, 4),
        "max_score": part.possible,
        "status": "failed" if part.status is Status.FAILED else "passed",
        "output": "\n\n".join(map(markdown, said)),
        "output_format": "md",
        "name_format": "text",
        "visibility": "visible",
    }


def _check(measurement: Measurement, name: str) -> Json:
    """Return a test without points for one check; a failed one shows why points were lost."""
    said = [measurement.reason, measurement.help]
    for label, what in (("Expected", measurement.expected), ("Found", measurement.actual)):
        said += [f"{label}: {what}"] if what else []
    test: dict[str, Json] = {
        "name": f"{name} ({measurement.id})",
        "output": "\n\n".join(markdown(each) for each in said if each),
        "output_format": "md",
        "name_format": "text",
        "visibility": "visible",
    }
    if measurement.status in (Status.PASSED, Status.FAILED):
        test["status"] = measurement.status.value
    else:
        test["name"] = f"{name} ({measurement.id}, {measurement.status.value})"
    return test


def _leaderboard(report: Report) -> Iterator[Json]:
    line = class_row(report)
    accuracy = None if line.accuracy is None else round(100 * line.accuracy.value, 4)
    timing = line.comparable_latency
    latency = None if timing is None else round(timing.p50, 3)
    values = {"MFLOPs": line.mflops, "Accuracy": accuracy, "Latency": latency}
    for name, value in values.items():
        if value is not None:
            yield {"name": name, "value": value, "order": ORDERS[name]}
