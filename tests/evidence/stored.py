"""Measurements as earlier graders stored them, with the facts that these showed.

`stored-0.1.0.json` has one measurement for every form of the evidence of version 0.1.0, and
`stored-write-up.json` those of write-ups, as they were first. The files must not change: if a later
grader writes another form, add a new file.
"""

import json
from pathlib import Path
from typing import Any

from grader.types import Measurement, Status

STORED = ("stored-0.1.0.json", "stored-write-up.json")
ROWS: list[dict[str, Any]] = [
    row
    for name in STORED
    for row in json.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))
]


def measurement(row: dict[str, Any]) -> Measurement:
    """The measurement of one row."""
    kept = {key: value for key, value in row.items() if key != "facts"}
    return Measurement(**{**kept, "status": Status(row["status"])})


def named(row: dict[str, Any]) -> str:
    """The name of the test of one row."""
    return f"{row['id']}-{row['status']}-{len(row['evidence'])}"
