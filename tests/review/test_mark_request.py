import pytest

from grader.review.mark_request import MarkRequest, mark_request

SENT = {"student": "k", "part": "1.1", "points": 2, "comment": " good\r\n", "expected": 0}


def test_a_mark_is_read_and_its_comment_tidied() -> None:
    """Points are rounded to four decimals; None withdraws the mark."""
    assert mark_request(SENT) == MarkRequest(
        key="k", part="1.1", points=2.0, comment="good", expected=0
    )
    assert mark_request({**SENT, "points": 1 / 3}).points == 0.3333
    assert mark_request({**SENT, "points": None}).points is None


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
def test_json_without_the_form_of_a_mark_is_refused(document: object) -> None:
    """Another page could send any JSON."""
    with pytest.raises(ValueError):  # noqa: PT011 - it has no message: the page shows its own
        mark_request(document)
