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
    """The kinds that have a check are the machine's."""
    assert not Question.model_validate(TEXT).checked
    assert Question.model_validate(CHECKED).checked
    assert CHECKED["kind"] in PROPERTIES


@pytest.mark.parametrize(
    ("table", "changed", "why"),
    [
        (CHECKED, {"points": 6}, "add up to its points"),
        (CHECKED, {"properties": {}}, "add up to its points"),
        (CHECKED, {"properties": {"names": 4, "colour": 1}}, "'colour' is no property"),
        (TEXT, {"properties": {"names": 5}}, "for a person to mark"),
        (TEXT, {"headings": []}, "at least 1 item"),
        (TEXT, {"headings": ["(unclosed"]}, "is not a pattern"),
        (TEXT, {"headings": ["(a+)+"]}, "may not be repeated"),
        (TEXT, {"id": "Über"}, "match pattern"),
        (TEXT, {"points": -1}, "greater than or equal"),
        (TEXT, {"kind": "essay"}, "Input should be"),
        (TEXT, {"colour": "red"}, "Extra inputs"),
    ],
)
def test_what_makes_no_sense_is_refused(
    table: dict[str, object], changed: dict[str, object], why: str
) -> None:
    """By the name of what is wrong with it."""
    with pytest.raises(ValidationError, match=why):
        Question.model_validate({**table, **changed})


def test_a_pattern_is_compiled() -> None:
    """A group may be there, and may be optional; an escaped bracket is no group."""
    assert compiled(r"Question (\d)?").search("## Question 4")
    assert compiled(r"\)+").search("))")
