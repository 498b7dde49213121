import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import altair
import pytest
import vl_convert
from hypothesis import given
from hypothesis import strategies as st

from grader.labs.kinds import network_lab
from grader.labs.network_lab import NetworkLab, ScoreSpec
from grader.report.charts.score_plot import Frame, equal_score, frame, levels, measured, spec
from grader.report.class_row import class_rows
from grader.scoring.formula import formula_terms
from grader.types import Report
from tests.labs.changes import NAMES
from tests.places import ROOT
from tests.report.examples import LAB, ORIGINAL_LAB, example_class, failed, passed
from tests.report.measured import OUR_ERROR, accuracy

REFERENCE = ROOT / "reference"


def draw(reports: Sequence[Report], lab: NetworkLab = LAB) -> Any:
    """The specification for these reports, which must not be None."""
    chart = spec(class_rows(reports), lab)
    assert chart is not None
    altair.LayerChart.from_dict(chart, validate=True)
    return chart


def points(chart: Any) -> dict[str, dict[str, Any]]:
    """The points of a specification, by student."""
    return {value["Student"]: value for value in chart["layer"][-1]["data"]["values"]}


@pytest.mark.parametrize("level", levels(LAB.score))
def test_a_line_has_the_same_score_all_along(level: float) -> None:
    """At each corner of a line the lab's formula gives the line's points."""
    corners = equal_score(LAB.score, level, frame(LAB.score))
    assert len(corners) == 3
    for corner in corners:
        *_, score = formula_terms(LAB.score, corner.mflops, corner.accuracy)
        assert score.value == pytest.approx(level)


def test_the_lines_follow_the_lab() -> None:
    """They are at fixed fractions of the formula's points, including 1."""
    assert levels(LAB.score) == pytest.approx((18, 27, 36, 45, 54))
    assert levels(LAB.score.model_copy(update={"points": 10.0})) == pytest.approx((4, 6, 8, 10, 12))


@given(st.floats(min_value=-100, max_value=100))
def test_a_line_stays_where_mflops_can_be(level: float) -> None:
    """For all points, a line has MFLOPs from 0 to the ceiling, or is empty."""
    for corner in equal_score(LAB.score, level, frame(LAB.score)):
        assert 0 <= corner.mflops <= LAB.score.mflops_ceiling


def test_a_formula_without_points_has_no_lines() -> None:
    """A lab may give no points for the formula; the class is still drawn."""
    free = LAB.model_copy(update={"score": LAB.score.model_copy(update={"points": 0.0})})
    assert levels(free.score) == ()
    assert len(points(draw(example_class(), free))) > 0


def test_more_points_than_can_be_had_have_no_line() -> None:
    """Sixty points would need fewer than 0 MFLOPs."""
    assert equal_score(LAB.score, 60.0, frame(LAB.score)) == ()


def test_a_lab_without_an_accuracy_penalty_has_upright_lines() -> None:
    """If accuracy does not count, a line is vertical."""
    score = LAB.score.model_copy(update={"accuracy_factor": 0.0})
    within = frame(score)
    top, bottom = equal_score(score, 45.0, within)
    assert top.mflops == bottom.mflops == 45.0
    assert (top.accuracy, bottom.accuracy) == (within.highest, within.lowest)


def test_the_frame_is_where_points_can_be_had() -> None:
    """At the lower edge of the frame even 0 MFLOPs score 0, by the lab's constants."""
    within = frame(LAB.score)
    assert within == Frame(mflops=200.0, lowest=0.79, highest=0.98)
    *_, score = formula_terms(LAB.score, 0.0, within.lowest)
    assert score.value == 0


def test_the_frame_follows_the_lab() -> None:
    """Another lab's constants give another frame, within 0 to 1."""
    score = ScoreSpec(
        mflops_ceiling=300, mflops_goal=50, accuracy_goal=0.99, accuracy_factor=0.5, points=10
    )
    assert frame(score) == Frame(mflops=300, lowest=0.0, highest=1.0)


