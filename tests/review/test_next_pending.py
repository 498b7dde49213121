from pathlib import Path

import pytest

from grader.marks.rules import parts
from grader.review.next_pending import Place, next_pending
from tests.report.examples import LAB
from tests.review.classes import of_three

PARTS = parts(LAB)


@pytest.mark.parametrize(
    ("after", "by_question", "found"),
    [
        (None, False, ("A1234567", "1.1")),
        (("A1234567", "1.1"), False, ("A1234567", "1.2")),
        (("A1234567", "1.2"), False, ("A1234567", "4.1")),  # 2 and 3 are the machine's
        (("A1234567", "approach"), False, ("A1234567", "1.1")),  # the same student first
        (("A1234567", "1.1"), True, ("B2345678", "1.1")),
        (("C3456789", "1.1"), True, ("A1234567", "1.1")),  # the same question first
        (("nobody", "1.1"), True, ("A1234567", "1.1")),
    ],
)
def test_the_next_pending_answer(
    tmp_path: Path, after: tuple[str, str] | None, found: tuple[str, str], *, by_question: bool
) -> None:
    """In the order of the page, from its beginning again, and then of the next page."""
    reports = of_three(tmp_path)
    place = Place(student=after[0], part=after[1]) if after else None
    next_ = next_pending(reports, PARTS, place, by_question=by_question)
    assert next_ == Place(student=found[0], part=found[1])


def test_the_only_pending_answer_is_after_itself(tmp_path: Path) -> None:
    """Without a pending answer there is none; another page is next if this one has no more."""
    one, two, _ = of_three(tmp_path)
    first = [each for each in PARTS if each.id == "1.1"]
    place = Place(student=one.submission.id, part="1.1")
    assert next_pending([one], first, place, by_question=True) == place
    machine = [each for each in PARTS if each.id == "2"]
    assert next_pending([one, two], machine, None, by_question=True) is None
    other = Place(student=two.submission.id, part="1.1")
    assert next_pending([one, two], first, place, by_question=False) == other
