"""The reader's answer is checked before anything believes it."""

import json

import pytest

from grader.errors import HarnessError
from grader.networks.description import parse

MODULE = {"path": "", "class": "Net", "attributes": {}, "unusual": [], "children": []}


def test_description_that_follows_the_schema() -> None:
    """Classes, attributes of every plain kind, and the order of the tensors."""
    attributes = {
        "none": None,
        "flag": True,
        "number": 3,
        "share": 0.5,
        "pair": [1, 2],
        "text": "x",
    }
    found = parse(
        {
            "description": json.dumps(
                {
                    "format": "legacy",
                    "found_at": "model",
                    "kind": "module",
                    "modules": [{**MODULE, "attributes": attributes}],
                    "tensors": ["b", "a"],
                    "protocol": 4,
                    "others": ["ema"],
                    "prefix": "net.",
                    "beside": {"n_averaged": [], "epoch": None},
                }
            )
        }
    )
    assert found.modules[0].class_name == "Net"
    assert found.modules[0].attributes == attributes
    assert found.tensors == ["b", "a"]
    assert (found.protocol, found.others, found.prefix) == (4, ["ema"], "net.")
    assert found.beside == {"n_averaged": [], "epoch": None}


@pytest.mark.parametrize(
    "metadata",
    [
        {},
        {"description": ""},
        {"description": "{"},
        {"description": "[" * 100_000},
        {"description": "[]"},
        {"description": '{"kind": "program"}'},
        {"description": '{"unknown": 1}'},
        {"description": '{"found_at": 3}'},
        {"description": '{"found_at": "\\ud800"}'},
        {"description": json.dumps({"unreadable": "x" * 2001})},
        {"description": json.dumps({"modules": [{**MODULE, "path": None}]})},
        {"description": json.dumps({"modules": [{**MODULE, "attributes": {"a": {}}}]})},
        {"description": json.dumps({"modules": [MODULE] * 2002})},
        {"description": "{}"},
        {"description": json.dumps({"kind": "module"})},
        {"description": json.dumps({"kind": "state_dict", "modules": [MODULE]})},
        {"description": json.dumps({"kind": "module", "modules": [MODULE, MODULE]})},
        {
            "description": json.dumps(
                {"kind": "module", "modules": [{**MODULE, "path": "features"}]}
            )
        },
        {"description": json.dumps({"kind": "module", "modules": [{**MODULE, "children": ["a"]}]})},
    ],
)
def test_description_that_does_not_is_a_fault_of_ours(metadata: dict[str, str]) -> None:
    """Nothing is read past the first thing that does not fit."""
    with pytest.raises(HarnessError, match="description"):
        parse(metadata)
