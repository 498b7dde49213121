"""Reads literal values in code without running it: numbers, arithmetic, dicts."""

import ast
import math
import operator
from collections.abc import Callable, Iterable, Iterator, Mapping

from grader.notebook.source import bound, parsed

_TWO: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: math.pow,  # on floats, so that a tower of powers overflows at once
}
_CALLS: Mapping[str, Callable[[float], float]] = {"float": float, "abs": abs, "round": round}

Names = dict[str, float]


class Unreadable(Exception):
    """The value is not literal: only running the code would give it."""


_NO_VALUE = (Unreadable, ArithmeticError, ValueError, RecursionError)


def number(source: str, name: str) -> float:
    """Return the value of the number `name` at the end of a cell. Raises `Unreadable`."""
    names, _ = _values(source, name)
    if name not in names:
        raise Unreadable(f"{name} is not a literal number")
    return names[name]


def numbers(source: str) -> Mapping[str, float]:
    """Return every literal number of a cell, by its name; empty if the cell is not Python."""
    try:
        return _values(source, "")[0]
    except Unreadable:
        return {}


def named_numbers(sources: Iterable[str]) -> Names:
    """Return every literal number that cells assign, by its name; the last assignment counts."""
    names: Names = {}
    for source in sources:
        tree = parsed(source)
        for statement in tree.body if tree is not None else ():
            try:
                _changed(statement, names, None, "")
            except _NO_VALUE:
                continue
    return names


def constants(tree: ast.AST, names: Names) -> Iterator[float]:
    """Yield the value of every number, of every name in `names`, and of what they are made into."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        try:
            if isinstance(node, ast.expr):
                yield _number(node, names)
                continue
        except RecursionError:
            continue  # its parts would be as slow, one after the other
        except _NO_VALUE:
            pass
        waiting += ast.iter_child_nodes(node)


def table(source: str, name: str) -> dict[str, float]:
    """Return the dict `name`, text to number, at the end of a cell. Raises `Unreadable`."""
    _, found = _values(source, name)
    if found is None:
        raise Unreadable(f"{name} is not a literal dict")
    return found


def _values(source: str, wanted: str) -> tuple[Names, dict[str, float] | None]:
    tree = parsed(source)
    if tree is None:
        raise Unreadable("the cell is not Python")
    names: Names = {}
    found: dict[str, float] | None = None
    try:
        for statement in tree.body:
            found = _changed(statement, names, found, wanted)
    except (ArithmeticError, ValueError, RecursionError) as error:
        raise Unreadable(f"a value cannot be computed: {error}") from error
    return names, found


def _changed(
    statement: ast.stmt, names: Names, found: dict[str, float] | None, wanted: str
) -> dict[str, float] | None:
    """Return the wanted dict after `statement`, and put numbers into `names`."""
    match statement:
        case (
            ast.Assign(targets=[ast.Name(id=name)], value=value)
            | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
        ):
            names.pop(name, None)
            if name == wanted and _makes_dict(value):
                return _dict(value, names)
            try:
                names[name] = _number(value, names)
            except Unreadable:
                if name == wanted or _is(value, wanted):  # code may change it by its other name
                    raise
        case ast.Assign(
            targets=[ast.Subscript(value=ast.Name(id=name), slice=ast.Constant(value=str() as key))]
        ) if name == wanted and found is not None:
            return {**found, key: _number(statement.value, names)}
        case ast.Expr(value=ast.Call() as call) if not _changes(call, wanted):
            pass  # it prints or tests: the value does not change
        case ast.Import() | ast.ImportFrom() | ast.FunctionDef() | ast.Expr(value=ast.Constant()):
            pass
        case _:
            if wanted in bound(statement) or _mentions(statement, wanted):
                raise Unreadable(f"{wanted} is changed by code")
            for name in bound(statement):
                names.pop(name, None)
    return found


def _makes_dict(value: ast.expr) -> bool:
    called = value.func if isinstance(value, ast.Call) else None
    return isinstance(value, ast.Dict) or (isinstance(called, ast.Name) and called.id == "dict")


def _dict(value: ast.expr, names: Names) -> dict[str, float]:
    if isinstance(value, ast.Call):
        if value.args or any(each.arg is None for each in value.keywords):
            raise Unreadable("a dict is made from another dict")
        return {str(each.arg): _number(each.value, names) for each in value.keywords}
    assert isinstance(value, ast.Dict)
    found = {}
    for key, each in zip(value.keys, value.values, strict=True):
        if not (isinstance(key, ast.Constant) and isinstance(key.value, str)):
            raise Unreadable("a key of the dict is not a string")
        found[key.value] = _number(each, names)
    return found


def _number(value: ast.expr, names: Names) -> float:
    """Return the value, which is finite. Raises `Unreadable`."""
    match value:
        case ast.Constant(value=int() | float() as constant):
            result = float(constant)
        case ast.Name(id=name) if name in names:
            result = names[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            result = -_number(operand, names)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            result = _number(operand, names)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _TWO:
            result = _TWO[type(op)](_number(left, names), _number(right, names))
        case ast.Call(func=ast.Name(id=name), args=[argument], keywords=[]) if name in _CALLS:
            result = _CALLS[name](_number(argument, names))
        case _:
            raise Unreadable("a value is computed by code")
    if not math.isfinite(result):
        raise Unreadable("a value is not finite")
    return result


def _is(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _mentions(node: ast.AST, name: str) -> bool:
    return any(_is(each, name) for each in ast.walk(node))


def _changes(call: ast.Call, name: str) -> bool:
    """True if a call may change the dict `name`: it calls a method of it."""
    return isinstance(call.func, ast.Attribute) and _mentions(call.func, name)
