from dataclasses import replace
from pathlib import Path

import pytest

from grader.results.folder import (
    CHARTS,
    FEEDBACK,
    FEEDBACK_TEXT,
    FOLDERS,
    KEPT_HASHES,
    PAGE,
    REPORT,
    SHEET,
)
from grader.results.kept_pages import KeptPages, kept_pages
from grader.results.write import write_results, write_some
from grader.scoring.grade import grade
from grader.types import Mark, Report
from tests.classes import folder_of
from tests.report.examples import LAB, failed, passed
from tests.report.measured import NOT_MOBILENET


def at(report: Report, moment: str) -> Report:
    """The same report, scored at another time."""
    return replace(report, provenance=replace(report.provenance, graded_at=moment))


def test_a_page_is_made_again_if_its_content_has_changed(tmp_path: Path) -> None:
    """Another time of scoring does not change the page; other points do."""
    one, other = passed("B1", 43.4, 9311, 0.38), passed("B2", 50.0, 9250, 0.4)
    page = tmp_path / folder_of("B1") / FEEDBACK
    write_results([one, other], LAB, tmp_path)
    first = page.read_text(encoding="utf-8")
    write_results([at(one, "2024-05-01T00:00:00+08:00"), other], LAB, tmp_path)
    assert page.read_text(encoding="utf-8") == first
    write_results([passed("B1", 42.0, 9311, 0.38), other], LAB, tmp_path)
    assert page.read_text(encoding="utf-8") != first


def test_a_page_that_was_deleted_is_made_again(tmp_path: Path) -> None:
    """A page is also made again if another student's latency has changed."""
    one, other = passed("B1", 43.4, 9311, 0.38), passed("B2", 50.0, 9250, 0.4)
    write_results([one, other], LAB, tmp_path)
    folder = tmp_path / folder_of("B1")
    first = (folder / FEEDBACK).read_text(encoding="utf-8")
    (folder / FEEDBACK_TEXT).unlink()
    write_results([one, other], LAB, tmp_path)
    assert (folder / FEEDBACK_TEXT).is_file()
    write_results([one, passed("B2", 30.0, 9250, 0.4)], LAB, tmp_path)
    assert (folder / FEEDBACK).read_text(encoding="utf-8") != first


def rewritten(out: Path, before: dict[str, tuple[int, int]]) -> set[str]:
    """The files below `out` that were written since `before`."""
    return {name for name, stamp in stamps(out).items() if before.get(name) != stamp}


def stamps(out: Path) -> dict[str, tuple[int, int]]:
    """The inode of every file below `out`, and the time of its last change, by path."""
    files = [path for path in out.rglob("*") if path.is_file()]
    return {
        path.relative_to(out).as_posix(): (path.stat().st_ino, path.stat().st_mtime_ns)
        for path in files
    }


OF_THE_CLASS = {SHEET, PAGE, f"{CHARTS}/{KEPT_HASHES}"}


def of_student(id: str) -> set[str]:
    """The files that have one student's points."""
    return {f"{folder_of(id)}/{name}" for name in (REPORT, FEEDBACK, FEEDBACK_TEXT)}


@pytest.mark.parametrize("whole", [True, False], ids=["grade again", "review"])
def test_after_one_mark_only_one_students_files_are_written(tmp_path: Path, whole: bool) -> None:
    """Of a class of 30: three of the student's files, and three of the class's."""
    class_ = [passed(f"B{number}", 30.0 + number, 9_300, 0.4) for number in range(30)]
    write_results(class_, LAB, tmp_path)
    before = stamps(tmp_path)
    later = [at(each, "2024-05-01T00:00:00+08:00") for each in class_]
    mark = marked_by("alice", "B7")
    later[7] = replace(later[7], grade=grade(LAB, later[7].measurements, {mark.part: mark}))
    if whole:
        write_results(later, LAB, tmp_path)
    else:
        write_some([later[7]], later, LAB, tmp_path)
    assert rewritten(tmp_path, before) == of_student("B7") | OF_THE_CLASS
    assert stamps(tmp_path).keys() == before.keys()


def marked_by(author: str, student: str) -> Mark:
    """A mark of two points for a question."""
    return Mark(
        person=f"id:{student.lower()}",
        student=student,
        part="1.1",
        points=2.0,
        comment="",
        author=author,
        at="",
        version=1,
    )


def test_one_more_hand_in_without_a_latency_writes_no_other_students_files(tmp_path: Path) -> None:
    """One with a latency is a new point on every page with the chart; the old chart is deleted."""
    class_ = [passed(f"B{number}", 30.0 + number, 9_300, 0.4) for number in range(29)]
    class_ = [*class_, failed("B29", NOT_MOBILENET)]
    write_results(class_, LAB, tmp_path)
    before, charts = stamps(tmp_path), len(list((tmp_path / CHARTS).glob("*.svg")))
    class_ = [*class_, failed("B30", NOT_MOBILENET)]
    write_results(class_, LAB, tmp_path)
    assert rewritten(tmp_path, before) == of_student("B30") | OF_THE_CLASS | {FOLDERS}
    before = stamps(tmp_path)
    write_results([*class_, passed("B31", 70.0, 9_300, 0.4)], LAB, tmp_path)
    written = rewritten(tmp_path, before)
    assert f"{folder_of('B0')}/{FEEDBACK}" in written
    assert f"{folder_of('B0')}/{REPORT}" not in written
    assert not of_student("B29") & written
    assert len(list((tmp_path / CHARTS).glob("*.svg"))) == charts


def test_a_report_that_was_changed_or_damaged_is_written_again(tmp_path: Path) -> None:
    """Only the time of the scoring may differ."""
    one = passed("B1", 43.4, 9311, 0.38)
    write_results([one], LAB, tmp_path)
    file = tmp_path / folder_of("B1") / REPORT
    first = file.read_bytes()
    for damaged in (b"", b"\xff", first[:-1], first.replace(b"43.4", b"13.4")):
        file.write_bytes(damaged)
        write_results([one], LAB, tmp_path)
        assert file.read_bytes() == first


@pytest.mark.parametrize("damaged", ["", "[1, 2]", "null", "{"])
def test_a_damaged_file_has_no_hashes(tmp_path: Path, damaged: str) -> None:
    """Then every page is made again."""
    file = tmp_path / CHARTS / "pages.json"
    file.parent.mkdir()
    file.write_text(damaged)
    kept = kept_pages(file, LAB)
    assert isinstance(kept, KeptPages)
    assert kept.before == {}
