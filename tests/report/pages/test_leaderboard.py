from dataclasses import replace

from grader.report.class_row import class_rows
from grader.report.pages.leaderboard import leaders, page
from grader.report.pseudonyms import pseudonym
from grader.scoring.grade import grade
from grader.types import Mark, Measurement, Status
from tests.report.browsing import Page
from tests.report.examples import LAB, but, example_class, failed, passed
from tests.report.measured import NOT_MOBILENET


def test_the_most_points_come_first() -> None:
    """Sorted by the formula's points; failed, pending and estimated hand-ins have no rank."""
    ranking = leaders(class_rows(example_class()))
    points = [each.row.formula_points for each in ranking]
    assert points == sorted(points, key=lambda each: -(each or 0))
    assert ranking[0].name == "0856123"
    names = {each.name for each in ranking}
    assert "312551009" not in names  # a sample
    assert "109550044" not in names  # failed


def test_equal_points_have_the_same_rank() -> None:
    """After two students of rank 1 comes rank 3."""
    class_ = [passed(name, mflops, 9300, 0.4) for name, mflops in (("A", 50), ("B", 50), ("C", 60))]
    assert [(each.rank, each.name) for each in leaders(class_rows(class_))] == [
        (1, "A"),
        (1, "B"),
        (3, "C"),
    ]


def test_an_error_that_costs_no_points_keeps_the_rank() -> None:
    """A lost connection to a device does not remove a student who was scored."""
    gone = Measurement(id="latency.executorch", status=Status.ERROR, reason="connection lost")
    report = but(passed("A", 40.0, 9250, 0.4), gone)
    assert [each.name for each in leaders(class_rows([report]))] == ["A"]


def test_points_from_a_person_have_a_rank() -> None:
    """A person's mark for a failed formula counts; the failure alone does not."""
    fault = failed("A", NOT_MOBILENET)
    mark = Mark(
        person="id:a",
        student="A",
        part="part2.formula",
        points=30.0,
        comment="fixed",
        author="a",
        at="",
        version=1,
    )
    given = replace(fault, grade=grade(LAB, fault.measurements, {"part2.formula": mark}))
    assert leaders(class_rows([fault])) == ()
    assert [(each.name, each.row.formula_points) for each in leaders(class_rows([given]))] == [
        ("A", 30.0)
    ]


def test_anonymous_means_no_id() -> None:
    """The page has no id; each student has a pseudonym that depends on the secret."""
    html = page(example_class(), LAB, b"secret")
    assert not any(each.submission.id in html for each in example_class())
    assert pseudonym("0856123", b"secret") in Page.of(html).text
    assert pseudonym("0856123", b"secret") != pseudonym("0856123", b"another")


def test_names_are_shown_without_a_secret() -> None:
    """The same table with the students' ids, without a script."""
    found = Page.of(page(example_class(), LAB))
    assert "1 0856123" in found.text
    assert page(example_class(), LAB, b"secret").count("<p>") == 1
    assert "script" not in found.raw


def test_nobody_has_points() -> None:
    """The page of a class without points says so and has no table."""
    report = passed("1", 44.0, 9300, 0.4)
    estimate = replace(report, grade=replace(report.grade, estimate=True))
    html = page([estimate], LAB)
    assert "points" in Page.of(html).text
    assert "<table" not in html
