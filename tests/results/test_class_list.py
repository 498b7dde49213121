"""The hand-ins of a class after a run."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from grader.results.class_list import (
    ClassList,
    joined,
    measured_of,
    with_extensions,
    with_known_times,
)
from grader.types import Arrival, Measured
from tests.results.test_write import report


def hand_in(student: str, sha256: str, path: str = "", number: str | None = None) -> Measured:
    """A measured hand-in, from Canvas if there is a `number`."""
    one = measured_of(report(student))
    came = None if number is None else Arrival(lms="canvas", lms_id=number)
    source = Path(path or f"class/{student}.zip")
    submission = replace(one.submission, source=source, sha256=sha256, handed_in=came)
    return replace(one, submission=submission)


def ids(class_: ClassList) -> list[tuple[str, str]]:
    """The ids and hashes of a class."""
    return sorted((each.submission.id, each.submission.sha256) for each in class_.hand_ins)


def numbers(class_: ClassList) -> tuple[int, int, int]:
    """The people added, graded again, and kept."""
    return class_.added, class_.again, class_.kept


CLASS = [hand_in("B1", "1"), hand_in("B2", "2")]


def arrived(student: str, sha256: str, at: str | None, lms: str | None = None) -> Measured:
    """A measured hand-in with a time."""
    one = hand_in(student, sha256)
    came = Arrival(lms=lms, submitted_at=at)
    return replace(one, submission=replace(one.submission, handed_in=came))


def times(found: Iterable[Measured]) -> list[str | None]:
    """The times of hand-ins."""
    arrivals = [each.submission.handed_in for each in found]
    return [each.submitted_at if each is not None else None for each in arrivals]


def test_a_time_that_an_earlier_grading_knew_is_kept() -> None:
    """Of the same bytes of the same person, unless there is a newer time."""
    known = [arrived("B1", "1", "2026-11-21T10:00:00+00:00").submission]
    assert times(with_known_times(known, [hand_in("B1", "1")])) == ["2026-11-21T10:00:00+00:00"]
    (moodle,) = with_known_times(known, [arrived("B1", "1", None, lms="moodle")])
    assert moodle.submission.handed_in is not None
    assert moodle.submission.handed_in.lms == "moodle"
    assert times([moodle]) == ["2026-11-21T10:00:00+00:00"]
    newer = arrived("B1", "1", "2026-11-22T10:00:00+00:00")
    assert times(with_known_times(known, [newer])) == ["2026-11-22T10:00:00+00:00"]
    others = [hand_in("B1", "9"), hand_in("B2", "1")]
    assert times(with_known_times(known, others)) == [None, None]


def test_a_late_hand_in_is_added() -> None:
    """The class stays."""
    found = joined(CLASS, [hand_in("B3", "3", "late/B3.zip")])
    assert ids(found) == [("B1", "1"), ("B2", "2"), ("B3", "3")]
    assert numbers(found) == (1, 0, 2)


def test_a_file_whose_bytes_changed_is_graded_again() -> None:
    """The earlier bytes are no longer of the class."""
    found = joined(CLASS, [hand_in("B1", "9"), hand_in("B2", "2")])
    assert ids(found) == [("B1", "9"), ("B2", "2")]
    assert numbers(found) == (0, 1, 1)


def test_the_same_bytes_elsewhere_are_the_same_hand_in() -> None:
    """A class that was moved to another folder."""
    found = joined(CLASS, [hand_in("B1", "1", "moved/B1.zip")])
    assert ids(found) == [("B1", "1"), ("B2", "2")]
    assert found.hand_ins[0].submission.source == Path("moved/B1.zip")
    assert numbers(found) == (0, 0, 2)


def test_other_bytes_in_another_file_are_a_second_hand_in() -> None:
    """Both stay, until somebody chooses."""
    found = joined(CLASS, [hand_in("b1", "9", "other/b1.zip")])
    assert ids(found) == [("B1", "1"), ("B1", "9"), ("B2", "2")]
    assert numbers(found) == (0, 1, 1)
    two = joined([], [hand_in("B1", "1"), hand_in("B1", "9", "other/B1.zip")])
    assert ids(two) == [("B1", "1"), ("B1", "9")]
    assert numbers(two) == (1, 0, 0)


def test_the_lms_replaces_a_persons_hand_in_under_any_name() -> None:
    """And the person keeps the id of before."""
    before = [hand_in("B1", "1", number="7")]
    found = joined(before, [hand_in("lab2", "9", number="7")])
    assert ids(found) == [("B1", "9")]
    assert numbers(found) == (0, 1, 0)


def test_a_person_of_the_lms_with_a_taken_id_gets_another() -> None:
    """Nobody loses a place, and a person looks whose the second hand-in is."""
    found = joined(CLASS, [hand_in("b1", "9", number="8")])
    assert ids(found) == [("B1", "1"), ("B2", "2"), ("b1-8", "9")]
    newcomer = next(each for each in found.hand_ins if each.submission.sha256 == "9")
    assert newcomer.submission.handed_in
    assert newcomer.submission.handed_in.review
    again = joined(found.hand_ins, [hand_in("b1", "10", number="8")])
    assert ids(again) == [("B1", "1"), ("B2", "2"), ("b1-8", "10")]


def test_a_bare_zip_that_the_lms_has_too_is_that_hand_in() -> None:
    """The class was graded from zips first, then from the LMS's download."""
    found = joined(CLASS, [hand_in("B1", "1", number="7"), hand_in("B2", "2", number="8")])
    assert ids(found) == [("B1", "1"), ("B2", "2")]
    assert all(each.submission.handed_in for each in found.hand_ins)


