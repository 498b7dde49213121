from typing import Any

import junitparser
import pytest

from grader.report import gradescope_results as gradescope
from grader.report import junit
from grader.types import Report
from tests.report.examples import example_class, hostile, passed, unmarked
from tests.report.measured import NOT_MOBILENET

ONE = passed("B1", 43.396277, 9311, 0.38)
BY_ID = {each.submission.id: each for each in example_class()}


def test_junit_has_the_reports_statuses() -> None:
    """There is a test case for each check; failures, errors and skips are different."""
    reports = example_class()
    read = junitparser.JUnitXml.fromstring(junit.render(reports).encode())
    for suite, report in zip(read, reports, strict=True):
        statuses = [each.status.value for each in report.measurements]
        assert suite.name == report.submission.id
        assert suite.tests == len(statuses)
        assert (suite.failures, suite.errors, suite.skipped) == tuple(
            statuses.count(each) for each in ("failed", "error", "skipped")
        )


def test_junit_has_the_points() -> None:
    """With a mark if points are pending; none without a total."""
    assert properties(ONE) == {"points": "45.47+", "points pending": "55"}
    assert properties(unmarked(ONE, 0.0)) == {"points": "45.47"}
    assert "points" not in properties(BY_ID["311551077"])


def properties(report: Report) -> dict[str, str]:
    """The properties of the suite."""
    (suite,) = junitparser.JUnitXml.fromstring(junit.render([report]).encode())
    return {each.name: each.value for each in suite.properties()}  # type: ignore[no-untyped-call]  # theirs


def test_junit_gives_reason_and_help() -> None:
    """The message is the reason, the text has the help."""
    read = junitparser.JUnitXml.fromstring(junit.render([BY_ID["109550044"]]).encode())
    (suite,) = read
    (failure,) = [case.result[0] for case in suite if case.result and case.is_failure]
    assert failure.message == NOT_MOBILENET.reason
    assert f"help: {NOT_MOBILENET.help}" in failure.text


@pytest.mark.parametrize("render", [lambda each: junit.render([each]), gradescope.render])
def test_the_same_report_gives_the_same_text(render: Any) -> None:
    """The text has no date, and a hostile hand-in's control characters are escaped."""
    assert render(ONE) == render(ONE)
    assert "\x1b" not in render(hostile())
    assert "\u202e" not in render(hostile())


def test_junit_of_a_hostile_hand_in_is_xml() -> None:
    """Controls, surrogates and tags become text."""
    (suite,) = junitparser.JUnitXml.fromstring(junit.render([hostile()]).encode())
    assert "<b onload=alert(1)>" in suite.name
