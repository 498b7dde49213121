import re
from dataclasses import replace

import pytest
from rich.cells import cell_len

from grader.report.facts import SAMPLE
from grader.report.listed_checks import listed_checks
from grader.report.terminal.detail import render
from grader.types import Lateness
from tests.report.examples import busy, but, example_class, failed, hostile, passed
from tests.report.measured import NOT_MOBILENET, OUR_ERROR, lineage

GOOD = passed("109550017", 43.396277, 9311, 0.38)


@pytest.mark.parametrize("width", [80, 120])
def test_a_hand_in_fits_the_terminal(width: int) -> None:
    """No line of any hand-in's detail is wider than the terminal."""
    for report in example_class():
        assert max(map(cell_len, render(report, width).splitlines())) <= width


def test_every_check_is_listed() -> None:
    """Each has its mark, its status, its name, its id and its facts."""
    text = render(GOOD, 120)
    for measurement in listed_checks(GOOD):
        assert measurement.id in text
    assert re.search(r"✓ passed +MFLOPs +43\.396277 MFLOPs", text)
    assert "accuracy.program" not in text
    assert "9311 of 10000 images" in text


def test_a_failure_has_all_its_texts() -> None:
    """Reason, expected, actual and help are shown."""
    flat = " ".join(render(failed("1", NOT_MOBILENET), 120).split())
    assert f"✗ failed Pruned network {NOT_MOBILENET.reason}" in flat.replace(
        " structure.lineage", "", 1
    )
    assert "4 checks of the network were not made" in flat
    assert f"expected {NOT_MOBILENET.expected}" in flat
    assert f"actual {NOT_MOBILENET.actual}" in flat
    assert f"help {NOT_MOBILENET.help}" in flat


def test_the_formula_has_its_numbers() -> None:
    """Each term has its numbers and its result, above the points."""
    flat = " ".join(render(GOOD, 120).split())
    assert "MFLOPs term (200 - 43.396277) / (200 - 45) = 1.010347" in flat
    assert "Accuracy penalty 10 * clamp(0.92 - 0.9311, 0, 1) = 0.000000" in flat
    assert "= 45.465597" in flat
    assert re.search(r"At least.*\b55 points.* 45\.47", flat)


def test_widths_are_shown_block_by_block() -> None:
    """A block's line has the original and the kept channels, with a bar for the share."""
    lines = render(passed("1", 318.969098, 9630, 1e9), 80).splitlines()
    line = next(line for line in lines if line.startswith("features.2 "))
    assert line.split()[1:4] == ["96", "→", "96"]
    assert line.count("█") == 24


def test_a_latency_of_a_busy_machine_is_marked() -> None:
    """With the meaning of the sign."""
    shown = " ".join(render(busy("B1"), 120).split())
    assert "p50 †77.77 ms" in shown
    assert "† the machine had other work" in shown


def test_a_sample_is_no_grade() -> None:
    """Below the points there is a note that they are an estimate, with the interval."""
    text = render(passed("1", 47.2, 928, 0.4, total=1_000), 120)
    points = text[text.index("Points") :]
    assert SAMPLE in points
    assert "91.03 % to 94.24 %" in points


def test_a_review_is_shown() -> None:
    """The review is with its check."""
    looked_at = but(GOOD, lineage(0.4, review="It answers differently."))
    flat = " ".join(render(looked_at, 120).split())
    assert "109550017 ? review" in flat
    assert "review It answers differently." in flat


def test_an_error_has_no_points() -> None:
    """After an error of the grader the points are unknown, not zero."""
    text = render(failed("1", OUR_ERROR), 80)
    assert "0.00" not in text
    assert "! error    Accuracy in PyTorch" in text


@pytest.mark.parametrize("color", [False, True])
def test_hostile_text_is_shown_and_not_obeyed(color: bool) -> None:
    """Control characters in any field are escaped, and markup stays text."""
    text = render(hostile(), 120, color)
    assert "\x1b[2J" not in text
    assert "\x1b]0" not in text
    assert "\x07" not in text
    assert "\u202e" not in text
    assert text.count("[/bold]") >= 5


def test_lateness_is_a_line_of_its_own_above_the_total() -> None:
    """It has the earned points, the penalty with its reason, and the total."""
    late = Lateness(
        punctuality="late",
        text="1 d late: 10 % of 45.47 points",
        submitted_at="2024-04-05T23:55:00+08:00",
        due="2024-04-04T23:55:00+08:00",
        days=1,
        unpenalised=45.47,
        penalty=4.55,
    )
    grade = replace(GOOD.grade, total=40.92, lateness=late)
    flat = " ".join(render(replace(GOOD, grade=grade), 120).split())
    assert re.search(rf"Earned 45\.47 .*{re.escape(late.text)} -4\.55", flat)
    assert re.search(r"pending.* 40\.92", flat)
    unknown = replace(late, text="nobody says", unpenalised=None, penalty=None)
    flat = render(replace(GOOD, grade=replace(grade, lateness=unknown)), 120)
    assert "nobody says" in flat
