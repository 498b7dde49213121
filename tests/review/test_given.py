import pytest

from grader.review.given import Given, given_mark

SENT = {"student": "k", "part": "1.1", "points": 2, "comment": " good\r\n", "expected": 0}


def test_a_mark_is_read_and_its_comment_tidied() -> None:
    """Points are kept to four digits; without any the mark is taken back."""
    assert given_mark(SENT) == Given(key="k", part="1.1", points=2.0, comment="good", expected=0)
    assert given_mark({**SENT, "points": 1 / 3}).points == 0.3333
    assert given_mark({**SENT, "points": None}).points is None


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {},
        {**SENT, "more": 1},
        {key: value for key, value in SENT.items() if key != "expected"},
        *({**SENT, "points": each} for each in ("2", True, [2], float("nan"), float("inf"))),
        {**SENT, "points": 10**400},
        *({**SENT, "expected": each} for each in (None, "0", 0.0, True)),
        *({**SENT, key: 1} for key in ("student", "part", "comment")),
    ],
)
def test_what_has_not_a_marks_form_is_refused(document: object) -> None:
    """A page that is not ours may send anything."""
    with pytest.raises(ValueError):  # noqa: PT011 - it has no words: the page shows its own
        given_mark(document)
