from dataclasses import replace

import pytest

from grader.report.class_statistics import class_statistics
from grader.report.pages.statistics import GAP, HIGH, WIDE, bars, page
from grader.report.part_statistics import Bin, PartStatistics
from tests.report.browsing import Page
from tests.report.examples import HOSTILE_REASON, LAB, example_class, hostile
from tests.report.write_ups import DUE
from tests.report.write_ups import example_class as write_ups

PART = PartStatistics(
    id="1",
    title="",
    possible=5.0,
    decided=4,
    pending=0,
    mean=2.5,
    median=2.5,
    distribution=(Bin(low=0.0, high=0.0, count=1), Bin(low=5.0, high=5.0, count=4)),
    discrimination=None,
    compared=0,
)


def test_the_page_has_the_statistics_and_no_student() -> None:
    """Every part, check and reason; no script, and no element of a hand-in."""
    found = class_statistics([*example_class(), hostile()], LAB)
    html = page(found)
    read = Page.of(html)
    for part in found.parts:
        assert part.title in read.text
    for check in found.times:
        assert check.id in read.text
    assert "script" not in read.raw
    assert {"b", "img"}.isdisjoint(tag for tag, _ in read.elements)
    assert HOSTILE_REASON not in read.text
    assert not any(each.submission.id in html for each in example_class())
    assert read.policy["default-src"] == "'none'"


def test_a_write_up_lab_has_a_page() -> None:
    """With its items."""
    text = Page.of(page(class_statistics(write_ups(), DUE))).text
    assert "4.50 of 5" in text


def test_bars_stand_at_their_points() -> None:
    """On the scale of all possible points, within the drawing, as high as their share."""
    first, last = bars(PART)
    assert (first.x, first.height) == (0.0, HIGH / 4)
    assert last.height == HIGH
    assert last.x + last.width == pytest.approx(WIDE)
    assert last.words == "5 points: 4"
    assert bars(replace(PART, distribution=())) == ()


def test_bins_follow_each_other() -> None:
    """Each begins where the last ends, with a gap."""
    bins = tuple(Bin(low=at / 2, high=(at + 1) / 2, count=at) for at in range(10))
    found = bars(replace(PART, distribution=bins))
    assert [each.x for each in found] == pytest.approx([10.0 * at for at in range(10)])
    assert {each.width for each in found} == {10.0 - GAP}
    assert found[0].words == "0 to below 0.5 points: 0"
    assert found[-1].words == "4.5 to 5 points: 9"
