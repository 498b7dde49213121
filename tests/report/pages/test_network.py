from dataclasses import replace

from grader.datasets.cifar10 import CIFAR10
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
    assert len(shared.latencies.p50s) == 2
    fewer = NetworkPages().shared(rows[:2], LAB, svg, None)
    assert fewer.depends_on(rows[1]) != shared.depends_on(rows[1])
    assert fewer.depends_on(rows[0]) == shared.depends_on(rows[0])
    assert shared.student(rows[1], svg).faster_than == "1 of the 1 others"


def test_a_page_depends_on_the_images_that_it_shows() -> None:
    """A test set other than that of the measurement is not shown."""
    (row,) = class_rows([passed("B1", 40.0, 9300, 0.4)])
    images = CIFAR10.verify(CIFAR10.sample_path())
    shared = NetworkPages().shared((row,), LAB, svg, images)
    provenance = replace(row.report.provenance, data_sha256=images.sha256)
    measured = replace(row, report=replace(row.report, provenance=provenance))
    without = NetworkPages().shared((row,), LAB, svg, None)
    assert shared.depends_on(measured) != without.depends_on(measured)
    assert shared.depends_on(row) == without.depends_on(row)
