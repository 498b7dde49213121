"""What can be marked, what stands against a mark, and what a mark does to a report."""

import math
from dataclasses import replace
from pathlib import Path

import pytest

from grader.labs.kinds import network_lab
from grader.marks.rules import (
    LONGEST_COMMENT,
    Part,
    graded_part,
    machine_points,
    marked,
    marks_for,
    objection,
    parts,
    scoring,
    tidy,
)
from grader.types import Arrival, GradedQuestion, GradeItem, Mark, Submission
from tests.report.examples import LAB, passed

REPORT = passed("B1", 44.0, 9300, 0.4)
PARTS = {part.id: part for part in parts(LAB)}


def mark(points: float | None, part: str = "1.1") -> Mark:
    """A mark of student B1."""
    return Mark(
        person="id:b1",
        student="B1",
        part=part,
        points=points,
        comment="so",
        author="alice",
        at="now",
        version=1,
    )


def test_parts_are_the_questions_and_the_items_that_have_none() -> None:
    """In the lab's order; the formula's item can earn as much as the lab's cap."""
    questions = [question.id for question in LAB.questions_of("part1")]
    approach = [question.id for question in LAB.questions_of("part2.approach")]
    assert list(PARTS) == [*questions, "part2.formula", *approach]
    assert (PARTS["part2.formula"].possible, PARTS["part2.formula"].most) == (45, None)
    assert (PARTS["1.1"].possible, PARTS["1.1"].most, PARTS["1.1"].item) == (2, 2, "part1")
    capped = LAB.model_copy(update={"score": LAB.score.model_copy(update={"cap": 50.0})})
    assert {part.id: part.most for part in parts(capped)}["part2.formula"] == 50


def test_a_grade_says_of_a_part_what_it_says_of_its_question_or_item() -> None:
    """The item where it has no such question."""
    question = graded_part(REPORT.grade, PARTS["1.1"])
    assert isinstance(question, GradedQuestion)
    assert question.id == "1.1"
    item = graded_part(REPORT.grade, PARTS["part2.formula"])
    assert isinstance(item, GradeItem)
    assert item.earned == machine_points(REPORT, LAB, PARTS["part2.formula"])


def test_a_persons_question_has_no_points_of_the_machines() -> None:
    """Also once somebody has marked it."""
    given = marked(REPORT, scoring(LAB, "now"), {"1.1": mark(2)})
    assert graded_part(given.grade, PARTS["1.1"]).earned == 2
    assert machine_points(given, LAB, PARTS["1.1"]) is None


@pytest.mark.parametrize(
    ("points", "comment", "machine", "word"),
    [
        (2.0, "", None, None),
        (0.0, "", None, None),
        (None, "", 2.0, None),
        (2.0, "", 2.00001, None),
        (1.0, "why", 2.0, None),
        (1.0, "", 2.0, "override"),
        (2.5, "", None, "0 to 2"),
        (-1.0, "", None, "0 to 2"),
        (math.nan, "", None, "0 to 2"),
        (math.inf, "", None, "0 to 2"),
        (1.0, "x" * (LONGEST_COMMENT + 1), None, "comment is longer"),
        (None, "x" * (LONGEST_COMMENT + 1), None, "comment is longer"),
    ],
)
def test_what_stands_against_a_mark(
    points: float | None, comment: str, machine: float | None, word: str | None
) -> None:
    """More than the part earns, no number, and an override without its reason."""
    why = objection(PARTS["1.1"], points, comment, machine)
    assert (why is None) == (word is None)
    assert word is None or word in str(why)


def test_a_part_without_a_bound_may_earn_anything_but_less_than_nothing() -> None:
    """The formula of this lab has no cap."""
    assert objection(PARTS["part2.formula"], 400.0, "so", 40.0) is None
    assert "0 or more" in str(objection(PARTS["part2.formula"], -1.0, "so", 40.0))


@pytest.mark.parametrize(
    ("comment", "left"),
    [
        ("  a\tb\x1b[2J \n", "ab[2J"),
        ("one\r\ntwo\u2028three", "one\ntwo\nthree"),
        ("\ud800\x00", ""),
        ("剪枝", "剪枝"),
    ],
)
def test_a_comment_keeps_its_words_and_line_breaks(comment: str, left: str) -> None:
    """Controls and halves of letters are not seen, and so are not kept."""
    assert tidy(comment) == left


def test_marks_are_found_under_the_id_as_it_is_stored() -> None:
    """A database keeps no NUL; who has no mark has none."""
    stored = {"id:b\\x001": {"1.1": mark(1)}}
    assert marks_for(hand_in("B\x001"), stored) == stored["id:b\\x001"]
    assert marks_for(hand_in("B2"), stored) == {}


def test_marks_belong_to_the_lms_number() -> None:
    """Another id of the same person keeps them; another person with the same id has none."""
    stored = {"canvas:7": {"1.1": mark(1)}, "id:b1": {"1.1": mark(2)}}
    jane, stranger = Arrival(lms="canvas", lms_id="7"), Arrival(lms="canvas", lms_id="8")
    assert marks_for(replace(hand_in("lab2"), handed_in=jane), stored)["1.1"].points == 1
    assert marks_for(replace(hand_in("B1"), handed_in=stranger), stored) == {}
    assert marks_for(hand_in("b1"), stored)["1.1"].points == 2


def hand_in(student: str) -> Submission:
    """A hand-in of `student`."""
    return Submission(id=student, source=Path("x.zip"), sha256="")


def test_a_report_is_scored_by_the_lab_that_is_given() -> None:
    """Its grade and its provenance change, what was measured does not."""
    lab = network_lab("prune-mobilenet-2025")
    part: Part = next(iter(parts(lab)))
    given = marked(REPORT, scoring(lab, "2027-01-01"), {part.id: mark(1, part.id)})
    assert (given.provenance.lab, given.provenance.lab_sha256) == (lab.name, lab.sha256)
    assert given.provenance.graded_at == "2027-01-01"
    assert given.measurements == REPORT.measurements
    assert graded_part(given.grade, part).earned == 1
