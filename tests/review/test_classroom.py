from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from grader.batch.folder_lock import Busy, FolderLock
from grader.errors import GraderError
from grader.intake.person import person_with
from grader.labs.write_toml import as_toml
from grader.marks.decisions import Given
from grader.report import json
from grader.results.folder import (
    FEEDBACK,
    LAB,
    LAB_FILE,
    LOCK,
    PAGE,
    SHEET,
    UNFINISHED,
    write_file,
)
from grader.results.rescored import rescored
from grader.results.write import write_results
from grader.review.classroom import Classroom, open_classroom
from grader.types import Mark, Report
from tests.classes import folder_of
from tests.report.examples import LAB as REVISED
from tests.review.classes import STUDENTS, of_three


def mark(points: float | None, version: int = 1, student: str = STUDENTS[0]) -> Mark:
    """A mark for question 1.1."""
    return Mark(
        person=person_with(student), student=student, part="1.1", points=points, comment="",
        author="alice", at="",
        version=version,
    )  # fmt: skip


@pytest.fixture
def classroom(tmp_path: Path) -> Iterator[Classroom]:
    """A class of three whose files are written."""
    of_three(tmp_path)
    with open_classroom(tmp_path, None, None) as opened:
        yield opened


def written(out: Path, report: Report) -> Report:
    """The student's report, from report.json."""
    return json.parse(
        (out / folder_of(report.submission.id) / "report.json").read_text(encoding="utf-8")
    )


def test_nothing_is_behind_after_a_batch(classroom: Classroom) -> None:
    """The files that a batch has written are not written again."""
    assert classroom.write() == 0


def test_a_mark_is_written_to_every_file_that_shows_it(
    classroom: Classroom, tmp_path: Path
) -> None:
    """report.json, feedback.html, grades.csv and index.html; another student's files stay."""
    first, other, _ = classroom.reports()
    ours = [tmp_path / folder_of(first.submission.id) / FEEDBACK, tmp_path / SHEET, tmp_path / PAGE]
    theirs = tmp_path / folder_of(other.submission.id) / FEEDBACK
    before, still = [each.read_bytes() for each in ours], theirs.stat()
    classroom.save(mark(2), 0)
    assert classroom.write() == 1
    now = classroom.reports()[0]
    assert now.grade.total == (first.grade.total or 0) + 2
    assert written(tmp_path, first).grade == now.grade
    assert all(each.read_bytes() != old for each, old in zip(ours, before, strict=True))
    assert theirs.stat().st_mtime_ns == still.st_mtime_ns
    assert classroom.write() == 0
    classroom.save(mark(None, 2), 1)
    assert classroom.write() == 1
    assert ours[1].read_bytes() == before[1]


def test_a_writer_that_was_stopped_is_noticed(
    classroom: Classroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After every file at which it can be stopped, also if the mark is withdrawn meanwhile."""
    given = 0
    sheet = (tmp_path / SHEET).read_bytes()
    for last in range(1, 7):
        count = 0

        def stopped(path: Path, content: str | bytes, last: int = last) -> None:
            nonlocal count
            count += 1
            if count > last:
                raise GraderError("stopped")
            write_file(path, content)

        classroom.save(mark(2, given + 1), given)
        with monkeypatch.context() as patch:
            patch.setattr("grader.results.write.write_file", stopped)
            if last < 6:
                with pytest.raises(GraderError, match="stopped"):
                    classroom.write()
            else:
                assert classroom.write() == 1
        classroom.save(mark(None, given + 2), given + 1)
        given += 2
        assert classroom.write() == 1
        assert (tmp_path / SHEET).read_bytes() == sheet
        assert classroom.write() == 0


def test_a_missing_page_is_behind(classroom: Classroom, tmp_path: Path) -> None:
    """Without index.html all files are written, without a student's page that student's."""
    first = classroom.reports()[0]
    (tmp_path / folder_of(first.submission.id) / FEEDBACK).unlink()
    assert classroom.write() == 1
    (tmp_path / PAGE).unlink()
    assert classroom.write() == 3
    assert (tmp_path / PAGE).is_file()


def test_a_batch_that_holds_the_folder_delays_no_mark(classroom: Classroom, tmp_path: Path) -> None:
    """The mark is saved and shown; the files are written when the folder is free."""
    with FolderLock(tmp_path / LOCK):
        classroom.save(mark(2), 0)
        assert classroom.report(STUDENTS[0]) == classroom.reports()[0]
        with pytest.raises(Busy):
            classroom.write(0)
        with pytest.raises(Busy):
            classroom.write(0.1)
    assert classroom.write(0) == 1


def test_a_class_scored_by_another_lab_keeps_that_lab(classroom: Classroom, tmp_path: Path) -> None:
    """A rescore during a review: the next mark is scored and written by the new lab."""
    score = REVISED.score.model_copy(update={"accuracy_goal": 0.94})
    stricter = REVISED.model_copy(update={"score": score})
    new = rescored(classroom.reports(), stricter, Given(), "now")
    write_results(new, stricter, tmp_path)
    assert (tmp_path / LAB / LAB_FILE).read_text(encoding="utf-8") == as_toml(stricter)
    classroom.save(mark(2), 0)
    assert classroom.write() == 1
    (after, *_), (before, *_) = classroom.reports(), new
    assert classroom.lab.sha256 == stricter.sha256
    assert after.grade.total == pytest.approx((before.grade.total or 0) + 2)
    assert written(tmp_path, after).provenance.lab_sha256 == stricter.sha256


def test_an_interrupted_rescore_is_not_written_over(classroom: Classroom, tmp_path: Path) -> None:
    """Its reports are by two labs: the marks wait in the database."""
    (tmp_path / UNFINISHED).write_text("{}", encoding="utf-8")
    classroom.save(mark(2), 0)
    with pytest.raises(GraderError, match="rescore"):
        classroom.write()


def test_feedback_is_made_from_the_marks_and_not_from_the_files(
    classroom: Classroom, tmp_path: Path
) -> None:
    """An export shows a mark that no file shows yet."""
    old = (tmp_path / folder_of(classroom.reports()[0].submission.id) / FEEDBACK).read_text(
        encoding="utf-8"
    )
    classroom.save(mark(2), 0)
    reports = classroom.reports()
    (page,) = classroom.feedback(reports[:1], reports)
    total = reports[0].grade.total or 0
    assert f"{total:.2f}" in page
    assert f"{total:.2f}" not in old
    unmarked = replace(reports[0], grade=reports[1].grade)
    assert next(iter(classroom.feedback([unmarked], reports))) != page


def test_the_people_of_a_class_are_those_of_its_hand_ins(classroom: Classroom) -> None:
    """By the key that the database of marks has; no mark of a question has a remark yet."""
    people = classroom.people()
    assert {person: each.id for person, each in people.items()} == {
        person_with(student): student for student in STUDENTS
    }
    assert classroom.remarks() == ()
