"""Several hand-ins of one person."""

from dataclasses import replace
from pathlib import Path

import pytest

from grader.errors import GraderError
from grader.evidence import ids
from grader.evidence.intake import ChoiceEvidence
from grader.marks.decisions import HAND_IN, Given
from grader.marks.rules import scoring
from grader.results.choice import (
    by_person,
    case_of,
    counted,
    keep_several,
    kept_several,
    with_several,
)
from grader.results.folder import HAND_INS
from grader.types import Arrival, Decision, Report
from tests.report.examples import LAB, passed


def hand_in(student: str, sha256: str, folder: str) -> Report:
    """A hand-in that passed."""
    one = passed(student, 44.0, 9300, 0.4)
    source = Path(f"/class/{folder}/{student}.zip")
    return replace(one, submission=replace(one.submission, source=source, sha256=sha256))


FIRST, SECOND, OTHER = (
    hand_in("B1", "aa", "week1"), hand_in("b1", "bb", "week2"), hand_in("B2", "cc", "week1"),
)  # fmt: skip
BY = scoring(LAB, "now")
CLASS = (FIRST, SECOND, OTHER)


def decided(choice: str, *hand_ins: Report) -> Given:
    """Somebody's choice among these hand-ins of B1."""
    decision = Decision(
        person="id:b1", student="B1", subject=HAND_IN, case=case_of(hand_ins), choice=choice,
        comment="", author="alice", at="now", version=1,
    )  # fmt: skip
    return Given(decisions={"id:b1": {HAND_IN: decision}})


def test_none_counts_until_somebody_has_chosen() -> None:
    """One row, no total, and the names of both files for a person to look at."""
    row, other = counted(CLASS, BY, Given())
    assert other == OTHER
    assert row.submission.id == "B1"
    assert row.grade.total is None
    assert row.grade.needs_review
    assert all(name in row.grade.review[0] for name in ("week1/B1.zip", "week2/b1.zip"))
    evidence = ChoiceEvidence.read(row.measurement(ids.CHOICE))
    assert [each.sha256 for each in evidence.hand_ins] == ["aa", "bb"]


@pytest.mark.parametrize("chosen", [FIRST, SECOND])
def test_the_chosen_one_counts(chosen: Report) -> None:
    """With its own measurements."""
    given = decided(chosen.submission.sha256, FIRST, SECOND)
    assert counted(CLASS, BY, given) == (chosen, OTHER)


def test_another_hand_in_is_asked_for_again() -> None:
    """A choice holds only for the hand-ins that its author saw; a withdrawn one does not hold."""
    third = hand_in("B1", "dd", "week3")
    row = counted((*CLASS, third), BY, decided("aa", FIRST, SECOND))[0]
    assert row.grade.total is None
    assert counted(CLASS, BY, decided("", FIRST, SECOND))[0].grade.total is None


def test_people_with_two_numbers_are_two() -> None:
    """The LMS says so, whatever their files are called."""
    numbered = [
        replace(
            each, submission=replace(each.submission, handed_in=Arrival(lms="moodle", lms_id=n))
        )
        for each, n in ((FIRST, "1"), (SECOND, "2"))
    ]
    assert set(by_person(numbered)) == {"moodle:1", "moodle:2"}


def test_all_hand_ins_are_kept(tmp_path: Path) -> None:
    """Those of people with several, beside the rows of the others; none are left at the end."""
    keep_several(CLASS, tmp_path)
    assert kept_several(tmp_path) == (FIRST, SECOND)
    rows = counted(CLASS, BY, Given())
    assert set(map(id_and_hash, with_several(rows, kept_several(tmp_path)))) == set(
        map(id_and_hash, CLASS)
    )
    keep_several([OTHER], tmp_path)
    assert not (tmp_path / HAND_INS).exists()
    assert kept_several(tmp_path) == ()


def id_and_hash(report: Report) -> tuple[str, str]:
    """The id and the hash of a hand-in."""
    return report.submission.id, report.submission.sha256


@pytest.mark.parametrize("damaged", ["", "[]", "{}", '{"hand_ins": [{}]}'])
def test_a_damaged_file_is_an_error(tmp_path: Path, damaged: str) -> None:
    """No hand-in is left out in silence."""
    (tmp_path / HAND_INS).write_text(damaged, encoding="utf-8")
    with pytest.raises(GraderError):
        kept_several(tmp_path)
