"""The names of checks in words, which stand beside their ids."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from grader.evidence import ids
from grader.labs.spec import LabSpec
from grader.labs.write_up_lab import WriteUpLab
from grader.types import Report

Names = Mapping[str, str]  # by the id of the measurement

NAMES: Names = MappingProxyType(
    {
        ids.WORKER: "Run of the grader",
        ids.CHOICE: "Choice of the hand-in",
        ids.ARCHIVE: "File handed in",
        ids.LAYOUT: "Names and places of the files",
        ids.LINEAGE: "Pruned network",
        ids.MFLOPS: "MFLOPs",
        ids.ACCURACY: "Accuracy in PyTorch",
        ids.EXECUTORCH: "Accuracy in ExecuTorch",
        ids.PROGRAM: "Accuracy of the .pte",
        ids.RUNNER: "Accuracy of the runner",
        ids.LATENCY: "Latency",
        ids.DEVICE_LATENCY: "Latency on the device",
        ids.NOTEBOOK: "Notebook",
        ids.WRITE_UP: "Text of the PDF",
    }
)


def names_of(report: Report, lab: LabSpec | None = None) -> Names:
    """Return the names of the report's checks, by id.

    The titles of the answers and tables of a write-up are the lab's; without it, and for an unknown
    id, the id stands for them.
    """
    named = {
        ids.question_id(question.id): question.title
        for item in report.grade.items
        for question in item.questions
    }
    if isinstance(lab, WriteUpLab):
        named |= titles(lab)
    found = (each.id for each in report.measurements)
    return {id: NAMES.get(id) or named.get(id) or _words(id) for id in found}


def titles(lab: WriteUpLab) -> Names:
    """Return the titles of the lab's answers and tables, by the id of their measurement."""
    return dict(_titles(lab))


def _titles(lab: WriteUpLab) -> Iterator[tuple[str, str]]:
    for answer in lab.answers:
        yield ids.answer_id(answer.id), answer.title
    for table in lab.tables:
        if not table.variants:
            yield ids.table_id(table.id), table.title
        for variant in table.variants:
            yield ids.table_id(table.id, variant.id), f"{table.title}, {variant.title}"


def _words(id: str) -> str:
    """Return `Answer pytorch` for `answer.pytorch`; an unknown id is its own name."""
    for prefix in ids.PREFIXES:
        if id.startswith(prefix):
            return f"{prefix.removesuffix('.').capitalize()} {id.removeprefix(prefix)}"
    return id
