"""A cell's code as a tree. It is parsed to be looked at; nothing here runs it."""

import ast
import re
from collections.abc import Iterator, Sequence

from grader.notebook.notebook import Cell

_COMMAND = re.compile(r"^(\s*)[%!].*$", re.MULTILINE)
_TOO_ODD = (SyntaxError, ValueError, RecursionError, MemoryError)

Statement = ast.stmt


def parsed(source: str) -> ast.Module | None:
    """The tree of a cell, its commands to the notebook left out; None where it is no Python."""
    try:
        return ast.parse(_COMMAND.sub(r"\1pass", source))
    except _TOO_ODD:
        return None


def plain(source: str) -> str:
    """The code without comments and of one spacing: two cells that say the same are equal."""
    tree = parsed(source)
    try:
        return " ".join(source.split()) if tree is None else ast.unparse(tree)
    except _TOO_ODD:
        return " ".join(source.split())


def bound(statement: Statement) -> frozenset[str]:
    """The names that a statement at the top of a cell gives a value to."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return frozenset({statement.name})
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return frozenset((each.asname or each.name).partition(".")[0] for each in statement.names)
    if isinstance(statement, ast.AugAssign | ast.AnnAssign):
        targets: list[ast.expr] = [statement.target]
    else:
        targets = statement.targets if isinstance(statement, ast.Assign) else []
    return frozenset(
        node.id for each in targets for node in ast.walk(each) if isinstance(node, ast.Name)
    )


def binds(source: str, name: str) -> bool:
    """Whether a cell gives `name` a value at its top, or seems to and is no Python."""
    tree = parsed(source)
    if tree is None:
        return bool(re.search(rf"^(?:def\s+{name}\s*\(|{name}\s*=)", source, re.MULTILINE))
    return any(name in bound(each) for each in tree.body)


def alone(name: str, cell: str, cells: Sequence[Cell]) -> str | None:
    """The code that makes `name` in the cell of source `cell`, and what it needs; else None.

    What it needs are imports, functions and values, of the same cell or of any of `cells`, as far
    as names lead there; the last that gives a name its value counts. None of what the cells do
    otherwise is in it, loading a network or training it for one.
    """
    own = parsed(cell)
    if own is None:
        return None
    others = (parsed(each.source) for each in cells if each.kind == "code")
    statements = [each for tree in others if tree is not None for each in tree.body] + own.body
    made: dict[str, Statement] = {}
    for statement in statements:
        if not isinstance(statement, ast.AugAssign):
            made.update(dict.fromkeys(bound(statement), statement))
    if name not in made:
        return None
    wanted = _needed(name, made)
    kept = dict.fromkeys(each for each in statements if each in wanted)
    try:
        return "\n".join(ast.unparse(each) for each in kept)
    except _TOO_ODD:
        return None


def _needed(name: str, made: dict[str, Statement]) -> set[Statement]:
    wanted: set[Statement] = set()
    waiting = [name]
    while waiting:
        statement = made.get(waiting.pop())
        if statement is None or statement in wanted:
            continue
        wanted.add(statement)
        waiting += _loaded(statement)
    return wanted


def _loaded(statement: Statement) -> Iterator[str]:
    for node in ast.walk(statement):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id
