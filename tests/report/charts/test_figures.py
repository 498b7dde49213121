from collections.abc import Callable, Sequence
from typing import Any

import altair
import pytest

from grader.report.charts import figures as charts
from grader.report.charts import score_plot
from grader.report.charts.drawing import MANY, Spec
from grader.report.class_row import ClassRow, class_rows
from tests.report.examples import BUSY_MS, LAB, busy, example_class, failed, passed
from tests.report.measured import OUR_ERROR

CLASS = class_rows(example_class())
OF_A_CLASS = (charts.distribution, charts.latencies, charts.anonymous_latencies, charts.faults)


def drawn(spec: Spec | None) -> list[dict[str, Any]]:
    """The rows of all layers of a chart."""
    assert spec is not None
    return [row for layer in (spec, *spec.get("layer", ())) for row in rows_of(layer)]


def rows_of(layer: Spec) -> list[dict[str, Any]]:
    """The rows in a layer's own data."""
    found: list[dict[str, Any]] = layer.get("data", {}).get("values", [])
    return found


def values(spec: Spec | None) -> list[dict[str, Any]]:
    """The rows of the last layer, or of the whole chart if its layers share them."""
    assert spec is not None
    return rows_of(spec["layer"][-1] if "layer" in spec else spec) or rows_of(spec)


@pytest.mark.parametrize("chart", OF_A_CLASS)
def test_each_chart_is_vega_lite(chart: Callable[[Sequence[ClassRow]], Spec | None]) -> None:
    """The chart, which is built without validation, conforms to the schema."""
    altair.Chart.from_dict(chart(CLASS), validate=True)


@pytest.mark.parametrize("chart", OF_A_CLASS)
def test_an_empty_class_has_no_chart(chart: Callable[[Sequence[ClassRow]], Spec | None]) -> None:
    """Without measurements the chart is None."""
    assert chart(()) is None


def test_every_known_total_is_in_one_bar() -> None:
    """The bars add up to the hand-ins with points, each in the bar of its points."""
    totals = [row.report.grade.total for row in CLASS if row.report.grade.total is not None]
    bars = values(charts.distribution(CLASS))
    assert sum(bar["Hand-ins"] for bar in bars) == len(totals)
    for bar in bars:
        within = [total for total in totals if bar["from"] <= total < bar["to"]]
        assert len(within) == bar["Hand-ins"]


def test_latency_names_each_student_and_the_unpruned_network() -> None:
    """Each measured student is a point; the unpruned network has its own median."""
    spec = charts.latencies(CLASS)
    timed = [row for row in CLASS if row.latency and row.mflops]
    assert [each["Student"] for each in values(spec)] == [row.student for row in timed]
    unpruned = next(each for each in drawn(spec) if each.get("Network") == "unpruned")
    first = timed[0].latency
    assert first is not None
    assert unpruned["x"] == LAB.network.unpruned_mflops
    assert unpruned["y"] == first.unpruned_p50


def test_a_latency_of_a_busy_machine_is_in_no_chart() -> None:
    """Neither its point nor the unpruned network's, which was timed beside it."""
    rows = class_rows([busy("1"), *example_class()])
    alone = class_rows([busy("1"), busy("2")])
    for chart in (charts.latencies, charts.anonymous_latencies):
        assert drawn(chart(rows)) == drawn(chart(CLASS))
        assert str(BUSY_MS) not in str(chart(rows))
        assert chart(alone) is None
    assert "1" not in charts.point_labels(rows)


def test_a_students_chart_names_nobody() -> None:
    """The class is shown as points without ids."""
    text = str(charts.anonymous_latencies(CLASS))
    assert not any(row.student in text for row in CLASS)
    assert len(charts.point_labels(CLASS)) == len(values(charts.anonymous_latencies(CLASS)))


def test_faults_are_counted_by_check() -> None:
    """Each failure and error of each hand-in counts once; skipped checks do not count."""
    counted = {
        (each["Check"], each["Status"]): each["Hand-ins"] for each in values(charts.faults(CLASS))
    }
    assert counted["structure.lineage", "failed"] == 2
    assert counted["accuracy.pytorch", "error"] == 1
    assert all(became != "skipped" for _, became in counted)


def test_a_class_without_fault_has_no_chart_of_them() -> None:
    """Without failures the chart is None."""
    assert charts.faults(class_rows([passed("1", 44.0, 9300, 0.4)])) is None
    assert charts.latencies(class_rows([failed("1", OUR_ERROR)])) is None


def test_the_points_of_a_large_class_are_small() -> None:
    """Otherwise they hide one another, and the names of the reference networks."""
    sizes = []
    for students in (MANY, MANY + 1):
        rows = class_rows([passed(f"B{each}", 44.0, 9300, 0.4) for each in range(students)])
        for spec in (charts.latencies(rows), score_plot.spec(rows, LAB)):
            assert spec is not None
            sizes.append(spec["layer"][-1]["mark"]["size"])
    assert sizes == [80, 80, 16, 16]
