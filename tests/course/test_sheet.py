"""The totals as CSV and JSON."""

import csv
import io
import json
from pathlib import Path

from grader.course.sheet import render_csv, render_json
from tests.course.examples import example_totals


def test_the_sheet_has_a_line_for_each_student(tmp_path: Path) -> None:
    """Excel shows its names, and no name is a formula; what is unknown is empty."""
    written = render_csv(example_totals(tmp_path))
    assert written.startswith("\ufeff")
    rows = {
        row["student"]: row for row in csv.DictReader(io.StringIO(written.removeprefix("\ufeff")))
    }
    assert list(rows) == ["B1", "B2", "B3", "B4", "B5", "B9"]
    assert rows["B1"]["lab1 state"] == "pending"
    assert rows["B1"]["final"] == "no"
    assert rows["B1"]["not counted"] in {"lab1", "lab2"}
    assert (rows["B2"]["lab2"], rows["B2"]["lab2 state"]) == ("", "excused")
    assert (rows["B3"]["lab1"], rows["B3"]["lab1 state"]) == ("0.0000", "absent")
    assert rows["B4"]["name"] == "'=1+1"
    assert (rows["B4"]["total"], rows["B4"]["lab1"]) == ("", "")
    assert rows["B5"]["lab1 state"] == "estimate"
    assert rows["B2"]["name"] == "李小龍"


def test_json_has_the_same(tmp_path: Path) -> None:
    """With the course's labs and the notes."""
    found = example_totals(tmp_path)
    document = json.loads(render_json(found))
    assert [(each["id"], each["weight"], each["graded"]) for each in document["labs"]] == [
        ("lab1", 1, True),
        ("lab2", 3, True),
    ]
    by_id = {each["student"]: each for each in document["students"]}
    assert by_id["B4"]["total"] is None
    assert by_id["B9"]["on_roster"] is False
    assert by_id["B2"]["labs"]["lab2"]["state"] == "excused"
    assert by_id["B1"]["total"] == found.students[0].total
    assert any("B9" in note for note in document["notes"])
