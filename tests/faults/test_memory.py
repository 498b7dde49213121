"""A worker that runs out of memory: by an exception, or killed as the kernel does."""

import csv
from pathlib import Path

import pytest

from tests.fake_stages import TROUBLE
from tests.faults.running import DONE, HARNESS_ERROR, Graders, class_of, report, results

pytestmark = [pytest.mark.slow, pytest.mark.system]


@pytest.mark.parametrize(
    ("order", "total_is_known"),
    [
        ("measure in-trouble allocate", False),
        ("measure in-trouble be-killed", False),
        ("time in-trouble be-killed", True),
    ],
)
def test_out_of_memory(tmp_path: Path, graders: Graders, order: str, total_is_known: bool) -> None:
    """It is our ERROR, for a person to look at and never a zero, of the one hand-in alone.

    The next run, with memory enough, tries it again and leaves nothing of it.
    """
    class_ = class_of(tmp_path / "in", 1)
    for source in class_of(tmp_path / "greedy", 2, order).iterdir():
        if source.stem == "B1":
            source.rename(class_ / source.name)
    whole, out = (tmp_path / name / "out" for name in ("whole", "short"))
    assert graders.grade(class_, whole).status == DONE
    out.parent.mkdir()
    out.with_name(TROUBLE).touch()

    ended = graders.grade(class_, out)
    assert ended.status == HARNESS_ERROR
    assert "emory" in ended.said
    expected, found = report(whole, "B1")["grade"], report(out, "B1")["grade"]
    assert found["total"] == (expected["total"] if total_is_known else None)
    assert found["needs_review"]
    rows = {row["student"]: row for row in csv.DictReader((out / "grades.csv").open())}
    assert rows["B1"]["status"] == "error"
    assert bool(rows["B1"]["total"]) is total_is_known
    assert results(out)["students/B0/report.json"] == results(whole)["students/B0/report.json"]

    out.with_name(TROUBLE).unlink()
    assert graders.grade(class_, out).status == DONE
    assert results(out) == results(whole)
