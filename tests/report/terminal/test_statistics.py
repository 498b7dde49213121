from dataclasses import replace

import pytest
from rich.cells import cell_len

from grader.report.class_statistics import class_statistics
from grader.report.terminal.class_table import to_text
from grader.report.terminal.statistics import FAILURES, statistics
from tests.report.examples import LAB, example_class, failed, hostile
from tests.report.measured import NO_MODEL
from tests.report.write_ups import DUE
from tests.report.write_ups import example_class as write_ups


@pytest.mark.parametrize("width", [80, 120])
def test_the_statistics_fit_the_terminal(width: int) -> None:
    """No line is wider, and every part, check and reason is there."""
    found = class_statistics([*example_class(), hostile()], LAB)
    text = to_text(statistics(found), width, color=False)
    assert max(map(cell_len, text.splitlines())) <= width
    for part in found.parts:
        assert f"\n{part.id} " in text
    assert all(each.id in text for each in found.times)
    assert all(each.check in text for each in found.failures[:FAILURES])
    assert "\x1b" not in text
    assert "Asia/Taipei" in text


def test_a_write_up_lab_has_its_items() -> None:
    """With mean and median, and the ends of the distribution's scale."""
    lines = to_text(statistics(class_statistics(write_ups(), DUE)), 80, color=False).splitlines()
    basic = next(line for line in lines if line.startswith("basic"))
    assert basic.split()[:7] == ["basic", "5", "3", "of", "5", "4.50", "4.50"]
    assert basic.split()[8] == "0"
    assert basic.split()[-1] == "5"


def test_the_rest_of_many_failures_is_counted() -> None:
    """The first ten are listed."""
    reports = [
        failed(str(at), replace(NO_MODEL, reason=f"Reason {chr(65 + at)}.")) for at in range(15)
    ]
    text = to_text(statistics(class_statistics(reports, LAB)), 80, color=False)
    assert text.count("Reason ") == FAILURES
    assert "5 more" in text


def test_an_empty_class_has_only_the_heading() -> None:
    """Nothing was measured and nothing failed."""
    text = to_text(statistics(class_statistics([], LAB)), 80, color=False)
    assert "hand-ins: 0" in text
    assert "failed" not in text
