import json
from typing import Any

import pytest

from grader.report import gradescope_results as gradescope
from grader.types import Report
from tests.report.examples import busy, example_class, passed, unmarked

ONE = passed("B1", 43.396277, 9311, 0.38)
BY_ID = {each.submission.id: each for each in example_class()}
BROKEN = BY_ID["311551077"]  # an error of ours


def read(report: Report) -> dict[str, Any]:
    """What Gradescope reads."""
    document: dict[str, Any] = json.loads(gradescope.render(report))
    return document


def test_gradescope_shows_points_checks_and_leaderboard() -> None:
    """The score is the total; tests are visible Markdown; three numbers compete."""
    document = read(ONE)
    assert document["score"] == pytest.approx(ONE.grade.total, abs=1e-4)
    assert document["output_format"] == "md"
    scored = [each for each in document["tests"] if "score" in each]
    assert sum(each["score"] for each in scored) == pytest.approx(document["score"], abs=1e-3)
    assert {each["visibility"] for each in document["tests"]} == {"visible"}
    assert {each.get("status") for each in document["tests"]} <= {"passed", "failed", None}
    board = {each["name"]: each for each in document["leaderboard"]}
    assert board["MFLOPs"] == {"name": "MFLOPs", "value": 43.396277, "order": "asc"}
    assert board["Accuracy"]["value"] == 93.11
    assert board["Latency"]["order"] == "asc"


def test_a_latency_of_a_busy_machine_does_not_compete() -> None:
    """The leaderboard has the other two numbers."""
    board = {each["name"] for each in read(busy("B1"))["leaderboard"]}
    assert board == {"MFLOPs", "Accuracy"}


def test_gradescope_gets_no_zero_for_an_error() -> None:
    """Without a score Gradescope calls the run failed."""
    document = read(BROKEN)
    assert "score" not in document
    assert "not a zero" in document["output"]
    assert not any("score" in each for each in document["tests"])


def test_gradescope_gets_no_score_for_a_sample() -> None:
    """An estimate is shown and not recorded."""
    document = read(BY_ID["312551009"])
    assert "score" not in document
    assert not any("score" in each for each in document["tests"])


def test_gradescope_gets_a_zero_for_what_failed() -> None:
    """A hand-in that is no MobileNetV2 has its verdict, and says why."""
    document = read(BY_ID["109550044"])
    assert document["score"] == 0.0
    (lineage,) = [each for each in document["tests"] if "structure.lineage" in each["name"]]
    assert lineage["status"] == "failed"
    assert "not a pruned MobileNetV2" in lineage["output"]


def test_points_pending_are_marked() -> None:
    """The score is the least; one point is one; checks have names."""
    document = read(ONE)
    assert "At least (55 points pending): 45.47+" in document["output"]
    assert "55 points will be marked" in document["output"]
    assert "1 point will be marked" in read(unmarked(ONE, 1.0))["output"]
    assert "At least" not in read(unmarked(ONE, 0.0))["output"]
    assert "MFLOPs (mflops)" in {each["name"] for each in document["tests"]}


def test_checks_that_need_a_failed_one_are_one_line() -> None:
    """They are no tests of their own."""
    document = read(BY_ID["109550044"])
    assert "4 checks of the network were not made" in document["output"]
    assert not any("mflops" in each["name"] for each in document["tests"])
