import re

import pytest
from pydantic import ValidationError

from grader.labs.question import PROPERTIES, Question, compiled

TEXT = {
    "id": "1.1",
    "item": "part1",
    "title": "Why?",
    "points": 5,
    "kind": "text",
    "headings": ["Question 1.1"],
    "takes": "answer",
}
CHECKED = {
    **TEXT,
    "kind": "sparsity-dict",
    "takes": "code",
    "properties": {"names": 2, "size": 2, "printed-accuracy": 1},
}


def test_who_marks_a_question() -> None:
    """A check marks some kinds, a person the others."""
    assert not Question.model_validate(TEXT).checked
    assert Question.model_validate(CHECKED).checked
    assert CHECKED["kind"] in PROPERTIES


@pytest.mark.parametrize(
    ("table", "changed", "why"),
    [
        (CHECKED, {"points": 6}, "5 points.* 6"),
        (CHECKED, {"properties": {}}, "0 points.* 5"),
        (CHECKED, {"properties": {"names": 4, "colour": 1}}, "colour"),
        (TEXT, {"properties": {"names": 5}}, "properties"),
    ],
)
def test_properties_that_do_not_fit_are_faults(
    table: dict[str, object], changed: dict[str, object], why: str
) -> None:
    """Their points add up to the question's, and only checked questions have them."""
    assert list(Question.model_validate(table).faults()) == []
    (fault,) = Question.model_validate({**table, **changed}).faults()
    assert re.search(why, fault)


@pytest.mark.parametrize(
    ("table", "changed", "why"),
    [
        (TEXT, {"headings": []}, "\nheadings\n"),
        (TEXT, {"headings": ["(unclosed"]}, "unclosed"),
        (TEXT, {"headings": ["(a+)+"]}, "repeated"),
        (TEXT, {"id": "Über"}, "\nid\n"),
        (TEXT, {"points": -1}, "\npoints\n"),
        (TEXT, {"kind": "essay"}, "\nkind\n"),
        (TEXT, {"colour": "red"}, "\ncolour\n"),
    ],
)
def test_an_invalid_question_is_refused(
    table: dict[str, object], changed: dict[str, object], why: str
) -> None:
    """The error names the fault."""
    with pytest.raises(ValidationError, match=why):
        Question.model_validate({**table, **changed})


def test_a_pattern_is_compiled() -> None:
    """A group may be optional; an escaped bracket is not a group."""
    assert compiled(r"Question (\d)?").search("## Question 4")
    assert compiled(r"\)+").search("))")
