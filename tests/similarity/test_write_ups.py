from dataclasses import replace

from grader.similarity.write_ups import similar_write_ups
from grader.types import Arrival, Report
from tests.report.write_ups import LAB
from tests.similarity.write_ups import different, latencies, of, paragraph


def test_a_pair_has_both_kinds_of_evidence() -> None:
    """The pair with most equal latencies comes first."""
    text = of("Y", latencies(98), paragraph(5))
    both = of("Z", latencies(3), paragraph(3))
    found = similar_write_ups([both, text, *different(10)], LAB)
    assert [each.students for each in found.pairs] == [("S003", "Z"), ("S005", "Y")]
    assert found.pairs[0].latencies is not None
    assert len(found.pairs[0].paragraphs) == 1
    assert found.pairs[1].latencies is None


def named(report: Report) -> Report:
    """The hand-in of the LMS's student 7."""
    arrival = Arrival(lms="canvas", lms_id="7")
    return replace(report, submission=replace(report.submission, handed_in=arrival))


def test_two_hand_ins_of_one_student_are_no_pair() -> None:
    """The LMS says that they are one student's."""
    pair = [named(of(name, latencies(1), paragraph(1))) for name in ("A", "B")]
    assert similar_write_ups(pair, LAB).pairs == ()
    groups = [named(of(f"S{n}", latencies(1), paragraph(1))) for n in range(9)]
    assert similar_write_ups(groups, LAB).groups == ()
