from dataclasses import replace

from grader.evidence.latency import LatencyEvidence
from tests.report.measured import latency


def test_timings_are_in_order_of_threads() -> None:
    """Timings with fewer threads come first; the median for one thread is the value."""
    measured = latency(3.6, 5.0)
    rows = measured.evidence["threads"]
    assert isinstance(rows, list)
    turned = LatencyEvidence.read(replace(measured, evidence={"threads": rows[::-1]}))
    assert [each.threads for each in turned.timings] == [1, 2]
    assert turned.timings[0].p50 == measured.value
