"""Reads a write-up: its answers and tables become measurements, which give no points."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

from grader.evaluators.conditions import Watch, WriteUpConditions
from grader.evaluators.opened_write_up import OpenedWriteUp, measure_write_up, open_write_up
from grader.evaluators.write_up_answers import measure_answer
from grader.evaluators.write_up_tables import measure_table
from grader.evidence import ids
from grader.evidence.run_check import run_check, skipped
from grader.labs.write_up_lab import WriteUpLab
from grader.types import Event, Finding, Measurement, Role, Submission

STEP = "reading"
Check = Callable[[OpenedWriteUp], Finding]


def read_write_up(
    submission: Submission,
    intake: Sequence[Measurement],
    conditions: WriteUpConditions,
    watch: Watch,
) -> tuple[Measurement, ...]:
    """Return `intake`, and the measurements of the write-up, its answers and its tables.

    If the PDF could not be read, its answers and tables are SKIPPED. Raises `GraderError`.
    """
    watch(Event(student=submission.id, step=STEP, done=0, of=1))
    made = tuple(intake)
    file = submission.file(Role.WRITE_UP)
    opened: list[OpenedWriteUp] = []

    def read() -> Finding:
        assert file is not None
        opened.append(open_write_up(file, conditions))
        return measure_write_up(opened[0], file)

    made += (
        skipped(ids.WRITE_UP, ids.LAYOUT, made) if file is None else run_check(ids.WRITE_UP, read),
    )
    readable = made[-1].passed
    for id, check in checks(conditions.lab).items():
        made += (
            run_check(id, partial(check, opened[0]))
            if readable
            else skipped(id, ids.WRITE_UP, made),
        )
    watch(Event(student=submission.id, step=STEP, done=1, of=1))
    return made


def checks(lab: WriteUpLab) -> Mapping[str, Check]:
    """Return the check of each answer and each table that the lab asks for, by its id."""
    return dict(_checks(lab))


def _checks(lab: WriteUpLab) -> Iterator[tuple[str, Check]]:
    for answer in lab.answers:
        yield ids.answer_id(answer.id), partial(measure_answer, answer=answer)
    for table in lab.tables:
        variants: Sequence[str | None] = [each.id for each in table.variants] or [None]
        for variant in variants:
            id = ids.table_id(table.id, variant)
            yield id, partial(measure_table, table=table, variant=variant)
