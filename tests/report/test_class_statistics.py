from dataclasses import replace

import pytest

from grader.report.class_statistics import class_statistics
from grader.types import Report, Status
from tests.report.examples import LAB, example_class, failed, passed
from tests.report.measured import NO_MODEL, NOT_MOBILENET, OUR_ERROR
from tests.report.write_ups import DUE
from tests.report.write_ups import example_class as write_ups


def measured_at(report: Report, moment: str, *seconds: float) -> Report:
    """The hand-in, measured then; its first checks took so long and the others no time."""
    times = [*seconds, *[0.0] * len(report.measurements)]
    return replace(
        report,
        provenance=replace(report.provenance, measured_at=moment),
        measurements=tuple(
            replace(each, seconds=time)
            for each, time in zip(report.measurements, times, strict=False)
        ),
    )


def test_the_time_of_a_class_is_that_of_its_checks() -> None:
    """The sum, the median and the longest of each check; a skipped check is not counted."""
    found = class_statistics(
        [
            measured_at(passed("1", 44.0, 9300, 0.4), "2024-04-05T01:00:00+00:00", 1.0, 10.0),
            measured_at(passed("2", 44.0, 9300, 0.4), "2024-04-05T03:30:00+00:00", 2.0, 30.0),
            measured_at(passed("3", 44.0, 9300, 0.4), "2024-04-05T02:00:00+00:00", 6.0),
        ],
        LAB,
    )
    layout, archive = found.times
    assert (layout.id, layout.hand_ins, layout.seconds) == ("intake.layout", 2, 40.0)
    assert (layout.median, layout.longest) == (20.0, 30.0)
    assert (archive.id, archive.seconds, archive.median) == ("intake.archive", 9.0, 2.0)
    assert found.seconds == 49.0
    assert (found.began, found.ended) == ("2024-04-05 09:00", "2024-04-05 11:30")
    assert found.zone == "Asia/Taipei"


def test_the_most_frequent_failure_is_the_first() -> None:
    """With its check, status, reason and count, and no student."""
    class_ = [*(failed(name, NOT_MOBILENET) for name in "ABC"), failed("D", NO_MODEL)]
    first, second, third = class_statistics([*class_, failed("E", OUR_ERROR)], LAB).failures
    assert (first.check, first.status, first.hand_ins) == ("structure.lineage", Status.FAILED, 3)
    assert first.reason == NOT_MOBILENET.reason
    assert {second.hand_ins, third.hand_ins} == {1}
    assert Status.ERROR in {second.status, third.status}


def test_both_kinds_of_lab_have_statistics() -> None:
    """Of a network lab its questions and the formula, of a write-up lab its items."""
    network = class_statistics(example_class(), LAB)
    assert [each.id for each in network.parts] == [
        *("1.1", "1.2", "2", "3", "4.1", "4.2", "4.3", "5", "part2.formula", "approach")
    ]
    papers = class_statistics(write_ups(), DUE)
    found = {each.id: each for each in papers.parts}
    assert found["basic"].mean == pytest.approx(4.5)
    assert found["report"].decided == 1
    assert papers.hand_ins == 5


def test_an_empty_class_has_no_statistics() -> None:
    """No part, no time, and no moment."""
    found = class_statistics([], LAB)
    assert (found.hand_ins, found.parts, found.times, found.failures) == (0, (), (), ())
    assert (found.began, found.ended, found.seconds) == ("", "", 0)
