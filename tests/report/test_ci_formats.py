"""Test reports for CI and Gradescope say what the report says, and nothing in them is live."""

import json
from typing import Any

import junitparser
import pytest

from grader.lms.gradescope import results_json as gradescope
from grader.report import github_summary as summary
from grader.report import junit
from grader.text import markdown
from grader.types import Report
from tests.report.examples import example_class, hostile, passed

ONE = passed("B1", 43.396277, 9311, 0.38)
BY_ID = {each.submission.id: each for each in example_class()}
BROKEN = BY_ID["311551077"]  # an error of ours


def test_junit_counts_what_the_report_says() -> None:
    """A case for each check; failures, errors and skips are told apart."""
    reports = example_class()
    read = junitparser.JUnitXml.fromstring(junit.render(reports).encode())
    for suite, report in zip(read, reports, strict=True):
        statuses = [each.status.value for each in report.measurements]
        assert suite.name == report.submission.id
        assert suite.tests == len(statuses)
        assert (suite.failures, suite.errors, suite.skipped) == tuple(
            statuses.count(each) for each in ("failed", "error", "skipped")
        )


def test_junit_gives_reason_and_help() -> None:
    """The message is the reason, the text what to do about it."""
    read = junitparser.JUnitXml.fromstring(junit.render([BY_ID["109550044"]]).encode())
    (suite,) = read
    (failure,) = [case.result[0] for case in suite if case.result and case.is_failure]
    assert failure.message.startswith("model/mobilenet.pth is not a pruned MobileNetV2")
    assert "help: Prune torchvision" in failure.text


@pytest.mark.parametrize("render", [lambda each: junit.render([each]), gradescope.render])
def test_the_same_report_gives_the_same_text(render: Any) -> None:
    """No time of day is in it, and what a hostile hand-in says is text."""
    assert render(ONE) == render(ONE)
    assert "\x1b" not in render(hostile())
    assert "\u202e" not in render(hostile())


def test_junit_of_a_hostile_hand_in_is_xml() -> None:
    """Controls, surrogates and tags are shown, not obeyed."""
    (suite,) = junitparser.JUnitXml.fromstring(junit.render([hostile()]).encode())
    assert "<b onload=alert(1)>" in suite.name


def test_summary_of_one() -> None:
    """The verdict, every check, every item, and the total."""
    said = summary.render([ONE])
    assert said.startswith("## ✓ B1: passed")
    for measurement in ONE.measurements:
        assert f"`{measurement.id}`" in said
    assert "**At least" in said
    assert "55 points are pending" in said
    assert "**No total**" in summary.render([BROKEN])


def test_summary_of_a_class() -> None:
    """A line for each hand-in, in the class table's order."""
    lines = summary.render(example_class()).splitlines()
    assert len(lines) == 2 + len(example_class())
    assert all(line.count(" | ") >= 5 for line in lines[2:])


def test_summary_of_a_hostile_hand_in_is_inert() -> None:
    """Nothing in it becomes HTML, a link, a mention or a cell of the table."""
    said = summary.render([hostile(), ONE])
    assert "<" not in said.replace("<br>", "")
    assert "\\[red\\]" in said
    table = [line for line in said.splitlines() if "cmd" in line]
    assert len(table) == 1


def read(report: Report) -> dict[str, Any]:
    """What Gradescope reads."""
    document: dict[str, Any] = json.loads(gradescope.render(report))
    return document


@pytest.mark.parametrize("words", ["www.evil.example", "https://evil.example", "@everyone", "a|b"])
def test_words_become_no_links(words: str) -> None:
    """What GitHub would turn into a link, a mention or a cell has a backslash within."""
    assert "\\" in markdown(words)
    assert markdown(words).replace("\\", "") == words


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
    (lineage,) = [each for each in document["tests"] if each["name"] == "structure.lineage"]
    assert lineage["status"] == "failed"
    assert "not a pruned MobileNetV2" in lineage["output"]
