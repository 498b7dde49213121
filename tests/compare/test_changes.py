from dataclasses import replace

from grader.compare.changes import Change, compare
from grader.report.class_row import class_row
from grader.scoring.grade import grade
from grader.types import Lateness, Mark
from tests.report.examples import LAB, example_class, failed, passed
from tests.report.measured import OUR_ERROR
from tests.report.write_ups import write_up

ANN = passed("A1", 44.0, 9300, 0.4)


def test_a_class_is_equal_to_itself() -> None:
    """Order, dates and timings are not compared."""
    later = [
        replace(each, provenance=replace(each.provenance, graded_at="2030-01-01T00:00:00"))
        for each in reversed(example_class())
    ]
    found = compare(example_class(), later)
    assert found.equal
    assert found.same == len(later)


def test_what_people_read_is_compared() -> None:
    """Points, the formula's points, MFLOPs, accuracy and checks, as they are written everywhere."""
    found = compare([ANN], [passed("A1", 47.1, 9100, 0.4)])
    (difference,) = found.different
    whats = {change.what: change for change in difference.changes}
    assert whats["MFLOPs"] == Change(what="MFLOPs", before="44.000000", after="47.100000")
    assert whats["accuracy"] == Change(what="accuracy", before="93.00 %", after="91.00 %")
    assert difference.by is not None
    before, after = (
        class_row(ANN).formula_points,
        class_row(passed("A1", 47.1, 9100, 0.4)).formula_points,
    )
    assert before is not None
    assert after is not None
    assert difference.by == after - before
    assert not found.equal


def test_a_check_that_changed_is_named() -> None:
    """A changed status is listed with both values; the change to no total is None."""
    found = compare([ANN], [failed("A1", OUR_ERROR)])
    (difference,) = found.different
    assert Change(what="accuracy.pytorch", before="passed", after="error") in difference.changes
    assert Change(what="points", before="45.29", after="-") in difference.changes
    assert difference.by is None


def test_a_comment_and_what_is_pending_are_read_too() -> None:
    """A mark of 0 points and a changed comment are listed."""
    mark = Mark(
        person="id:a1",
        student="A1",
        part="1.1",
        points=0.0,
        comment="why?",
        author="a",
        at="",
        version=1,
    )
    said = [
        replace(ANN, grade=grade(LAB, ANN.measurements, {"1.1": replace(mark, comment=words)}))
        for words in ("why?", "why not?")
    ]
    (difference,) = compare([ANN], said[:1]).different
    assert Change(what="pending", before="55", after="53") in difference.changes
    (difference,) = compare(said[:1], said[1:]).different
    (change,) = difference.changes
    assert change == Change(what="comment on 1.1", before="why?", after="why not?")


def test_what_lateness_costs_is_told() -> None:
    """On time, late, and late at a price are three things."""
    late = Lateness(
        punctuality="late", text="", submitted_at=None, due="", penalty=3.0, unpenalised=45.0
    )
    known = replace(ANN, grade=replace(ANN.grade, lateness=late))
    (difference,) = compare([ANN], [known]).different
    assert difference.changes == (Change(what="lateness", before="-", after="late, -3.00"),)


def test_the_points_of_a_rubric_are_compared() -> None:
    """An item without questions has a line of its own."""
    found = compare([write_up("B1")], [write_up("B1", points={"basic": 4})])
    (difference,) = found.different
    changes = {change.what: change for change in difference.changes}
    assert changes["item basic"] == Change(what="item basic", before="-", after="4.00")
    assert "item report" not in changes
