"""Numbers that a cell prints without a name: the name is in the code, as in `print(MFLOPs)`."""

import ast
import re
from collections.abc import Iterator

from grader.notebook.claim_text import NUMBER, WRAPPED, Number, decimals_of, of_another
from grader.notebook.notebook import Cell
from grader.notebook.source import parsed

_NAMES = {
    "MFLOPs": re.compile(
        r"(?:^|_|\b)(?:m|g|n_?|num_)?(?:flops?|macs?|ops)(?:$|_|\d|\b)", re.IGNORECASE
    ),
    "accuracy": re.compile(r"(?:^|_)acc(?:uracy)?(?:$|_|\d)", re.IGNORECASE),
    "score": re.compile(r"(?:^|_)score(?:$|_|\d)", re.IGNORECASE),
}
_FORMAT = re.compile(r"[\s%{}:.,\d\w()-]{0,12}")
_ANY = re.compile(
    rf"(?<![\w.]){NUMBER}(?P<unit>[KMG])?(?![\d.]*\w)(?P<percent>\s?%)?", re.IGNORECASE
)
_BILLION = 1e9
_MILLIONS = {"K": 1e-3, "M": 1.0, "G": 1e3}  # of one unit
_DIGITS = {"K": 3, "M": 0, "G": -3}  # behind the point, more than in the text


def printed_without_name(cell: Cell) -> Iterator[Number]:
    """Yield the numbers on output lines that have no other word, with the name from the code.

    Each line is that of one `print`, in their order; the last expression of a cell is its result.
    """
    tree = parsed(cell.source)
    if tree is None:
        return
    calls = [each for each in _prints(tree) if each is not None]
    streams = "\n".join(each.text for each in cell.outputs if each.kind == "stream")
    offset = 0
    waiting = iter(calls)
    call: ast.Call | None = None
    for line in streams.splitlines():
        found = list(_ANY.finditer(WRAPPED.sub(r"\1", line)))
        bare = found and not re.search(r"[^\W\d_]", _ANY.sub("", WRAPPED.sub(r"\1", line)))
        if bare:
            call = _next(waiting, call, len(found))
            if call is not None:
                yield from _named(call, found, offset)
        offset += len(line) + 1
    results = [each for each in cell.outputs if each.kind == "result"]
    last = tree.body[-1] if tree.body else None
    if results and isinstance(last, ast.Expr):
        found = list(_ANY.finditer(WRAPPED.sub(r"\1", results[-1].text)))
        values = last.value.elts if isinstance(last.value, ast.Tuple) else [last.value]
        if len(found) == len(values):
            yield from _numbers(values, found, offset)


def _prints(tree: ast.AST) -> Iterator[ast.Call]:
    """Yield the calls of `print` in the order of the code, without those inside functions."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            continue
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "print"
        ):
            yield node
        else:
            yield from _prints(node)


def _next(waiting: Iterator[ast.Call], last: ast.Call | None, count: int) -> ast.Call | None:
    """Return the next call that prints `count` numbers and no words; the last one in a loop."""
    return next((each for each in waiting if len(_values(each)) == count), last)


def _values(call: ast.Call) -> list[ast.expr]:
    """Return the expressions whose values a call prints; none if it prints words too."""
    found: list[ast.expr] = []
    for each in call.args:
        match each:
            case ast.Constant(value=str()):
                return []
            case ast.JoinedStr(values=parts):
                texts = [part.value for part in parts if isinstance(part, ast.Constant)]
                if any(re.search(r"[^\W\d_]", str(text)) for text in texts):
                    return []
                found += [part.value for part in parts if isinstance(part, ast.FormattedValue)]
            case ast.BinOp(left=ast.Constant(value=str() as form), op=ast.Mod(), right=right):
                if not _FORMAT.fullmatch(form):
                    return []
                found += right.elts if isinstance(right, ast.Tuple) else [right]
            case ast.Call(func=ast.Attribute(value=ast.Constant(value=str() as form)), args=args):
                if re.search(r"[^\W\d_]", re.sub(r"\{[^{}]{0,20}\}", "", form)):
                    return []
                found += args
            case _:
                found.append(each)
    return found


def _named(call: ast.Call, found: list[re.Match[str]], at: int) -> Iterator[Number]:
    values = _values(call)
    if len(values) == len(found):
        yield from _numbers(values, found, at)


def _numbers(values: list[ast.expr], found: list[re.Match[str]], at: int) -> Iterator[Number]:
    for value, match in zip(values, found, strict=True):
        names = [each.id for each in ast.walk(value) if isinstance(each, ast.Name)]
        names += [each.attr for each in ast.walk(value) if isinstance(each, ast.Attribute)]
        what = next((each for each in _NAMES if any(map(_NAMES[each].search, names))), None)
        if what is None or any(of_another(name.replace("_", " ")) for name in names):
            continue
        digits = match["value"].replace(",", "")
        number, decimals = float(digits), decimals_of(digits)
        if what == "MFLOPs" and _divides_by_a_billion(value):
            number, decimals = round(number * 1_000, 9), max(0, decimals - 3)
        elif what == "MFLOPs" and (unit := (match["unit"] or "").upper()):
            number = round(number * _MILLIONS[unit], 9)
            decimals = max(0, decimals + _DIGITS[unit])
        percent = match["percent"] is not None
        yield Number(
            what=what, value=number, percent=percent, decimals=decimals, at=at + match.start()
        )


def _divides_by_a_billion(value: ast.expr) -> bool:
    return any(
        isinstance(each, ast.Constant) and each.value in {_BILLION, 10**9}
        for each in ast.walk(value)
    )
