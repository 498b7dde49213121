"""A results folder that another version of the grader wrote."""

import csv
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

from grader import __version__
from grader.batch.store import SCHEMA_VERSION
from tests.fake_stages import calls
from tests.faults.fake_grader import VERSION, Death
from tests.faults.fixtures import Undisturbed
from tests.faults.running import DONE, USAGE, Graders, report, results

pytestmark = [pytest.mark.slow, pytest.mark.system]

OLD = {VERSION: "0.0.9"}
STUDENTS = tuple(f"B{number}" for number in range(6))
# As the first version of grader/store.py made it. It lacks what a hand-in was measured with, so
# that its rows cannot be taken over: nobody knows what machine and which packages they are of.
SCHEMA_1 = """
CREATE TABLE submissions (
    "key" INTEGER NOT NULL, student TEXT NOT NULL, fingerprint TEXT NOT NULL, source TEXT NOT NULL,
    sha256 TEXT NOT NULL, layout TEXT, files JSON NOT NULL,
    PRIMARY KEY ("key"), UNIQUE (student, fingerprint)
);
CREATE TABLE measurements (
    submission INTEGER NOT NULL, place INTEGER NOT NULL, id TEXT NOT NULL, status TEXT NOT NULL,
    value DOUBLE, unit TEXT NOT NULL, reason TEXT, help TEXT, expected TEXT, actual TEXT,
    review TEXT, evidence JSON NOT NULL, seconds DOUBLE NOT NULL,
    PRIMARY KEY (submission, place),
    FOREIGN KEY(submission) REFERENCES submissions ("key") ON DELETE CASCADE
);
INSERT INTO submissions VALUES (1, 'B0', 'print', 'in/B0.zip', 'ab', NULL, '[]');
INSERT INTO measurements VALUES
    (1, 0, 'mflops', 'passed', 44.5, 'MFLOPs', NULL, NULL, NULL, NULL, NULL, '{}', 0.1);
PRAGMA application_id=0x47524452;
PRAGMA user_version=1;
"""


def test_another_version_measures_again(
    undisturbed: Undisturbed, graders: Graders, tmp_path: Path
) -> None:
    """Of one that measures something else. Going back finds the old, killed in between or not."""
    out = tmp_path / "out"
    assert graders.grade(undisturbed.class_, out, OLD).status == DONE
    old = results(out)
    assert _versions(out) == {"0.0.9"}

    half = undisturbed.lines["saving"] // 2
    death = Death(moments=tmp_path / "moments", phase="saving", moment=half)
    graders.grade(undisturbed.class_, out, death.to_environment())
    assert death.came
    assert _versions(out) == {"0.0.9"}
    assert graders.grade(undisturbed.class_, out).status == DONE
    assert _versions(out) == {__version__}
    assert _without_database(results(out)) == _without_database(undisturbed.results)
    counted = Counter(calls(tmp_path))
    assert all(counted[f"measure {student}"] >= 2 for student in STUDENTS)

    assert graders.grade(undisturbed.class_, out, OLD).status == DONE
    assert _without_database(results(out)) == _without_database(old)
    assert Counter(calls(tmp_path)) == counted


def _versions(out: Path) -> set[str]:
    return {report(out, student)["provenance"]["grader"] for student in STUDENTS}


def _without_database(found: dict[str, object]) -> dict[str, object]:
    return {name: content for name, content in found.items() if name != "results.db"}


@pytest.mark.parametrize(("version", "age"), [(1, "an older"), (SCHEMA_VERSION + 1, "a newer")])
def test_a_database_of_another_schema(
    undisturbed: Undisturbed, graders: Graders, tmp_path: Path, version: int, age: str
) -> None:
    """It is named, with what to do, and neither it nor the reports beside it are touched."""
    out = tmp_path / "out"
    (out / "B0").mkdir(parents=True)
    (out / "B0" / "report.json").write_text('{"schema_version": 0}')
    with closing(sqlite3.connect(out / "results.db")) as connection:
        connection.executescript(f"{SCHEMA_1} PRAGMA user_version={version};")
    before = {path: path.read_bytes() for path in out.rglob("*.*")}
    ended = graders.grade(undisturbed.class_, out)
    assert ended.status == USAGE
    told = f"written by {age} grader (schema {version}, this one's {SCHEMA_VERSION})."
    assert told in ended.said
    assert "--out" in ended.said
    assert {path: path.read_bytes() for path in before} == before
    assert {path.name for path in out.iterdir()} == {"B0", "results.db", "results.lock"}


def test_reports_of_another_version(
    undisturbed: Undisturbed, graders: Graders, tmp_path: Path
) -> None:
    """A report.json from before is left alone and named nowhere: never read."""
    out = tmp_path / "out"
    for student in ("B0", "B9"):
        (out / student).mkdir(parents=True)
        (out / student / "report.json").write_text('{"schema_version": 0}')
    assert graders.grade(undisturbed.class_, out).status == DONE
    found = results(out)
    left: dict[str, object] = {"B0": None, "B9": None}
    left |= {f"{name}/report.json": {"schema_version": 0} for name in ("B0", "B9")}
    assert found == {**undisturbed.results, **left}
    with (out / "grades.csv").open() as sheet:
        assert [row["student"] for row in csv.DictReader(sheet)] == list(STUDENTS)
