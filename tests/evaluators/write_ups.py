"""Write-ups as they are read: tables and sentences at given places, in the lab on-device-2022."""

from collections.abc import Sequence
from itertools import count

from grader.evaluators.opened_write_up import OpenedWriteUp
from grader.evidence.write_up import CellEvidence, TableEvidence
from grader.experiments.exact import pruning
from grader.labs.write_up_lab import WriteUpLab
from grader.types import Measurement
from tests.writeup.pages import document, page, rows
from tests.writeup.the_tables import LAB

Table = Sequence[Sequence[str]]

QUANTIZED_HEAD = ("Q", "dtype", "Size (MB)", "(Params)", "Accuracy", "Latency B1", "B64")
PRUNED_HEAD = ("Iteration", "Sparsity (%)", "Accuracy", "Latency (s)", "Disk Size (MB)")
WIDTH = 75.0  # points of a column


def quantized(**changes: Sequence[str]) -> list[list[str]]:
    """The whole quantization table of a board; a change replaces the cells of a row from the size.

    Rows are `float32`, `float16`, `dynamic` and `static`.
    """
    cells = {
        "float32": ("5.885", "1,470,474", "97.18%", "2.41 ms", "21.3 ms"),
        "float16": ("N/A",) * 5,
        "dynamic": ("1.481", "1,470,474", "97.15%", "1.12 ms", "14.9 ms"),
        "static": ("1.483", "0", "97.04%", "0.88 ms", "9.7 ms"),
    } | {name: tuple(each) for name, each in changes.items()}
    keys = {
        "float32": ("--", "float32"),
        "float16": ("D", "float16"),
        "dynamic": ("D", "qint8"),
        "static": ("S", "qint8"),
    }
    return [list(QUANTIZED_HEAD), *([*keys[name], *cells[name]] for name in keys)]


def pruned(last: int = 20) -> list[list[str]]:
    """The whole pruning table up to the iteration `last`, saved as sparse tensors.

    It has no accuracies, so the reference's are not asked.
    """
    assert LAB.experiment is not None
    steps = pruning(LAB.experiment)[: last + 1]
    return [
        list(PRUNED_HEAD),
        *(
            [
                str(each.iteration),
                f"{100 * each.sparsity:.2f}%",
                "-",
                "0.02",
                f"{(each.sparse if each.iteration else each.dense).bytes / 1e6:.2f}",
            ]
            for each in steps
        ),
    ]


def opened(*content: str | Table, lab: WriteUpLab = LAB) -> OpenedWriteUp:
    """A write-up with these sentences and tables, each on its own page."""
    numbers = count(1)
    pages = []
    for each in content:
        if isinstance(each, str):
            lines = {100.0: [(40.0, each)]}
        else:
            lines = rows(each, [40 + WIDTH * n for n in range(len(each[0]))])
        pages.append(page(lines, number=next(numbers)))
    return OpenedWriteUp(document=document(*pages), lab=lab)


def table_of(measurement: Measurement) -> TableEvidence:
    """The evidence of a table."""
    return TableEvidence.read(measurement)


def cell(evidence: TableEvidence, row: str, column: str) -> CellEvidence:
    """The one cell of a row in a column."""
    (found,) = (each for each in evidence.cells if (each.row, each.column) == (row, column))
    return found
