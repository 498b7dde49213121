"""What the child that runs a notebook's code answers.

It answers in this process, so the code does nothing but return values; tests/notebook/test_cells.py
starts real children.
"""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load, save

from grader.sandbox.child import run_cells
from grader.sandbox.child.run_cells import VALUE_AT_MOST, WORDS_AT_MOST, answer


def ask(
    folder: Path,
    code: str,
    *questions: dict[str, Any],
    prelude: str = "",
    **tensors: torch.Tensor,
) -> tuple[dict[str, Any], dict[str, torch.Tensor]]:
    """The reply to these questions, and the tensors that came with it."""
    source, request = folder / "source.py", folder / "request"
    source.write_text(code, encoding="utf-8")
    request.write_bytes(save(tensors, {"questions": json.dumps(questions)}))
    message = answer(source, request, prelude)
    length = int.from_bytes(message[:8], "little")
    reply = json.loads(json.loads(message[8 : 8 + length])["__metadata__"]["reply"])
    return reply, load(message)


def name(name: str) -> dict[str, Any]:
    """Asks for what a name is."""
    return {"name": name, "arguments": None}


def call(name: str, *arguments: dict[str, Any]) -> dict[str, Any]:
    """Asks for what a function returns."""
    return {"name": name, "arguments": [*arguments]}


def test_a_name_is_looked_up_and_a_function_called(tmp_path: Path) -> None:
    """Values cross as JSON; what a function made of its arguments comes back, too."""
    code = "seven = 7\ndef add(numbers, last):\n    numbers.append(last)\n    return len(numbers)\n"
    given = call("add", {"value": [1]}, {"value": 2})
    reply, tensors = ask(tmp_path, code, name("seven"), given)
    assert reply["answers"] == [
        {"returned": {"value": 7}, "arguments": []},
        {"returned": {"value": 2}, "arguments": [{"value": [1, 2]}, {"value": 2}]},
    ]
    assert tensors == {}


def test_tensors_cross_as_they_are(tmp_path: Path) -> None:
    """Changed in place or returned, each under the name that the reply gives it."""
    code = "def twice(x):\n    x.mul_(2)\n    return x.sum()\n"
    reply, tensors = ask(
        tmp_path, code, call("twice", {"tensor": "x"}), prelude="import torch", x=torch.ones(2)
    )
    (told,) = reply["answers"]
    assert told == {"returned": {"tensor": "0.returned"}, "arguments": [{"tensor": "0.argument.0"}]}
    assert tensors["0.returned"] == 4
    assert tensors["0.argument.0"].tolist() == [2, 2]


def test_arrays_are_tensors_and_their_numbers_are_numbers(tmp_path: Path) -> None:
    """Where the code has torch at hand, as the lab's has."""
    code = "import numpy as np\narray, number = np.arange(3), np.float32(0.5)\n"
    reply, tensors = ask(tmp_path, code, name("array"), name("number"))
    assert tensors["0.returned"].tolist() == [0, 1, 2]
    assert reply["answers"][1]["returned"] == {"value": 0.5}


@pytest.mark.parametrize(
    ("expression", "other"),
    [
        ("object()", "object"),
        ("(each for each in '')", "generator"),
        ("'x' * VALUE", "str"),
        ("{1: object()}", "dict"),
    ],
)
def test_what_is_no_value_is_named_by_its_type(tmp_path: Path, expression: str, other: str) -> None:
    """Also a value that is too long."""
    code = f"VALUE = {VALUE_AT_MOST}\nodd = {expression}\n"
    reply, _ = ask(tmp_path, code, name("odd"))
    assert reply["answers"][0]["returned"] == {"other": other}


def test_a_tensor_that_is_too_large_is_not_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The message has a size."""
    monkeypatch.setattr(run_cells, "TENSOR_AT_MOST", 8)
    reply, tensors = ask(tmp_path, "import torch\nx = torch.zeros(3)\n", name("x"))
    assert "too large" in reply["answers"][0]["returned"]["other"]
    assert tensors == {}


@pytest.mark.parametrize(
    ("code", "type_", "line"),
    [
        ("x = 1\ny = missing\n", "NameError", 2),
        ("x = 1\n\ndef f(:\n", "SyntaxError", 3),
        ("raise SystemExit(3)\n", "SystemExit", 1),
        ("def f():\n    1 / 0\n\nf()\n", "ZeroDivisionError", 2),
        ("raise KeyboardInterrupt\n", "KeyboardInterrupt", 1),
    ],
)
def test_code_that_fails_is_told_once(tmp_path: Path, code: str, type_: str, line: int) -> None:
    """With its own last line at work; nothing is asked of it."""
    reply, _ = ask(tmp_path, code, name("x"))
    assert reply.keys() == {"failed"}
    assert (reply["failed"]["type"], reply["failed"]["line"]) == (type_, line)


def test_a_question_that_fails_costs_no_other(tmp_path: Path) -> None:
    """A name that is not there, and functions that raise or would end Python."""
    code = "def f():\n    raise ValueError('odd')\ndef ends():\n    raise SystemExit\nx = 1\n"
    reply, _ = ask(tmp_path, code, name("missing"), call("f"), call("ends"), name("x"))
    missing, raised, ended, found = reply["answers"]
    assert ended["raised"]["type"] == "SystemExit"
    assert missing["raised"]["type"] == "NameError"
    assert "missing" in missing["raised"]["message"]
    assert raised["raised"] == {"type": "ValueError", "message": "odd", "line": 2}
    assert found["returned"] == {"value": 1}


def test_an_error_whose_words_cannot_be_had_is_its_type(tmp_path: Path) -> None:
    """Its `__str__` is of the code's making, and so is its length."""
    code = (
        "class Odd(Exception):\n    def __str__(self):\n        raise SystemExit\n"
        "class Long(Exception):\n    pass\n"
        "def odd():\n    raise Odd\ndef long():\n    raise Long('x\\n' * 9_000)\n"
    )
    reply, _ = ask(tmp_path, code, call("odd"), call("long"))
    odd, long = (each["raised"] for each in reply["answers"])
    assert (odd["type"], odd["message"]) == ("Odd", "")
    assert len(long["message"]) == WORDS_AT_MOST
    assert re.fullmatch("[x ]+", long["message"])


def test_the_prelude_comes_first_and_its_line_is_nobodys(tmp_path: Path) -> None:
    """Its names are at hand; where it fails the code is not at fault."""
    reply, _ = ask(tmp_path, "y = x + 1", name("y"), prelude="x = 1")
    assert reply["answers"][0]["returned"] == {"value": 2}
    reply, _ = ask(tmp_path, "y = 1", name("y"), prelude="1 / 0")
    assert (reply["failed"]["type"], reply["failed"]["line"]) == ("ZeroDivisionError", None)
