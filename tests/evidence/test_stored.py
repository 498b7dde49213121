"""Results of an older grader can still be read, complete or damaged."""

import json
import re
import sqlite3
from contextlib import closing
from dataclasses import MISSING, fields, replace
from pathlib import Path
from typing import Any

import pytest

from grader.batch.store import Store
from grader.datasets.cifar10 import CIFAR10
from grader.evidence import ids
from grader.evidence.checks import EVIDENCE
from grader.evidence.record import Record, written
from grader.report.claims import claimed
from grader.report.class_row import class_row
from grader.report.facts import facts
from grader.report.json import parse, render
from grader.report.pages.pictures import mistakes
from grader.scoring.grade import grade
from grader.types import Json, Measurement
from tests.evidence.stored import ROWS, measurement, named
from tests.report.examples import LAB, report

# The database schema of version 0.1.0.
SCHEMA_2 = """
CREATE TABLE submissions (
    "key" INTEGER NOT NULL, student TEXT NOT NULL, fingerprint TEXT NOT NULL, source TEXT NOT NULL,
    sha256 TEXT NOT NULL, layout TEXT, files JSON NOT NULL, setup JSON NOT NULL,
    PRIMARY KEY ("key"), UNIQUE (student, fingerprint)
);
CREATE TABLE measurements (
    submission INTEGER NOT NULL, place INTEGER NOT NULL, id TEXT NOT NULL, status TEXT NOT NULL,
    value DOUBLE, unit TEXT NOT NULL, reason TEXT, help TEXT, expected TEXT, actual TEXT,
    review TEXT, evidence JSON NOT NULL, seconds DOUBLE NOT NULL,
    PRIMARY KEY (submission, place),
    FOREIGN KEY(submission) REFERENCES submissions ("key") ON DELETE CASCADE
);
INSERT INTO submissions VALUES (1, 'B0', 'print', 'in/B0.zip', 'ab', NULL, '[]',
    '{"grader": "0.1.0", "data_sha256": "", "data_images": 10000, "isolation": "bubblewrap",
      "machine": "", "packages": {}, "measured_at": "2024-04-05T09:02:10+08:00"}');
PRAGMA application_id=0x47524452;
PRAGMA user_version=2;
"""
ODD: list[Json] = [None, 3, -1.5, True, "text", [1, "a", None], [{}], [[1, 2]], {"layer": 1}]


def records_of(id: str) -> tuple[type[Record], ...]:
    """The records of a check's evidence."""
    return EVIDENCE[next((each for each in ids.PREFIXES if id.startswith(each)), id)]


@pytest.mark.parametrize("kept", ROWS, ids=named)
def test_stored_evidence_is_read_completely(kept: dict[str, Any]) -> None:
    """The records of a check have every stored key, and write the same JSON again."""
    found = measurement(kept)
    records = [each for each in records_of(found.id) if _needed(each) <= found.evidence.keys()]
    again = written(*(each.read(found) for each in records))
    assert json.dumps(again, sort_keys=True) == json.dumps(kept["evidence"], sort_keys=True)


def _needed(record: type[Record]) -> set[str]:
    return {each.name for each in fields(record) if each.default is MISSING}


def test_every_record_is_in_the_stored_file() -> None:
    """So a test fails if a record changes its form."""
    seen = {
        (id, record)
        for kept in ROWS
        for id in [next((each for each in ids.PREFIXES if kept["id"].startswith(each)), kept["id"])]
        for record in EVIDENCE[id]
        if set(record.key_names()) & kept["evidence"].keys()
    }
    assert seen == {(id, record) for id, records in EVIDENCE.items() for record in records}


@pytest.mark.parametrize("kept", ROWS, ids=named)
def test_the_facts_of_stored_evidence_have_the_same_numbers(kept: dict[str, Any]) -> None:
    """The lines of version 0.1.0 but for those that repeat the reason, with the same numbers."""
    before = [line for line in kept["facts"] if not _repeats(line, kept)]
    assert list(map(_numbers, facts(measurement(kept)))) == list(map(_numbers, before))


def _repeats(line: str, kept: dict[str, Any]) -> bool:
    """True for a missing file or the state of an answer that the reason names as well."""
    told = kept["id"] == ids.LAYOUT or kept["id"].startswith(ids.QUESTION)
    return told and line.removeprefix("missing: ") in (kept["reason"] or "")


def _numbers(line: str) -> list[str]:
    return sorted(re.findall(r"\d[\d.,e%-]*\d|\d", line))


def test_an_old_database_opens(tmp_path: Path) -> None:
    """Its measurements are read as they were stored."""
    path = tmp_path / "results.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(SCHEMA_2)
        connection.executemany(
            "INSERT INTO measurements VALUES (1, ?, ?, ?, ?, ?, ?, NULL, NULL, NULL, NULL, ?, 0.1)",
            [(place, *_columns(each)) for place, each in enumerate(ROWS)],
        )
    with Store.open(path) as store:
        found = store.measured("B0", "print")
    assert found is not None
    assert found.measurements == tuple(replace(measurement(each), seconds=0.1) for each in ROWS)


def _columns(kept: dict[str, Any]) -> tuple[Any, ...]:
    columns = ("id", "status", "value", "unit", "reason")
    return (*(kept[each] for each in columns), json.dumps(kept["evidence"]))


def test_an_old_report_opens() -> None:
    """A report.json with all stored evidence is read, and written the same."""
    whole = report("B0", *map(measurement, ROWS))
    assert parse(render(whole)) == whole


@pytest.mark.parametrize("kept", ROWS, ids=named)
def test_damaged_evidence_raises_nothing(kept: dict[str, Any]) -> None:
    """No reader raises, whatever value a key or a list entry has."""
    for key in kept["evidence"]:
        for odd in ODD:
            _is_read(_damaged(kept, {**kept["evidence"], key: odd}))
        _is_read(_damaged(kept, {each: v for each, v in kept["evidence"].items() if each != key}))


def _damaged(kept: dict[str, Any], evidence: dict[str, Json]) -> Measurement:
    return measurement({**kept, "evidence": evidence})


def _is_read(damaged: Measurement) -> None:
    for record in records_of(damaged.id):
        record.read(damaged)
    facts(damaged)
    whole = report("B0", damaged)
    assert class_row(whole).student == "B0"
    assert len(grade(LAB, [damaged]).items) == len(LAB.items)
    claimed(whole)
    mistakes(whole, CIFAR10, None)
