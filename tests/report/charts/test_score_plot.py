import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import altair
import pytest
import vl_convert

from grader.labs.kinds import network_lab
from grader.labs.network_lab import NetworkLab
from grader.report.charts.score_plot import drawn_levels, frame_of, measured, spec
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


def test_a_formula_without_points_has_no_lines() -> None:
    """A lab may give no points for the formula; the class is still drawn."""
    free = LAB.model_copy(update={"score": LAB.score.model_copy(update={"points": 0.0})})
    assert drawn_levels(class_rows(example_class()), free) == ()
    assert len(points(draw(example_class(), free))) > 0


def labels(chart: Any) -> dict[str, tuple[float, float]]:
    """The labels of the lines, with their places."""
    return {
        value["label"]: (value["mflops"], value["accuracy"])
        for layer in chart["layer"]
        for each in layer.get("layer", ())
        for value in each.get("data", layer.get("data", {})).get("values", ())
        if "label" in value
    }


def test_every_line_has_its_points_beside_it() -> None:
    """At its upper end; the line of the most points says what the number is."""
    chart = draw(example_class())
    found = labels(chart)
    *others, most = drawn_levels(class_rows(example_class()), LAB)
    assert found.keys() == {*(f"{each:g}" for each in others), f"{most:g} points"}
    for label, place in found.items():
        *_, score = formula_terms(LAB.score, *place)
        assert score.value == pytest.approx(float(label.split()[0]))


def test_every_measured_hand_in_is_a_point() -> None:
    """Every hand-in with MFLOPs and an accuracy is drawn, with its exact figures."""
    found = points(draw(example_class()))
    assert len(found) == len(measured(class_rows(example_class()), LAB)) == 10
    assert found["109550017"]["MFLOPs"] == "43.396277"
    assert found["109550017"]["Accuracy"] == "93.11 %"
    assert found["109550017"]["points"] == "45.47"


def test_what_lies_far_outside_is_put_on_the_edge() -> None:
    """A network far from the class is on the frame's edge, marked, with its true figures."""
    near = [passed(f"B{at}", 40.0 + at, 9250 + 5 * at, 0.4) for at in range(10)]
    far = [passed("right", 318.969098, 9280, 1.0), passed("below", 44.0, 1000, 0.4)]
    found = points(draw([*near, *far]))
    within = frame_of(measured(class_rows([*near, *far]), LAB), LAB)
    assert within.right < 100
    assert within.lowest > 0.9
    assert (found["right"]["x"], found["right"]["where"]) == (within.right, "right")
    assert (found["below"]["y"], found["below"]["where"]) == (within.lowest, "below")
    assert found["below"]["Accuracy"] == "10.00 %"
    assert all(found[f"B{at}"]["where"] == "inside" for at in range(10))


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
    assert svg.count('aria-roledescription="line mark"') == len(
        drawn_levels(class_rows(example_class()), LAB)
    )
    assert "var(--accent)" in svg


def test_known_networks_stand_beside_the_class() -> None:
    """The reference solution is at its figures, the unpruned network at the frame's edge."""
    chart = draw(example_class())
    known = {
        value["Network"]: value
        for layer in chart["layer"]
        for each in layer.get("layer", ())
        for value in each.get("data", layer.get("data", {})).get("values", ())
        if "Network" in value
    }
    assert known["reference solution"]["x"] == 29.834162
    assert known["reference solution"]["y"] == 0.913
    assert known["unpruned"]["where"] == "above"


def test_a_lab_without_known_networks_has_none() -> None:
    """Without landmarks in the lab file none are drawn."""
    lab = LAB.model_copy(update={"landmarks": ()})
    chart = draw(example_class(), lab)
    values = [each for layer in chart["layer"] for each in layer.get("layer", ())]
    assert not any("Network" in str(each) for each in values)


@pytest.mark.parametrize("name", NAMES)
def test_the_reference_solution_is_as_it_was_measured(name: str) -> None:
    """Each lab's figures are those in reference/golden.json."""
    golden = json.loads((REFERENCE / "golden.json").read_text(encoding="utf-8"))
    reference, unpruned = network_lab(name).landmarks
    assert reference.mflops == golden["mflops"]
    assert reference.accuracy == golden["correct"]["test_set"] / 10_000
    assert unpruned.mflops == network_lab(name).network.unpruned_mflops
