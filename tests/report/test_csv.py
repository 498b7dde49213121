import csv
import io
from collections.abc import Iterable
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from grader.report.csv import render
from grader.text import cell as inert
from grader.types import Lateness, Measurement, Report, Status
from tests.report.examples import LAB, example_class, failed, hostile, passed
from tests.report.measured import OUR_ERROR, latency


def read(reports: Iterable[Report]) -> dict[str, dict[str, str]]:
    """The lines of the sheet by student."""
    return {line["student"]: line for line in csv.DictReader(io.StringIO(render(reports)))}


def test_a_line_has_every_column() -> None:
    """A passed hand-in has every value except a reason."""
    line = read([passed("109550017", 43.396277, 9311, 0.38)])["109550017"]
    assert line == {
        "student": "109550017",
        "status": "passed",
        "MFLOPs": "43.396277",
        "accuracy": "0.9311",
        "correct": "9311",
        "images": "10000",
        "accuracy_executorch": "0.931",
        "part2": "45.4656",
        **dict.fromkeys(("part1", "part2.approach"), ""),
        **{f"question {each.id}": "" for each in LAB.questions},
        "pending": "55.0000",
        "total": "45.4656",
        "needs_review": "no",
        "estimate": "",
        "reason": "",
    }


def test_an_error_is_empty_and_a_failure_is_zero() -> None:
    """Unknown points are empty, points that were not earned are zero; both have a reason."""
    lines = read(example_class())
    assert (lines["311551077"]["total"], lines["311551077"]["status"]) == ("", "error")
    assert lines["311551077"]["reason"] == OUR_ERROR.reason
    assert (lines["110550132"]["total"], lines["110550132"]["status"]) == ("0.0000", "failed")


def test_a_sample_is_marked() -> None:
    """A line with the accuracy of a sample says that it is not the grade."""
    assert read(example_class())["312551009"]["estimate"] == "sample, not the grade"


def test_timings_do_not_change_it() -> None:
    """The same class measured again, slower and later, gives the same bytes, in any order."""
    again = [
        replace(
            report,
            measurements=tuple(_slower(each) for each in report.measurements),
            provenance=replace(report.provenance, graded_at="2030-01-01"),
        )
        for report in reversed(example_class())
    ]
    assert render(again) == render(example_class())


def _slower(measurement: Measurement) -> Measurement:
    if measurement.id == "latency.executorch" and measurement.status is Status.PASSED:
        return latency(1e3, 0.1)
    return replace(measurement, seconds=99.0)


def test_no_class_is_a_header() -> None:
    """Without hand-ins the sheet has only its header."""
    header = (
        "student,status,MFLOPs,accuracy,correct,images,accuracy_executorch,part2,"
        "pending,total,needs_review,estimate,reason"
    )
    assert render([]) == header + "\r\n"


def test_a_class_of_errors_has_a_line_each() -> None:
    """If all hand-ins have errors, every student is still listed."""
    assert len(read([failed("1", OUR_ERROR), failed("2", OUR_ERROR)])) == 2


def test_hostile_cells_are_inert() -> None:
    """No cell of a hostile hand-in is a formula or has control characters."""
    lines = list(csv.reader(io.StringIO(render([hostile()]))))
    assert lines[1][0].startswith("'=cmd()")
    assert lines[1][-1].startswith("'@SUM(1)")
    assert not set("".join(lines[1])) & {"\x1b", "\x07", "\u202e", "\ud800", "\n", "\r"}


@given(st.sampled_from(["", " ", "\t", "\r", "\n", "\x00", "\ufeff"]), st.text(max_size=9))
def test_no_text_is_a_formula(before: str, text: str) -> None:
    """No cell is evaluated by a spreadsheet, whatever its text and the characters before it."""
    for start in ("=", "+", "-", "@", "＝", ""):  # noqa: RUF001 - a wide equals sign
        cell = inert(before + start + text)
        assert not cell.strip().startswith(("=", "+", "-", "@", "＝"))  # noqa: RUF001


def test_lateness_has_columns_if_known() -> None:
    """The penalty is beside the points without it; a class without times has no such columns."""
    base = passed("1", 43.396277, 9311, 0.38)
    late = Lateness(
        punctuality="late",
        text="1 d late",
        submitted_at="2024-04-05T23:55:00+08:00",
        due="2024-04-04T23:55:00+08:00",
        days=1,
        unpenalised=45.4656,
        penalty=4.54656,
    )
    lines = read([replace(base, grade=replace(base.grade, lateness=late)), example_class()[0]])
    assert lines["1"]["late"] == "late"
    assert lines["1"]["submitted_at"] == late.submitted_at
    assert (lines["1"]["unpenalised"], lines["1"]["penalty"]) == ("45.4656", "4.5466")
    assert lines["109550017"]["late"] == ""
    assert "late" not in read(example_class())["109550017"]
