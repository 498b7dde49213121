import pytest

from grader.marks.remarks import (
    Basis,
    Remark,
    comment_of,
    objection_to_remark,
    points_of,
    typed_for,
)
from tests.marks.targets import PART


def remark(id: str, points: float, words: str = "words") -> Remark:
    """A remark on question 1.1."""
    return Remark(id=id, part="1.1", words=words, points=points, author="a", at="", version=1)


KNOWN = {
    each.id: each
    for each in (
        remark("off", -1), remark("half", -0.5), remark("lots", -9), remark("on", 2),
        remark("said", 0), remark("gone", -1, ""),
    )
}  # fmt: skip


@pytest.mark.parametrize(
    ("remarks", "typed", "machine", "points"),
    [
        (("off",), None, None, 2),
        (("off", "half"), None, None, 1.5),
        (("on",), None, None, 2),
        (("off", "on"), None, None, 3),  # clamped
        (("on", "off"), None, None, 1),
        (("lots",), None, None, 0),
        (("lots", "on"), None, None, 0),
        (("said",), None, None, None),
        (("said", "on"), None, None, 2),
        (("gone", "unknown"), None, None, None),
        (("off",), None, 1.5, 0.5),
        (("off",), 2.5, 1.5, 1.5),
        ((), 2.5, None, 2.5),
        ((), None, None, None),
    ],
)
def test_points_follow_from_remarks(
    remarks: tuple[str, ...], typed: float | None, machine: float | None, points: float | None
) -> None:
    """From typed points, else the machine's, else all or none; never below 0 or above the most."""
    assert points_of(PART, Basis(remarks=remarks, typed=typed, machine=machine), KNOWN) == points


def test_typed_points_stay_with_remarks() -> None:
    """The typed number and the remarks give the points that were typed."""
    basis = Basis(remarks=("off", "half"))
    typed = typed_for(1, basis, KNOWN)
    assert points_of(PART, Basis(remarks=basis.remarks, typed=typed), KNOWN) == 1


def test_a_comment_has_a_line_for_each_remark() -> None:
    """With its points, in the order in which they were given, then the words beside them."""
    basis = Basis(remarks=("on", "said", "gone", "off"), comment="and so")
    assert comment_of(basis, KNOWN).splitlines() == [
        "+2: words", "words", "−1: words", "and so",  # noqa: RUF001 - the sign for minus
    ]  # fmt: skip
    assert comment_of(Basis(), KNOWN) == ""


@pytest.mark.parametrize(
    ("words", "points", "refused"),
    [
        ("", 0, True),
        ("w" * 501, 0, True),
        ("w", 3.5, True),
        ("w", -3.5, True),
        ("w", float("nan"), True),
        ("words", -1, True),  # there is one
        ("words", -3, False),
        ("w", 3, False),
    ],
)
def test_a_remark_is_checked(words: str, points: float, *, refused: bool) -> None:
    """It has words, no more points than the question, and is not there already."""
    assert bool(objection_to_remark(PART, words, points, [remark("off", -1)])) == refused
