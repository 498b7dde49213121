"""A cell's code as a syntax tree. It is parsed only; nothing here runs it."""

import ast
import re
import symtable
from collections.abc import Iterator, Sequence

from grader.notebook.notebook import Cell

# %magic, !shell, name = !shell, and name? for its help.
_COMMAND = re.compile(
    r"^([ \t]{0,99})(?:(\w{1,99}[ \t]?=[ \t]?)?[%!].*|[%\w.]{1,99}\?{1,2}[ \t]{0,9})$", re.MULTILINE
)
# Installed libraries that may be imported with `from … import *`.
_STARS = frozenset({"math", "numpy", "torch", "typing", "random", "itertools", "collections"})
_CHANGING = frozenset({"update", "setdefault", "pop", "popitem", "clear"})
_TOO_ODD = (SyntaxError, ValueError, RecursionError, MemoryError)

Statement = ast.stmt


def parsed(source: str) -> ast.Module | None:
    """Return a cell's tree without its notebook commands; None if it is not Python."""
    try:
        return ast.parse(source)  # unchanged first: a continued line may begin with an operator %
    except _TOO_ODD:
        pass
    try:
        return ast.parse(_COMMAND.sub(_without_command, source))
    except _TOO_ODD:
        return None


def _without_command(line: re.Match[str]) -> str:
    return f"{line[1]}{line[2]}None" if line[2] else f"{line[1]}pass"


def plain(source: str) -> str:
    """Return the code without comments and in one spacing, so that equal code compares equal."""
    tree = parsed(source)
    try:
        return " ".join(source.split()) if tree is None else ast.unparse(tree)
    except _TOO_ODD:
        return " ".join(source.split())


def bound(statement: Statement) -> frozenset[str]:
    """Return the names that a statement at the top level of a cell assigns."""
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return frozenset({statement.name})
    if isinstance(statement, ast.ImportFrom) and statement.names[0].name == "*":
        module = (statement.module or "").partition(".")[0]
        return frozenset({f"*{statement.module}"} if module in _STARS else ())
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
    """True if a cell assigns `name` at its top level; for invalid Python, if it seems to."""
    tree = parsed(source)
    if tree is None:
        return bool(re.search(rf"^(?:def\s+{name}\s*\(|{name}\s*=)", source, re.MULTILINE))
    return any(name in bound(each) for each in tree.body)


def changes(source: str, name: str) -> bool:
    """True if a cell changes the dict `name` anywhere: sets or deletes a key, or updates it."""
    tree = parsed(source)
    return tree is not None and any(_changes(node, name) for node in ast.walk(tree))


def _changes(node: ast.AST, name: str) -> bool:
    match node:
        case ast.Subscript(value=ast.Name(id=found), ctx=ast.Store() | ast.Del()):
            return found == name
        case ast.AugAssign(target=ast.Name(id=found)):
            return found == name
        case ast.Call(func=ast.Attribute(value=ast.Name(id=found), attr=attr)):
            return found == name and attr in _CHANGING
    return False


def alone(name: str, cell: str, cells: Sequence[Cell]) -> str | None:
    """Return the code in `cell` that assigns `name`, with the code that it needs; else None.

    The needed code is imports, functions and values of the same cell or of any of `cells`, found by
    their names; the last assignment of a name counts. Other code of the cells is left out, for
    example code that loads or trains a network.
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
    waiting = [name, *(each for each in made if each.startswith("*"))]
    while waiting:
        statement = made.get(waiting.pop())
        if statement is None or statement in wanted:
            continue
        wanted.add(statement)
        waiting += _outer_names(statement)
    return wanted


def _outer_names(statement: Statement) -> Iterator[str]:
    """Yield the names that a statement uses from outside: not its parameters or local variables."""
    try:
        tables = [symtable.symtable(ast.unparse(statement), "<cell>", "exec")]
    except _TOO_ODD:
        return
    while tables:
        table = tables.pop()
        tables += table.get_children()
        is_top = table.get_type() == "module"
        for symbol in table.get_symbols():
            if symbol.is_referenced() and (is_top or symbol.is_global()):
                yield symbol.get_name()
