from dataclasses import replace

from grader.report.charts.drawing import svg
from grader.report.class_row import class_rows
from grader.report.pages.network import LEADERS, NetworkPages
from tests.report.examples import LAB, busy, example_class, passed


def test_the_class_has_its_charts_and_its_best() -> None:
    """A chart needs hand-ins that were measured, and most charts more than one."""
    rows = class_rows(example_class())
    found = NetworkPages().of_class(rows, LAB)
    assert {"plot", "distribution", "latency", "faults"} == found.specs.keys()
    assert 0 < len(found.leaders) <= LEADERS
    alone = NetworkPages().of_class(class_rows([passed("1", 44.0, 9300, 0.4)]), LAB)
    assert alone.specs.keys() == {"plot"}
    assert NetworkPages().of_class((), LAB).specs == {}


def test_pages_depend_on_the_latencies_of_the_class() -> None:
    """Those of a busy machine are not among them."""
    rows = class_rows([busy("B1"), passed("B2", 40.0, 9300, 0.4), passed("B3", 90.0, 9300, 0.4)])
    shared = NetworkPages().shared(rows, LAB, svg, None)
    assert len(shared.latencies) == 2
    other = replace(shared, latencies=(1.0,))
    assert other.depends_on != shared.depends_on
    assert shared.student(rows[1], svg).slower == 1
