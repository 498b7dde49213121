import pytest

from grader.marks.decisions import COVER, LOOKED_AT
from grader.review.covers import CANNOT_HIDE, NO_NAME, box_of, cover_of, cover_request
from grader.types import Decision


def decided(choice: str, case: str, version: int, subject: str = COVER) -> Decision:
    """A decision of bob."""
    return Decision(
        person="p", student="ada", subject=subject, case=case, choice=choice, comment="",
        author="bob", at="now", version=version,
    )  # fmt: skip


def sent(choice: object, **changed: object) -> dict[str, object]:
    """A request as the page sends it."""
    return {"student": "key", "seen": "0" * 64, "choice": choice, "expected": 0, **changed}


def test_the_newest_decision_on_this_pdf_counts() -> None:
    """One on another PDF of the person only counts as a version."""
    history = (
        decided("0.1,0.1,0.5,0.2", "one", 1),
        decided(LOOKED_AT, "one", 1, subject="table.x 12"),
        decided("0.2,0.1,0.5,0.2", "one", 2),
    )
    cover = cover_of(history, "one")
    assert (cover.box, cover.version, cover.author) == ((0.2, 0.1, 0.5, 0.2), 2, "bob")
    other = cover_of(history, "two")
    assert (other.box, other.choice, other.version) == (None, "", 2)
    assert cover_of((), "one").version == 0


def test_a_box_is_stored_with_few_digits() -> None:
    """And read back as the same box."""
    found = cover_request(sent([0.123456, 0, 0.5, 1]))
    assert found.choice == "0.1235,0,0.5,1"
    assert box_of(found.choice) == (0.1235, 0.0, 0.5, 1.0)


@pytest.mark.parametrize("choice", [NO_NAME, CANNOT_HIDE, ""])
def test_the_other_choices_are_words(choice: str) -> None:
    """They are no box."""
    assert cover_request(sent(choice)).choice == choice
    assert box_of(choice) is None


@pytest.mark.parametrize(
    "choice",
    [
        "0.1,0.1,0.5,0.2",
        "all",
        None,
        [0.5, 0.1, 0.1, 0.2],
        [0.1, 0.1, 0.1, 0.2],
        [-0.1, 0.1, 0.5, 0.2],
        [0.1, 0.1, 1.5, 0.2],
        [0.1, 0.1, 0.5],
        [0.1, 0.1, 0.5, True],
        [0.1, 0.1, 0.5, float("nan")],
        [0.1, 0.1, 0.5, 10**400],
    ],
)
def test_what_is_no_box_inside_the_page_is_refused(choice: object) -> None:
    """Numbers outside of the page, without an area, or no numbers."""
    with pytest.raises(ValueError):  # noqa: PT011 - its words are nobody's
        cover_request(sent(choice))


@pytest.mark.parametrize(
    "document",
    [[], None, sent("", more=1), sent("", expected="0"), sent("", student=1), sent("", seen=None)],
)
def test_a_request_of_another_form_is_refused(document: object) -> None:
    """Missing or other keys, and other types."""
    with pytest.raises(ValueError):  # noqa: PT011 - its words are nobody's
        cover_request(document)
