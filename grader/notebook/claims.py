"""The MFLOPs, the accuracy and the score that a notebook gives for its final network."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from grader.evidence.notebook import Claim
from grader.labs.network_lab import NetworkLab
from grader.notebook.blank import blank_of
from grader.notebook.checks.literal import numbers
from grader.notebook.claim_table import stated_in_tables, without_tables
from grader.notebook.claim_text import WHAT, Number, of_another, stated
from grader.notebook.notebook import Cell, Notebook
from grader.notebook.outline import Heading, outline
from grader.notebook.printed_names import printed_without_name

_UNPRUNED = 0.001  # relative difference: the MFLOPs of the network from which students start
_TORCH_PRUNING = re.compile(r"\btorch_pruning\b|\btp\.")
_PART = 2  # of the lab: the one with the formula

Source = Literal["code", "printed", "prose"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stated:
    """A number of a cell, counted from 1, and where it stands."""

    number: Number
    source: Source
    cell: int

    @property
    def claim(self) -> Claim:
        return Claim(
            what=self.number.what,
            value=self.number.value,
            percent=self.number.percent,
            cell=self.cell,
            decimals=self.number.decimals,
        )


def claims(notebook: Notebook, lab: NetworkLab) -> tuple[Claim, ...]:
    """Return the last number given for each, from Part 2 on, if the notebook has such a part.

    A number assigned in code, a printed number and a number in Markdown are separate claims, so
    that placeholders left in the code do not hide a printed result. Numbers of another network (the
    original, one during training, a goal) are no claims, and the lab's own text claims nothing.
    """
    found = [
        _Stated(number=number, source=source, cell=cell)
        for cell, source, number in _numbers(notebook, lab)
    ]
    pruned = [each for each in found if not _is_unpruned(each.number, lab)]
    if any(each.number.what == "MFLOPs" for each in pruned):
        found = pruned
    last: dict[tuple[str, Source], Claim] = {}
    for each in found:
        key = (each.number.what, each.source)
        last.pop(key, None)  # so that the claims are in the notebook's order
        last[key] = each.claim
    return tuple(last.values())


def _is_unpruned(number: Number, lab: NetworkLab) -> bool:
    unpruned = lab.network.unpruned_mflops
    return number.what == "MFLOPs" and abs(number.value / unpruned - 1) <= _UNPRUNED


def _numbers(notebook: Notebook, lab: NetworkLab) -> Iterator[tuple[int, Source, Number]]:
    blank = blank_of(lab)
    start = _start(notebook, lab)
    for at, cell in enumerate(notebook.cells[start:], start=start + 1):
        if cell.kind == "code":
            yield from ((at, "code", each) for each in _assigned(cell))
            yield from ((at, "printed", each) for each in _printed(cell))
        else:
            text = blank.own_part(cell.source)
            yield from ((at, "prose", each) for each in stated(without_tables(text), prose=True))
            yield from ((at, "prose", each) for each in stated_in_tables(text))


def _start(notebook: Notebook, lab: NetworkLab) -> int:
    """Return the first cell, from 0, of Part 2, or without its heading of channel pruning."""
    headings = outline(notebook, lab.questions).begun()
    parts = [each.cell for each in headings if each.part == _PART]
    last = _last_question(headings)
    if parts:
        return next((each for each in parts if each > last), parts[-1])
    channels = (
        number
        for number, cell in enumerate(notebook.cells)
        if number > last and cell.kind == "code" and _TORCH_PRUNING.search(cell.source)
    )
    return next(channels, 0)


def _last_question(headings: Sequence[Heading]) -> int:
    """Return the cell, from 0, of the last heading with a question's number, or -1."""
    numbered = (each for each in headings if each.asks and any(map(str.isdigit, each.text)))
    return max(
        (each.cell for each in numbered if each.question is None or each.question.id[:1].isdigit()),
        default=-1,
    )


def _assigned(cell: Cell) -> Iterator[Number]:
    for name, value in numbers(cell.source).items():
        what = next((each for each in WHAT if each.lower() == name.lower()), None)
        if what:
            text = f"{value!r}"
            decimals = 0 if value.is_integer() or "e" in text else len(text.partition(".")[2])
            yield Number(what=what, value=value, percent=False, decimals=decimals, at=0)


def _printed(cell: Cell) -> Iterator[Number]:
    text = "\n".join(output.text for output in cell.outputs if output.kind != "error")
    named = list(stated(text))
    bare = list(printed_without_name(cell))
    if of_another(cell.source.partition("\n")[0]) and cell.source.lstrip().startswith("#"):
        return  # the cell's first line, a comment, says that it is about another network
    yield from sorted([*named, *bare], key=lambda each: each.at)
