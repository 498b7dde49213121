"""Sentences and clauses."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from grader.writeup.sentences import clauses, sentences


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It is 2.2x faster. The size is a quarter.", 2),
        ("It is faster (9.7 vs. 21.3 ms). So is the other.", 2),
        ("On the laptop it was 2.1x; on the Pi it is 2.2x.", 1),
        ("", 0),
        ("no point at the end", 1),
        ("It is smaller, e.g.", 1),
    ],
)
def test_sentences_end_at_their_mark(text: str, expected: int) -> None:
    """A point in a number or of an abbreviation ends no sentence."""
    assert len(list(sentences(text))) == expected


def test_clauses_end_at_marks_and_conjunctions() -> None:
    """A comma in a number divides nothing, nor does a short remark in brackets."""
    sentence = "We expected 1,470 but got 2.2x (B64); it is small"
    assert [(each.mark, each.text.strip()) for each in clauses(sentence)] == [
        ("", "We expected 1,470"),
        ("but", "got 2.2x (B64"),
        (") ;", "it is small"),
    ]


@given(some.text(max_size=200))
def test_a_clause_is_where_it_says(text: str) -> None:
    """Its place in the sentence gives its text, in order, without overlap."""
    for sentence in sentences(text):
        end = 0
        for each in clauses(sentence):
            assert sentence[each.start : each.end] == each.text
            assert each.start >= end
            end = each.end
