from dataclasses import replace

import pytest

from grader.report.check_names import names_of
from grader.report.verdict import Verdict, points_so_far, total_words, verdict_of
from grader.types import Json, Lateness, Measurement, Report, Status
from tests.report.examples import (
    busy,
    but,
    example_class,
    failed,
    hostile,
    passed,
    report,
    unmarked,
)
from tests.report.measured import (
    ANOTHER_PROGRAM,
    NO_MODEL,
    NOT_MOBILENET,
    OUR_ERROR,
    archive,
    layout,
)

GOOD = passed("B1", 44.0, 9300, 0.4)


def verdict(hand_in: Report) -> Verdict:
    """The verdict with the names of the checks."""
    return verdict_of(hand_in, names_of(hand_in))


def test_a_good_hand_in_has_nothing_to_fix() -> None:
    """Nor a hand-in whose machine was busy."""
    for hand_in in (GOOD, busy("B1")):
        found = verdict(hand_in)
        assert found.status is Status.PASSED
        assert (found.to_fix, found.to_look_at, found.ours, found.not_looked_at) == ((), (), (), ())


def test_a_fault_of_the_hand_in_is_to_fix() -> None:
    """With its name, its id, its reason, its remedy and both sides of a comparison."""
    (fix,) = verdict(failed("B1", NOT_MOBILENET)).to_fix
    assert (fix.id, fix.name) == ("structure.lineage", "Pruned network")
    assert (fix.reason, fix.remedy) == (NOT_MOBILENET.reason, NOT_MOBILENET.help)
    assert (fix.expected, fix.actual) == (NOT_MOBILENET.expected, NOT_MOBILENET.actual)


def test_a_check_that_stops_nothing_is_to_look_at() -> None:
    """A program that is not the network's: the lab does not need it."""
    found = verdict(but(GOOD, ANOTHER_PROGRAM))
    assert found.status is Status.PASSED
    assert found.to_fix == ()
    assert [each.id for each in found.to_look_at] == ["accuracy.program"]


def test_the_runner_stops_a_hand_in_where_it_is_the_judge() -> None:
    """Its failure is the reason of the formula's item."""
    runner = Measurement(id="accuracy.runner", status=Status.FAILED, reason="No.", help="Build it.")
    judged = replace(GOOD, measurements=(*GOOD.measurements, runner))
    assert verdict(judged).to_fix == ()
    items = tuple(
        replace(item, status=Status.FAILED, reason="No.") if item.kind == "formula" else item
        for item in judged.grade.items
    )
    judged = replace(judged, grade=replace(judged.grade, items=items))
    assert [each.id for each in verdict(judged).to_fix] == ["accuracy.runner"]


def test_a_failed_part_without_a_failed_check_is_to_fix() -> None:
    """So that something is always said of a hand-in that is not accepted."""
    items = tuple(
        replace(item, status=Status.FAILED, reason="No.") if item.kind == "formula" else item
        for item in GOOD.grade.items
    )
    (fix,) = verdict(replace(GOOD, grade=replace(GOOD.grade, items=items))).to_fix
    assert (fix.name, fix.reason) == (items[1].title, "No.")


def test_an_error_is_ours() -> None:
    """Nothing is to fix."""
    found = verdict(failed("B1", OUR_ERROR))
    assert found.status is Status.ERROR
    assert [each.reason for each in found.ours] == [OUR_ERROR.reason]
    assert found.to_fix == ()


def test_checks_that_say_the_same_are_one() -> None:
    """Questions by their numbers; the reason once."""
    lost = [
        Measurement(id=f"question.{each}", status=Status.SKIPPED, reason="Not found.", help="Look.")
        for each in ("1.1", "2")
    ]
    read = Measurement(id="notebook", status=Status.PASSED, value=1.0, unit="cells")
    (one,) = verdict(report("B1", archive(), layout(), read, *lost)).to_look_at
    assert one.name == "Questions 1.1, 2"
    assert (one.id, one.reason, one.remedy) == ("", "Not found.", "Look.")