def test_a_file_with_the_id_of_a_person_of_the_lms_is_another_persons() -> None:
    """It takes nobody's place; a person looks. It keeps its id when it is graded again."""
    before = [hand_in("B1", "1", number="7")]
    found = joined(before, [hand_in("B1", "9", "mailed/B1.zip")])
    assert ids(found) == [("B1", "1"), ("B1~2", "9")]
    assert numbers(found) == (1, 0, 1)
    came = found.hand_ins[1].submission.handed_in
    assert came is not None
    assert "B1" in (came.review or "")
    again = joined(found.hand_ins, [hand_in("B1", "9", "mailed/B1.zip")])
    assert ids(again) == ids(found)
    assert numbers(again) == (0, 0, 2)
    changed = joined(again.hand_ins, [hand_in("b1", "8", "mailed/B1.zip")])
    assert ids(changed) == [("B1", "1"), ("B1~2", "8")]
    another = joined(changed.hand_ins, [hand_in("B1", "5", "other/B1.zip")])
    assert ids(another) == [("B1", "1"), ("B1~2", "5"), ("B1~2", "8")]  # somebody chooses
    renewed = joined(another.hand_ins, [hand_in("B1", "6", number="7")])
    assert ids(renewed) == [("B1", "6"), ("B1~2", "5"), ("B1~2", "8")]
    named = [*before, hand_in("B1~2", "2", "class/B1~2.zip")]
    third = joined(named, [hand_in("B1", "9", "mailed/B1.zip")])
    assert ids(third) == [("B1", "1"), ("B1~2", "2"), ("B1~3", "9")]


def test_two_write_ups_of_one_student_both_stay_when_graded_again() -> None:
    """Neither of the two replaces the other; a hand-in that replaces both does."""
    two = [hand_in("B1", "1", "B1.zip/a.pdf", "2001"), hand_in("B1", "2", "B1.zip/b.pdf", "2001")]
    for before in ([], two):
        assert ids(joined(before, two)) == [("B1", "1"), ("B1", "2")]
    assert ids(joined(two, [hand_in("B1", "3", "new/B1.pdf", "2001")])) == [("B1", "3")]


def test_the_write_ups_in_one_archive_are_of_one_file(tmp_path: Path) -> None:
    """An archive that has one PDF now replaces those that it had, and the reverse."""
    archive = tmp_path / "B1.zip"
    archive.write_bytes(b"PK")
    two = [hand_in("B1", "1", f"{archive}/a.pdf"), hand_in("B1", "2", f"{archive}/b.pdf")]
    one = hand_in("B1", "3", str(archive))
    assert ids(joined(two, [one])) == [("B1", "3")]
    assert ids(joined([one], two)) == [("B1", "1"), ("B1", "2")]


def test_every_hand_in_gets_its_extension() -> None:
    """Also those graded before; the numbers stay."""
    class_ = joined(CLASS, [hand_in("B3", "3", "late/B3.zip")])
    found = with_extensions(class_, lambda each: replace(each, id=f"{each.id}+"))
    assert ids(found) == [("B1+", "1"), ("B2+", "2"), ("B3+", "3")]
    assert numbers(found) == numbers(class_)
