"""A class of invented write-ups, scored by the shipped lab."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from grader.evidence.write_up import (
    CellEvidence,
    DeclaredEvidence,
    ParagraphEvidence,
    PassageEvidence,
    RequiredAnswerEvidence,
    TableEvidence,
    TypoEvidence,
    WriteUpEvidence,
)
from grader.labs.deadline import Deadline
from grader.labs.kinds import as_write_up_lab, load_lab
from grader.scoring.grade import NO_MARKS, grade
from grader.types import Arrival, Mark, Measurement, Report, Status
from tests.report.examples import passed

LAB = as_write_up_lab(load_lab("on-device-2022"))
DUE = LAB.model_copy(
    update={"deadline": Deadline.model_validate({"due": "2024-04-04T23:55", "zone": "UTC"})}
)
BOX = (0.1, 0.2, 0.3, 0.4)
DEVICE = "We used a Raspberry Pi 4 with 8 GB of memory."


def pdf(without_text: tuple[int, ...] = (), paragraphs: tuple[str, ...] = ()) -> Measurement:
    """A PDF of four pages with a typo."""
    return Measurement(
        id="write-up",
        status=Status.PASSED,
        value=4.0,
        unit="pages",
        evidence=WriteUpEvidence(
            producer="a program",
            pages_in_file=4,
            pages_read=4,
            without_text=without_text,
            with_pictures=(3,),
            shapes=((612.0, 792.0),) * 4,
            typos=(TypoEvidence(word="teh", correct="the", page=2),),
            paragraphs=tuple(ParagraphEvidence(page=1, text=each) for each in paragraphs),
            page="ab" * 32,
            declared=DeclaredEvidence(changes=("crop = 28",), quotes=("We did not crop.",)),
        ).json(),
    )


LAYOUT = Measurement(id="intake.layout", status=Status.PASSED)
UNREADABLE = Measurement(
    id="write-up", status=Status.SKIPPED, reason="No text on page 1: a person looks.", help="Export"
)


def answer(id: str, quote: str = DEVICE, page: int = 2) -> Measurement:
    """An answer that was found."""
    passage = PassageEvidence(page=page, quote=quote, boxes=(BOX,))
    return Measurement(
        id=f"answer.{id}",
        status=Status.PASSED,
        value=1.0,
        unit="places",
        evidence=RequiredAnswerEvidence(state="found", passages=(passage,)).json(),
    )


def no_answer(id: str, state: str = "not found") -> Measurement:
    """An answer that was not found."""
    return Measurement(
        id=f"answer.{id}",
        status=Status.SKIPPED,
        reason="Not found; it may be in a picture on page 3.",
        help="Write it as text.",
        evidence=RequiredAnswerEvidence(state=state, passages=()).json(),
    )


def cell(row: str, column: str, text: str, fit: str = "fits", **more: Any) -> CellEvidence:
    """A cell on page 3."""
    found = CellEvidence(row=row, column=column, page=3, box=BOX, text=text, fit=fit)
    return replace(found, **more)


WRONG = cell(
    "dynamic-float16",
    "size",
    "1.515",
    "contradicts",
    expected="5.886 MB (float32 kept)",
    cause="it is the size of an int8 network",
)
ODD = cell("static-qint8", "accuracy", "80 %", "differs", expected="97 % to 98 %", cause="outside")


def table(*cells: CellEvidence, id: str = "quantization") -> Measurement:
    """A table with these cells; it failed if one of them contradicts a fact."""
    wrong = [each for each in cells if each.fit == "contradicts"]
    odd = [each for each in cells if each.fit == "differs"]
    return Measurement(
        id=f"table.{id}",
        status=Status.FAILED if wrong else Status.PASSED,
        value=None if wrong else 4.0,
        unit="" if wrong else "rows",
        reason=f"{wrong[0].text} contradicts an exact fact." if wrong else None,
        help="Usual cause: an int8 network." if wrong else None,
        review="Look at a cell." if odd and not wrong else None,
        evidence=TableEvidence(
            state="found",
            title="Table 1",
            pages=(3,),
            rows=("float32", "dynamic-float16", "dynamic-qint8", "static-qint8"),
            missing_rows=(),
            missing_columns=("parameters",),
            cells=cells,
            laws=("Size (MB): 3 of 4 fit",),
            doubts=(),
        ).json(),
    )


def no_table(id: str = "pruning.with-rewinding", optional: bool = True) -> Measurement:
    """A table that was not found."""
    return Measurement(
        id=f"table.{id}",
        status=Status.SKIPPED,
        reason="Not found.",
        evidence=TableEvidence(
            state="not found",
            title=None,
            optional=optional or None,
        ).json(),
    )


def write_up(
    student: str,
    *measurements: Measurement,
    points: Mapping[str, float] | None = None,
    at: str | None = None,
) -> Report:
    """The report of a write-up; `points` were given by a person, `at` is the time of arrival."""
    marks = {
        part: Mark(
            person=f"id:{student}",
            student=student,
            part=part,
            points=given,
            comment=f"Seen: {part}.",
            author="alice",
            at="",
            version=1,
        )
        for part, given in (points or {}).items()
    }
    report = passed(student, 44.0, 9300, 0.4)
    arrival = None if at is None else Arrival(submitted_at=at)
    measured = measurements or (pdf(), answer("device"), table())
    return replace(
        report,
        submission=replace(report.submission, layout="write-up", files=(), handed_in=arrival),
        measurements=measured,
        grade=grade(DUE, measured, marks or NO_MARKS, arrival),
        provenance=replace(report.provenance, lab=DUE.name, lab_sha256=DUE.sha256, packages={}),
    )


def example_class() -> tuple[Report, ...]:
    """One write-up of each kind: complete, wrong, doubtful and late, incomplete, unreadable."""
    on_time, late = "2024-04-04T10:00:00+00:00", "2024-04-05T10:00:00+00:00"
    return (
        write_up("B1", points={"basic": 5, "report": 2, "discussion": 1}, at=on_time),
        write_up("B2", pdf(), answer("device"), table(WRONG), points={"basic": 4}, at=on_time),
        write_up("B3", pdf(), answer("device"), table(ODD), points={"basic": 4.5}, at=late),
        write_up("B4", pdf(), no_answer("device", "only the question"), no_table(), at=late),
        write_up("B5", LAYOUT, UNREADABLE, *(replace(no_answer("device"), evidence={}),)),
    )
