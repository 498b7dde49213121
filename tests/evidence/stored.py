"""Measurements as version 0.1.0 of the grader stored them, with the facts that it showed.

`stored-0.1.0.json` has one measurement for every form of its evidence. The file must not change: if
a later grader writes another form, add a new file.
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
    """The name of the test of one row."""
    return f"{row['id']}-{row['status']}-{len(row['evidence'])}"
