"""Measurements as a grader of version 0.1.0 stored them, and the lines it told of each.

`stored-0.1.0.json` has one of every form that its evidence had. It is never written again: what a
later grader writes in another form gets a file of its own beside it.
"""

import json
from pathlib import Path
from typing import Any

from grader.types import Measurement, Status

STORED = Path(__file__).with_name("stored-0.1.0.json")
ROWS: list[dict[str, Any]] = json.loads(STORED.read_text(encoding="utf-8"))


def measurement(row: dict[str, Any]) -> Measurement:
    """The measurement of one row."""
    kept = {key: value for key, value in row.items() if key != "facts"}
    return Measurement(**{**kept, "status": Status(row["status"])})


def named(row: dict[str, Any]) -> str:
    """What a test of one row is called."""
    return f"{row['id']}-{row['status']}-{len(row['evidence'])}"