def test_every_measured_hand_in_is_a_point() -> None:
    """Every hand-in with MFLOPs and an accuracy is drawn, with its exact figures."""
    found = points(draw(example_class()))
    assert len(found) == len(measured(class_rows(example_class()), LAB)) == 10
    assert found["109550017"]["MFLOPs"] == "43.396277"
    assert found["109550017"]["Accuracy"] == "93.11 %"
    assert found["109550017"]["points"] == "45.47"


def test_what_lies_outside_is_put_on_the_edge() -> None:
    """A point outside the frame is on its edge, marked, with its true figures."""
    reports = [passed("1", 318.969098, 9630, 1.0), passed("2", 44.0, 1000, 0.4)]
    found = points(draw(reports))
    assert (found["1"]["x"], found["1"]["where"]) == (200.0, "right")
    assert (found["2"]["y"], found["2"]["where"]) == (0.79, "below")
    assert found["2"]["Accuracy"] == "10.00 %"


def test_a_sample_has_its_interval() -> None:
    """A sample's point says that it is one, and a line shows its interval."""
    chart = draw([passed("1", 47.2, 928, 0.4, total=1_000)])
    assert "sample, not the grade" in points(chart)["1"]["Accuracy"]
    (interval,) = chart["layer"][-2]["data"]["values"]
    assert interval["low"] < 0.928 < interval["high"]


def test_the_accuracy_is_the_one_that_the_lab_goes_by() -> None:
    """If the lab scores by the runner, the point is at the program's accuracy."""
    report = passed("1", 44.0, 9300, 0.4)
    ran = replace(
        report, measurements=(*report.measurements[:-2], accuracy("accuracy.program", 9100))
    )
    assert points(draw([ran], ORIGINAL_LAB))["1"]["y"] == 0.91
    assert measured(class_rows([report]), ORIGINAL_LAB) == []


@pytest.mark.parametrize("reports", [[], [failed("1", OUR_ERROR)]])
def test_nothing_measured_is_no_plot(reports: list[Report]) -> None:
    """Without any point the specification is None."""
    assert spec(class_rows(reports), LAB) is None


def test_the_specification_can_be_drawn() -> None:
    """Vega-Lite compiles it and draws a mark for every hand-in and every line."""
    svg = vl_convert.vegalite_to_svg(draw(example_class()))
    assert svg.count('aria-roledescription="point"') == 10 + len(LAB.landmarks)
    assert svg.count('aria-roledescription="line mark"') == len(levels(LAB.score))
    assert "var(--accent)" in svg


def test_known_networks_stand_beside_the_class() -> None:
    """The reference solution is at its figures, the unpruned network at the frame's edge."""
    chart = draw(example_class())
    known = {
        value["Network"]: value
        for layer in chart["layer"]
        for each in layer.get("layer", ())
        for value in each.get("data", layer.get("data", {})).get("values", ())
    }
    assert known["reference solution"]["x"] == 29.834162
    assert known["reference solution"]["y"] == 0.913
    assert (known["unpruned"]["x"], known["unpruned"]["where"]) == (200.0, "right")


def test_a_lab_without_known_networks_has_none() -> None:
    """Without landmarks in the lab file none are drawn."""
    lab = LAB.model_copy(update={"landmarks": ()})
    assert not any("layer" in layer for layer in draw(example_class(), lab)["layer"])


@pytest.mark.parametrize("name", NAMES)
def test_the_reference_solution_is_as_it_was_measured(name: str) -> None:
    """Each lab's figures are those in reference/golden.json."""
    golden = json.loads((REFERENCE / "golden.json").read_text(encoding="utf-8"))
    reference, unpruned = network_lab(name).landmarks
    assert reference.mflops == golden["mflops"]
    assert reference.accuracy == golden["correct"]["test_set"] / 10_000
    assert unpruned.mflops == network_lab(name).network.unpruned_mflops