def test_what_costs_points_comes_before_a_review() -> None:
    """And what has a remedy before what has none."""
    read = Measurement(id="notebook", status=Status.PASSED, value=1.0, review="Odd.")
    wrong = Measurement(id="question.2", status=Status.FAILED, reason="Wrong.", help="Mend it.")
    lost = Measurement(id="question.5", status=Status.SKIPPED, reason="Lost.", help="Name it.")
    hand_in = replace(GOOD, measurements=(*GOOD.measurements, read, lost, wrong))
    assert [each.reason for each in verdict(hand_in).to_look_at] == ["Wrong.", "Lost.", "Odd."]


def test_a_reason_for_the_student_comes_before_one_for_a_person() -> None:
    """Of a check that was skipped; one that passed has only the other."""
    two = Measurement(
        id="intake.layout",
        status=Status.SKIPPED,
        reason="There are 2 PDFs.",
        help="Hand in one.",
        review="Decide which one counts.",
    )
    assert [each.reason for each in verdict(report("B1", archive(), two)).to_look_at] == [
        "There are 2 PDFs."
    ]


def test_each_missing_file_is_a_thing_to_fix() -> None:
    """A report of an older grader has them as one."""
    faults: Json = [
        {"reason": f"{name} is missing.", "help": f"Add {name}."} for name in ("a", "b")
    ]
    two = replace(NO_MODEL, evidence={**NO_MODEL.evidence, "faults": faults})
    found = verdict(report("B1", archive(), two)).to_fix
    assert [(each.reason, each.remedy) for each in found] == [
        ("a is missing.", "Add a."),
        ("b is missing.", "Add b."),
    ]
    assert [each.reason for each in verdict(report("B1", archive(), NO_MODEL)).to_fix] == [
        NO_MODEL.reason
    ]


def test_a_hostile_hand_in_has_a_verdict() -> None:
    """Its text is as it is: each format makes it inert."""
    assert len(verdict(hostile()).to_fix) == 1


def test_points_so_far_are_of_the_parts_that_are_decided() -> None:
    """A penalty is subtracted; with a sample they are about right."""
    formula = next(item for item in GOOD.grade.items if item.kind == "formula")
    assert formula.earned is not None
    said = points_so_far(GOOD.grade)
    assert said == f"{formula.earned:.2f} of 45 points, 55 points are marked by a person"
    late = Lateness(
        punctuality="late",
        text="1 d late",
        submitted_at=None,
        due="2024-04-04T23:55:00+08:00",
        unpenalised=formula.earned,
        penalty=4.0,
    )
    assert points_so_far(replace(GOOD.grade, lateness=late)).startswith(f"{formula.earned - 4:.2f}")
    assert points_so_far(replace(GOOD.grade, estimate=True)).startswith("about ")
    none = replace(GOOD.grade, items=GOOD.grade.items[:1], pending=50.0)
    assert points_so_far(none) == "all 50 points are marked by a person"
    assert "1 point is" in points_so_far(unmarked(GOOD, 1.0).grade)


@pytest.mark.parametrize(
    ("pending", "words"),
    [(0.0, "Total"), (1.0, "1 point pending"), (2.5, "2.5 points pending")],
)
def test_a_total_with_points_pending_is_the_least(pending: float, words: str) -> None:
    """One point is one."""
    assert words in total_words(unmarked(GOOD, pending).grade)


def test_what_gives_the_next_point_is_said_to_an_accepted_hand_in() -> None:
    """Without points it is the remedy; one that is not accepted has other things to do first."""
    more = ("fewer MFLOPs", "more images")
    accepted, refused = (
        next(each for each in example_class() if each.submission.id == id)
        for id in ("0856123", "A123456")
    )
    assert verdict_of(accepted, names_of(accepted), more).more_points == more
    assert verdict_of(refused, names_of(refused), more).more_points == ()
