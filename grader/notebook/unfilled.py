"""Recognises a place for code, between the lab's two lines of #, that nobody filled in."""

import ast
import re
import textwrap

_START = re.compile(r"^.{0,200}YOUR CODE STARTS? HERE.{0,200}$", re.IGNORECASE | re.MULTILINE)
_END = re.compile(r"^.{0,200}YOUR CODE ENDS? HERE.{0,200}$", re.IGNORECASE | re.MULTILINE)
_LONGEST = 20_000  # characters of a cell; a longer one is not the template's


def unfilled(source: str) -> bool:
    """True if each place for code in a cell has only comments and placeholders such as `x = 0`.

    False if the cell has no such place.
    """
    if len(source) > _LONGEST:
        return False
    starts, ends = list(_START.finditer(source)), list(_END.finditer(source))
    if not starts or len(starts) != len(ends):
        return False
    return all(
        _is_placeholder(source[start.end() : end.start()])
        for start, end in zip(starts, ends, strict=True)
    )


def _is_placeholder(code: str) -> bool:
    """True for statements that set names to nothing, and for a dict's lines with such values."""
    own = textwrap.dedent(code.strip("\n"))
    for text in (own, f"{{\n{own}\n}}"):
        try:
            body = ast.parse(text).body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        return all(_says_nothing(each) for each in body)
    return False


def _says_nothing(statement: ast.stmt) -> bool:
    match statement:
        case ast.Pass():
            return True
        case ast.Assign(value=value) | ast.AnnAssign(value=ast.expr() as value):
            return _is_nothing(value)
        case ast.Expr(value=ast.Dict(values=values)):
            return all(_is_nothing(each) for each in values)
        case ast.Expr(value=ast.Constant()):
            return True
    return False


def _is_nothing(value: ast.expr) -> bool:
    match value:
        case ast.Constant(value=constant):
            return constant is None or constant is ... or constant in {0, ""}
        case ast.Dict(values=values):
            return all(_is_nothing(each) for each in values)
        case ast.List(elts=[]) | ast.Tuple(elts=[]):
            return True
    return False
