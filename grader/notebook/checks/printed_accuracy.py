"""The accuracy that a notebook printed after fine-tuning, and why a person should look at it.

The grader cannot run the fine-tuning. It reads the number that a cell printed, and whether the
notebook around it looks like a network that was tuned and evaluated.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from grader.notebook.checks.literal import constants, named_numbers
from grader.notebook.notebook import Notebook
from grader.notebook.source import parsed

ABOVE_DENSE = 0.005  # a sparse network that gains more than this over the dense one is unusual

_ACCURACY = re.compile(
    r"\bacc(?:uracy)?\b\s{0,3}(?:[=:]|is)?\s{0,3}(?P<value>\d{1,3}(?:\.\d{1,9})?)(?![\d.])"
    r"(?:\s?(?P<percent>%))?",
    re.IGNORECASE,
)
_EPOCH = re.compile(r"\bepochs?\b.{0,200}?\bacc(?:uracy)?\b.{0,20}?\d", re.IGNORECASE | re.DOTALL)
_AROUND = 60  # characters before and after an accuracy that say what it is of
_DENSE = re.compile(r"\b(?:dense|original|baseline|unpruned)\b", re.IGNORECASE)
_NOT_IT = re.compile(r"\b(?:before|train(?:ing)?)\b", re.IGNORECASE)
_IT = re.compile(r"\bafter\b", re.IGNORECASE)
_COMMAND = re.compile(r"^[ \t]{0,99}[!%].*$", re.MULTILINE)  # of the notebook: !echo, %run
# Python's own names that a cell can print a number with.
_BUILT_IN = frozenset(
    {
        *("print", "format", "str", "float", "int", "round", "abs", "sum", "min", "max", "pow"),
        *("range", "len", "list", "tuple", "dict", "set", "zip", "map", "enumerate", "sorted"),
        *("chr", "ord", "repr", "bytes", "divmod", "reversed", "iter", "next", "display"),
        *("True", "False", "None"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A fraction that a cell, counted from 1, printed as `digits`; `around` is the text around."""

    value: float
    digits: str
    cell: int
    around: str

    @property
    def is_dense(self) -> bool:
        """True if it is the dense network's."""
        return bool(_DENSE.search(self.around))


def printed_in(
    notebook: Notebook, numbers: Iterable[int], pattern: re.Pattern[str] = _ACCURACY
) -> Iterator[Printed]:
    """Yield the matches of `pattern` in the output of the code cells `numbers`, from 0."""
    for number in numbers:
        cell = notebook.cells[number]
        for output in cell.outputs if cell.kind == "code" else ():
            for match in pattern.finditer(output.text):
                value = float(match["value"])
                percent = value > 1 or match.groupdict().get("percent", "%")
                yield Printed(
                    value=value / 100 if percent else value,
                    digits=match["value"],
                    cell=number + 1,
                    around=_line_around(output.text, match),
                )


def _line_around(text: str, match: re.Match[str]) -> str:
    before = text[max(0, match.start() - _AROUND) : match.start()].rpartition("\n")[2]
    return before + text[match.start() : match.end() + _AROUND].partition("\n")[0]


def after_tuning(accuracies: Iterable[Printed]) -> Printed | None:
    """Return the last accuracy marked "after", else the last without another mark ("before", …)."""
    others = [each for each in accuracies if not each.is_dense and not _NOT_IT.search(each.around)]
    said = [each for each in others if _IT.search(each.around)]
    return next(reversed(said or others), None)


def doubts(accuracy: Printed, notebook: Notebook, dict_cell: int) -> Iterator[str]:
    """Yield why a person should look at `accuracy`; `dict_cell`, from 1, sets the sparsities."""
    if _is_written(accuracy, notebook):
        yield (
            f"the number {accuracy.digits} stands in the code of cell {accuracy.cell}, which "
            "printed it"
        )
    dense = [
        each.value for each in printed_in(notebook, range(len(notebook.cells))) if each.is_dense
    ]
    if dense and accuracy.value - max(dense) > ABOVE_DENSE + 1e-9:
        yield (
            f"it is {100 * (accuracy.value - max(dense)):.2f} points above the dense model's "
            f"accuracy of {max(dense):.2%}"
        )
    if not any(_prints_epoch(notebook, number) for number in range(dict_cell - 1, accuracy.cell)):
        yield (
            f"no cell from the sparsities in cell {dict_cell} to cell {accuracy.cell}, which "
            "printed it, prints the accuracy of an epoch"
        )


def _prints_epoch(notebook: Notebook, number: int) -> bool:
    return any(_EPOCH.search(output.text) for output in notebook.cells[number].outputs)


def _is_written(accuracy: Printed, notebook: Notebook) -> bool:
    """True if the number is in the printing cell, or if nothing outside the cell can change it.

    It is there as a text, as a number, or as a name to which a cell above assigns the number.
    Comments do not count.
    """
    source = notebook.cells[accuracy.cell - 1].source
    digits = re.compile(rf"(?<![\d.]){re.escape(accuracy.digits)}(?!\d)")
    tree = parsed(source)
    if tree is None:
        return bool(digits.search(source))
    nodes = tuple(ast.walk(tree))
    texts = [each.value for each in nodes if isinstance(each, ast.Constant)]
    texts += _COMMAND.findall(source)
    if any(isinstance(each, str) and digits.search(each) for each in texts):
        return True
    above = named_numbers(each.source for each in notebook.cells[: accuracy.cell])
    decimals = len(accuracy.digits.partition(".")[2])
    return _needs_nothing(nodes) or any(
        round(value, decimals) == float(accuracy.digits)
        for number in constants(tree, above)
        for value in (number, 100 * number, number / 100)
    )


def _needs_nothing(nodes: Sequence[ast.AST]) -> bool:
    """True if a cell uses no name of another cell and no module: it can evaluate no network."""
    if any(isinstance(each, ast.Import | ast.ImportFrom) for each in nodes):
        return False
    used = {each.id for each in nodes if isinstance(each, ast.Name)}
    made = {each.id for each in nodes if isinstance(each, ast.Name) and not _is_read(each)}
    made |= {each.arg for each in nodes if isinstance(each, ast.arg)}
    made |= {each.name for each in nodes if isinstance(each, ast.FunctionDef | ast.ClassDef)}
    return used <= made | _BUILT_IN


def _is_read(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Load)
