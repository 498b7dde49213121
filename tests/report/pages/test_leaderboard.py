from dataclasses import replace

from grader.report.pages.leaderboard import leaders, page
from grader.report.pseudonyms import pseudonym
from grader.report.row import rows
from grader.scoring.grade import grade
from grader.types import Mark, Measurement, Status
from tests.report.browsing import Page
from tests.report.examples import LAB, but, example_class, failed, passed
from tests.report.measured import NOT_MOBILENET


def test_the_most_points_come_first() -> None:
    """By the formula's points; who failed, waits or was only estimated has no place."""
    places = leaders(rows(example_class()))
    points = [each.row.formula_points for each in places]
    assert points == sorted(points, key=lambda each: -(each or 0))
    assert places[0].name == "0856123"
    names = {each.name for each in places}
    assert "312551009" not in names  # a sample
    assert "109550044" not in names  # failed


def test_equal_points_share_a_place() -> None:
    """Two firsts are followed by a third."""
    class_ = [passed(name, mflops, 9300, 0.4) for name, mflops in (("A", 50), ("B", 50), ("C", 60))]
    assert [(each.place, each.name) for each in leaders(rows(class_))] == [
        (1, "A"),
        (1, "B"),
        (3, "C"),
    ]


def test_a_fault_that_costs_no_points_takes_no_place_away() -> None:
    """A board that went away is no reason to leave out who was scored."""
    gone = Measurement(id="latency.executorch", status=Status.ERROR, reason="the board went away")
    report = but(passed("A", 40.0, 9250, 0.4), gone)
    assert [each.name for each in leaders(rows([report]))] == ["A"]


def test_what_a_person_gave_has_its_place() -> None:
    """An override of a failed formula counts; the failure alone does not."""
    fault = failed("A", NOT_MOBILENET)
    mark = Mark(
        student="A",
        part="part2.formula",
        points=30.0,
        comment="mended",
        author="a",
        at="",
        version=1,
    )
    given = replace(fault, grade=grade(LAB, fault.measurements, {"part2.formula": mark}))
    assert leaders(rows([fault])) == ()
    assert [(each.name, each.row.formula_points) for each in leaders(rows([given]))] == [
        ("A", 30.0)
    ]


def test_anonymous_means_no_id() -> None:
    """No id is anywhere on the page; each has a pseudonym that follows from the secret."""
    html = page(example_class(), LAB, b"secret")
    assert not any(each.submission.id in html for each in example_class())
    assert pseudonym("0856123", b"secret") in Page.of(html).text
    assert pseudonym("0856123", b"secret") != pseudonym("0856123", b"another")


def test_names_are_shown_without_a_secret() -> None:
    """The same table under the students' ids, without script."""
    found = Page.of(page(example_class(), LAB))
    assert "1 0856123" in found.text
    assert "Nobody is named" not in found.text
    assert "script" not in found.raw


def test_nobody_has_points() -> None:
    """A class without results has an empty page that says so."""
    report = passed("1", 44.0, 9300, 0.4)
    estimate = replace(report, grade=replace(report.grade, estimate=True))
    assert "Nobody has points yet." in Page.of(page([estimate], LAB)).text
