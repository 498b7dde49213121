import json

import pytest

from grader.errors import HarnessError
from grader.notebook.description import Description, Refusal, parse

CELL = {
    "kind": "code",
    "execution_count": 1,
    "source": 4,
    "left_out": 0,
    "html": None,
    "outputs": [],
    "outputs_left_out": 0,
}
BOOK = {"nbformat": "4.5", "language": "python", "cells": [CELL], "images": [], "output_bytes": 0}


def told(document: object) -> dict[str, str]:
    """A message's metadata."""
    return {"notebook": json.dumps(document)}


def test_a_description_and_a_refusal_are_told_apart() -> None:
    """By their fields."""
    assert isinstance(parse(told(BOOK)), Description)
    assert parse(told({"unreadable": "is empty"})) == Refusal(unreadable="is empty")


@pytest.mark.parametrize(
    "changed",
    [
        {"nbformat": "5.0"},
        {"language": 5},
        {"language": "x" * 51},
        {"cells": [{**CELL, "source": -1}]},
        {"cells": [{**CELL, "source": 1 << 40}]},
        {"cells": [{**CELL, "kind": "script"}]},
        {"cells": [CELL] * 2_001},
        {"cells": [{**CELL, "more": 1}]},
        {"images": [["image/png"]]},
        {"output_bytes": "1"},
    ],
)
def test_a_child_that_does_not_keep_to_the_form_is_not_believed(changed: dict[str, object]) -> None:
    """Hostile code may have written the message."""
    with pytest.raises(HarnessError):
        parse(told({**BOOK, **changed}))


def test_a_message_without_a_description_is_not_believed() -> None:
    """Nor one whose text is no JSON."""
    for metadata in ({}, {"notebook": "{"}):
        with pytest.raises(HarnessError):
            parse(metadata)
