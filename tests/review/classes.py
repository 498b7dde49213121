"""Graded classes: results folders as `grader grade` writes them."""

from dataclasses import replace
from pathlib import Path

from grader.evidence.ids import question_id
from grader.notebook.page import keep
from grader.results.folder import PAGES
from grader.results.write import write_results
from grader.scoring.grade import BY_HAND
from grader.types import Json, Measurement, Report, Status
from tests.report.examples import HOSTILE_ID, HOSTILE_REASON, LAB, passed, report

STUDENTS = ("A1234567", "B2345678", "C3456789")
TEXT = [question.id for question in LAB.questions if not question.checked]
ANSWERS = {
    "1.1": "They are bell-shaped around zero.\nMost weights are small.",
    "1.2": "Small weights can go first.",
    "4.1": "Accuracy falls slowly, then fast; beyond 90 % it is chance.",
    "4.2": "No: the depthwise layers of the first blocks suffer most.",
    "4.3": "features.1.conv.0.0",
    "approach": "Channels by Taylor expansion, then fine-tuning for 40 epochs.",
}


def text_answer(question: str, answer: str, cell: int) -> Measurement:
    """The measurement of a question that a person marks; an empty `answer` is an empty cell."""
    return Measurement(
        id=question_id(question),
        status=Status.SKIPPED,
        reason=BY_HAND,
        evidence={"state": "answered" if answer else "empty", "cell": cell, "answer": answer},
    )


def checked_answer(question: str, broken: dict[str, str], cell: int) -> Measurement:
    """The measurement of a checked question; `broken` are the reasons, by property."""
    spec = next(each for each in LAB.questions if each.id == question)
    reasons: list[Json] = [{"property": name, "why": why} for name, why in broken.items()]
    return Measurement(
        id=question_id(question),
        status=Status.FAILED if broken else Status.PASSED,
        reason=f"{len(broken)} of {len(spec.properties)} properties do not hold."
        if broken
        else None,
        evidence={
            "state": "answered",
            "cell": cell,
            "held": [name for name in spec.properties if name not in broken],
            "broken": reasons,
        },
    )


def questions(answers: dict[str, str], broken: dict[str, dict[str, str]]) -> list[Measurement]:
    """A measurement for each question of the lab."""
    return [
        checked_answer(each.id, broken.get(each.id, {}), cell)
        if each.checked
        else text_answer(each.id, answers.get(each.id, ""), cell)
        for cell, each in enumerate(LAB.questions, start=1)
    ]


def notebook(page: str | None) -> Measurement:
    """The measurement of a notebook whose page is stored under the SHA-256 `page`."""
    evidence: dict[str, Json] = {"code_cells": 9, "executed": 9, "page": page}
    return Measurement(
        id="notebook", status=Status.PASSED, value=18.0, unit="cells", evidence=evidence
    )


def page_body(student: str) -> str:
    """Ten long cells, so that the browser has to scroll."""
    cells = (
        f'<div class="cell markdown" id="cell-{number}"><p class="number">[{number}]</p>'
        f'<div class="source"><p>Cell {number} of {student}. {"Words. " * 120}</p></div></div>'
        for number in range(1, 11)
    )
    return "\n".join(cells)


def of_three(out: Path) -> tuple[Report, ...]:
    """Write the results of a class of three to `out`, with good, wrong and missing answers."""
    wrong = {
        "2": {"zeros": "asked for 3 zeros of 7, it made 4", "ends": "sparsity 1 left a weight"}
    }
    given = {
        STUDENTS[0]: questions(ANSWERS, {}),
        STUDENTS[1]: questions({**ANSWERS, "1.2": ""}, wrong),
        STUDENTS[2]: questions({"1.1": "鐘形分布，集中在零附近。"}, {}),  # noqa: RUF001 - Chinese
    }
    mflops = dict(zip(STUDENTS, (43.396277, 71.00613, 52.7703), strict=True))
    out.mkdir(parents=True, exist_ok=True)
    reports = []
    for student, asked in given.items():
        base = passed(student, mflops[student], 9240, 0.4)
        kept = keep(page_body(student), out / PAGES)
        reports.append(report(student, *base.measurements, notebook(kept), *asked))
    write_results(reports, LAB, out)
    return tuple(reports)


def hostile(out: Path) -> Report:
    """Write the results of a student whose texts all contain hostile markup."""
    asked = questions(dict.fromkeys(TEXT, HOSTILE_REASON), {"3": {"nonzeros": HOSTILE_REASON}})
    base = passed(HOSTILE_ID, 43.396277, 9240, 0.4)
    review = replace(base.measurements[0], review=HOSTILE_REASON)
    one = report(HOSTILE_ID, review, *base.measurements[1:], notebook(None), *asked)
    write_results([one], LAB, out)
    return one


def with_a_cut_answer(out: Path, left_out: int) -> Report:
    """Write the results of a student whose answer to 1.1 is cut by `left_out` characters."""
    asked = questions({**ANSWERS, "1.1": "They are bell-shaped. " * 90}, {})
    first = replace(asked[0], evidence={**asked[0].evidence, "answer_left_out": left_out})
    base = passed(STUDENTS[0], 43.396277, 9240, 0.4)
    kept = keep(page_body(STUDENTS[0]), out / PAGES)
    one = report(STUDENTS[0], *base.measurements, notebook(kept), first, *asked[1:])
    write_results([one], LAB, out)
    return one


TWELVE = tuple(f"S{number:02}" for number in range(1, 13))
ABSENT = {"S03": "empty", "S07": "not found", "S11": "as given"}  # the state of their answers


def of_twelve(out: Path) -> tuple[Report, ...]:
    """Write the results of a class of twelve; three have no answers to the questions in words."""
    out.mkdir(parents=True, exist_ok=True)
    reports = []
    for student in TWELVE:
        asked = questions({each: f"{words} By {student}." for each, words in ANSWERS.items()}, {})
        state = ABSENT.get(student)
        if state is not None:
            asked = [
                replace(each, evidence={"state": state, "cell": None, "answer": ""})
                if each.status is Status.SKIPPED
                else each
                for each in asked
            ]
        base = passed(student, 43.396277, 9240, 0.4)
        kept = keep(page_body(student), out / PAGES)
        reports.append(report(student, *base.measurements, notebook(kept), *asked))
    write_results(reports, LAB, out)
    return tuple(reports)
