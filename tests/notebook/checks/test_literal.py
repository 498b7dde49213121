import ast

import pytest

from grader.notebook.checks.literal import Unreadable, constants, named_numbers, number, table


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("x = 0.6", 0.6),
        ("x: float = 15 / 25", 0.6),
        ("kept = 10\nx = 1 - kept / 25\nprint(x)", 0.6),
        ("x = 0.1\nx = 0.6  # better", 0.6),
        ("%matplotlib inline\nx = -(-3 // 5) * 0.6", 0.6),
        ("import torch\nx = float(2 ** 2 % 3)", 1.0),
    ],
)
def test_a_number_is_worked_out_without_running_it(source: str, value: float) -> None:
    """Arithmetic on what is written down, the last value that counts."""
    assert number(source, "x") == pytest.approx(value)


@pytest.mark.parametrize(
    "source",
    [
        *("", "y = 1", "x = y", "x = open('/etc/passwd')", "x = '0.6'", "x = ((", "x = 1j"),
        *(
            "x = 1 / 0",
            "x = 10.0 ** 400",
            "x = 9 ** 9 ** 9",
            "x = 0.5\nx += 0.1",
            "x = (-8) ** 0.5",
        ),
        *("for x in [1]: pass", "x = 0.5\nif True:\n    x = 0.6", "x = 1e999"),
        "x = 1" + "0" * 4_000,
    ],
)
def test_what_only_running_would_tell_is_unreadable(source: str) -> None:
    """A call, a branch, a power too large, and what is no finite number."""
    with pytest.raises(Unreadable):
        number(source, "x")


def test_a_table_is_read_with_what_is_set_later() -> None:
    """Literal keys, numbers and arithmetic; a key that is set again has its last value."""
    source = "d = {'a': 0.5, 'b': 1 - 0.3}\nd['a'] = 0.25\nprint(d)\nprune(model, d)"
    assert table(source, "d") == {"a": 0.25, "b": pytest.approx(0.7)}
    assert table("d = dict(a=0.5)", "d") == {"a": 0.5}


@pytest.mark.parametrize(
    "source",
    [
        *("d = {name: 0.5 for name in names}", "d = {name: 0.5}", "d = {1: 0.5}", "d = {**other}"),
        *("d = {'a': 0.5}\nd.update(a=1)", "d = {'a': 0.5}\nfor k in d: d[k] = 1", "d = make()"),
        *("d = {'a': f()}", "d = {'a': 1}\ndel d['a']", "d = {'a': 1}\nd['a'] += 1"),
    ],
)
def test_a_table_made_by_code_is_unreadable(source: str) -> None:
    """Nothing is guessed of a loop, a call or a name."""
    with pytest.raises(Unreadable):
        table(source, "d")


def test_every_number_of_a_cell_is_found() -> None:
    """Also in calls, in f-strings, by a name of a cell above, and made of others."""
    names = named_numbers(["ours = 92.95\nother = 1", "other = train()", "((("])
    assert names == {"ours": 92.95}
    cell = "print(f'{0.9295:.2%}', ours); show('%.2f' % (90 + 2.5), -7, train(3))"
    found = constants(ast.parse(cell), names)
    assert sorted(found) == [-7, 0.9295, 3, 92.5, 92.95]
    assert list(constants(ast.parse("x" + " + 1" * 800), {})) is not None
