from collections.abc import Callable, Sequence
from typing import Any

import altair
import pytest

from grader.evidence.lineage import LineageEvidence
from grader.report.charts import figures as charts
from grader.report.charts.drawing import Spec
from grader.report.row import Row, rows
from tests.report.examples import LAB, example_class, failed, passed
from tests.report.measured import OUR_ERROR, lineage

CLASS = rows(example_class())
OF_A_CLASS = (charts.distribution, charts.latencies, charts.beside, charts.faults)


def drawn(spec: Spec | None) -> list[dict[str, Any]]:
    """The rows of all layers of a chart that there has to be."""
    assert spec is not None
    return [row for layer in (spec, *spec.get("layer", ())) for row in rows_of(layer)]


def rows_of(layer: Spec) -> list[dict[str, Any]]:
    """The rows that a layer brings itself."""
    found: list[dict[str, Any]] = layer.get("data", {}).get("values", [])
    return found


def values(spec: Spec | None) -> list[dict[str, Any]]:
    """The rows of the last layer, or of the whole where its layers share them."""
    assert spec is not None
    return rows_of(spec["layer"][-1] if "layer" in spec else spec) or rows_of(spec)


@pytest.mark.parametrize("chart", OF_A_CLASS)
def test_each_chart_is_vega_lite(chart: Callable[[Sequence[Row]], Spec | None]) -> None:
    """The schema has nothing against what was put together without it."""
    altair.Chart.from_dict(chart(CLASS), validate=True)


@pytest.mark.parametrize("chart", OF_A_CLASS)
def test_an_empty_class_has_no_chart(chart: Callable[[Sequence[Row]], Spec | None]) -> None:
    """There is nothing to draw where nothing was measured."""
    assert chart(()) is None


def test_every_known_total_is_in_one_bar() -> None:
    """The bars add up to the hand-ins that have points, each within its own."""
    totals = [row.report.grade.total for row in CLASS if row.report.grade.total is not None]
    bars = values(charts.distribution(CLASS))
    assert sum(bar["Submissions"] for bar in bars) == len(totals)
    for bar in bars:
        within = [total for total in totals if bar["from"] <= total < bar["to"]]
        assert len(within) == bar["Submissions"]


def test_latency_names_each_student_and_the_unpruned_network() -> None:
    """Who was timed is a point; the unpruned network lies where the speed-ups say."""
    spec = charts.latencies(CLASS)
    timed = [row for row in CLASS if row.latency and row.mflops]
    assert [each["Student"] for each in values(spec)] == [row.student for row in timed]
    unpruned = next(each for each in drawn(spec) if each.get("Network") == "unpruned")
    first = timed[0].latency
    assert first is not None
    assert first.speedup is not None
    assert unpruned["x"] == LAB.network.unpruned_mflops
    assert unpruned["y"] == pytest.approx(first.p50 * first.speedup)


def test_a_students_chart_names_nobody() -> None:
    """The class is there as points; ids are not in it."""
    text = str(charts.beside(CLASS))
    assert not any(row.student in text for row in CLASS)
    assert len(charts.timed(CLASS)) == len(values(charts.beside(CLASS)))


def test_faults_are_counted_by_check() -> None:
    """Each failed or broken check of each hand-in counts once; what was skipped is no fault."""
    counted = {
        (each["Check"], each["Became"]): each["Submissions"]
        for each in values(charts.faults(CLASS))
    }
    assert counted["structure.lineage", "failed"] == 2
    assert counted["accuracy.pytorch", "error"] == 1
    assert all(became != "skipped" for _, became in counted)


def test_a_class_without_fault_has_no_chart_of_them() -> None:
    """Nothing failed: nothing is drawn."""
    assert charts.faults(rows([passed("1", 44.0, 9300, 0.4)])) is None
    assert charts.latencies(rows([failed("1", OUR_ERROR)])) is None


def test_every_width_is_drawn() -> None:
    """Hidden and output of each block, original and kept, with the numbers beside them."""
    found = LineageEvidence.read(lineage(0.4)).blocks
    spec = charts.widths(found)
    altair.LayerChart.from_dict(spec, validate=True)
    found_in = values(spec)
    assert len(found_in) == sum(len(block.both) for block in found)
    assert {"block": "18", "part": "output", "original": 1280}.items() <= found_in[-1].items()
    assert charts.widths(()) is None
