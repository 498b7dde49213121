"""The totals of a term as a CSV sheet and as JSON."""

import csv
import io
import json
from collections.abc import Iterator

from grader import text
from grader.course.totals import LabScore, State, Totals
from grader.types import Json

SCHEMA_VERSION = 1


def render_csv(totals: Totals) -> str:
    """Return the sheet, one line for each student; lines end with CRLF (RFC 4180).

    Points have four digits; what is unknown is an empty cell. It begins with a byte order mark:
    without one Excel does not show Chinese names.
    """
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    labs = [text.cell(each.id) for each in totals.course.labs]
    of_labs = (name for lab in labs for name in (lab, f"{lab} state"))
    writer.writerow(("student", "name", *of_labs, "total", "pending", "final", "not counted"))
    for each in totals.students:
        who = (each.person.id or each.person.email or "", each.person.name or "")
        left_out = [
            score.lab for score in each.labs if score.points is not None and not score.counts
        ]
        writer.writerow(
            (
                *map(text.cell, who),
                *(cell for score in each.labs for cell in _cells(score)),
                "" if each.total is None else f"{each.total:.4f}",
                "" if each.total is None else f"{each.pending:.4f}",
                "yes" if each.is_final else "no",
                " ".join(left_out),
            )
        )
    return "\ufeff" + written.getvalue()


def _cells(score: LabScore) -> Iterator[str]:
    yield "" if score.points is None else f"{score.points:.4f}"
    yield state_of(score)


def state_of(score: LabScore) -> str:
    """Return the state of a lab in one word or two: `pending` and `estimate` are graded, too."""
    if score.state is State.GRADED and score.is_estimate:
        return "estimate"
    return "pending" if score.state is State.GRADED and score.pending else score.state.value


def render_json(totals: Totals) -> str:
    """Return the totals as indented JSON; docs/course.md has its keys."""
    course = totals.course
    document: dict[str, Json] = {
        "schema_version": SCHEMA_VERSION,
        "title": course.title,
        "points": course.totals.points,
        "best": course.totals.best,
        "labs": [
            {
                "id": each.id,
                "title": each.spec.title,
                "points": each.points,
                "weight": each.weight,
                "graded": each in totals.graded,
            }
            for each in course.labs
        ],
        "students": [
            {
                "student": each.person.id,
                "name": each.person.name,
                "email": each.person.email,
                "on_roster": each.is_on_roster,
                "total": each.total,
                "pending": each.pending,
                "final": each.is_final,
                "labs": {score.lab: _object(score) for score in each.labs},
            }
            for each in totals.students
        ],
        "notes": list(totals.notes),
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _object(score: LabScore) -> Json:
    return {
        "state": state_of(score),
        "points": score.points,
        "pending": score.pending,
        "counts": score.counts,
        "late": score.late,
        "note": score.note,
    }
