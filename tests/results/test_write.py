import json as json_module
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.errors import GraderError
from grader.intake.person import person_of
from grader.labs.kinds import network_lab
from grader.labs.write_toml import as_toml
from grader.marks.decisions import Given
from grader.marks.rules import MARKS, marks_for
from grader.marks.store import Marks
from grader.notebook.page import keep, page
from grader.report import csv, json, markdown
from grader.report.charts.drawing import svg
from grader.report.notebook_links import question_links
from grader.report.pages import class_page as html
from grader.report.pages import feedback
from grader.report.pages.class_page import StudentPages
from grader.results.folder import CHARTS, FEEDBACK, NOTEBOOK, PAGES, ROSTER
from grader.results.read import folders_of
from grader.results.student_folders import student_folders
from grader.results.write import Place, feedback_pages, write_class, write_results
from grader.scoring.grade import grade
from grader.types import (
    Arrival,
    Grade,
    Lateness,
    Mark,
    Measurement,
    Provenance,
    Report,
    Status,
    Submission,
)
from tests.classes import folder_of

LAB = network_lab()
assert LAB.blank
KEPT_LAB = {
    "lab/lab.toml": as_toml(LAB),
    "lab/prune-mobilenet.ipynb": LAB.blank.decode(),
}
PROVENANCE = Provenance(
    grader="0", lab="", lab_sha256="", data_sha256="", data_images=10, isolation="none",
    machine="", packages={}, measured_at="", graded_at="",
)  # fmt: skip


def report(student: str) -> Report:
    """A report in which only the student matters."""
    return Report(
        submission=Submission(id=student, source=Path("B1.zip"), sha256="ab"),
        measurements=(),
        grade=Grade(items=(), total=None, pending=0.0, needs_review=False),
        provenance=PROVENANCE,
    )


def pages(report: Report) -> dict[str, str]:
    """The files of one student, by path from the results folder."""
    said = feedback.feedback(report, feedback.class_context([report], LAB, svg), svg)
    written = {
        "report.json": json.render(report),
        "feedback.html": feedback.page(said),
        "feedback.md": markdown.render(said),
    }
    folder = folder_of(report.submission.id)
    return {f"{folder}/{name}": text for name, text in written.items()}


def sheet(*reports: Report) -> str:
    """grades.csv of a class of people known by their ids."""
    people = {person_of(each.submission): each.submission.id for each in reports}
    return csv.render(reports, student_folders(people, {}))


def folders(*reports: Report) -> str:
    """The kept names of the students' folders."""
    people = {person_of(each.submission): each.submission.id for each in reports}
    document = {"schema_version": 1, "folders": student_folders(people, {})}
    return json_module.dumps(document, indent=1) + "\n"


def index(*reports: Report) -> str:
    """The page of the class, with links to the students' pages."""
    students = [each.submission.id for each in reports]
    places = {each: StudentPages(feedback=f"{folder_of(each)}/feedback.html") for each in students}
    return html.index(reports, LAB, places)


def content(folder: Path) -> dict[str, str]:
    """Every file below `folder` except the cached charts, by path from there."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes().decode()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and CHARTS not in path.parts
    }


def test_writes_every_file(tmp_path: Path) -> None:
    """Each student's report, the sheet and the page are written byte for byte as rendered."""
    reports = [report("B1"), report("B2~2")]
    page = write_results(reports, LAB, tmp_path / "out")
    assert page == tmp_path / "out" / "index.html"
    assert content(tmp_path / "out") == {
        **pages(reports[0]),
        **pages(reports[1]),
        **KEPT_LAB,
        "grades.csv": sheet(*reports),
        "folders.json": folders(*reports),
        "index.html": index(*reports),
    }


def test_a_mark_given_while_the_class_is_written_is_written_too(tmp_path: Path) -> None:
    """A mark that is saved while the files are written is in the files at the end."""

    def scored(everything: Given) -> list[Report]:
        given = marks_for(report("B1").submission, everything.marks)
        if not given:  # a TA marks before the files of the first pass are written
            with Marks.open(tmp_path / MARKS) as database:
                database.save(mark, 0)
        return [replace(report("B1"), grade=grade(LAB, (), given))]

    mark = Mark(
        person="id:b1",
        student="B1",
        part="1.1",
        points=2.0,
        comment="",
        author="alice",
        at="now",
        version=1,
    )
    place = Place(out=tmp_path, db=None, class_=[report("B1").submission])
    (written,) = write_class(scored, LAB, place).reports
    assert written.grade == grade(LAB, (), {"1.1": mark})
    folder = folder_of("B1")
    files = {f"{folder}/{name}": text for name, text in content(tmp_path / folder).items()}
    assert files == pages(written)
    assert (tmp_path / "grades.csv").read_bytes().decode() == sheet(written)


def test_earlier_students_stay_unlisted(tmp_path: Path) -> None:
    """The report of a student who is no longer in the class stays, and no list names it."""
    write_results([report("B1"), report("B2")], LAB, tmp_path)
    write_results([report("B2")], LAB, tmp_path)
    assert content(tmp_path) == {
        **pages(report("B1")),
        **pages(report("B2")),
        **KEPT_LAB,
        "grades.csv": sheet(report("B2")),
        "folders.json": folders(report("B1"), report("B2")),
        "index.html": index(report("B2")),
    }


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Let no file become larger than `size` bytes, as on a full disk."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def with_page(student: str, sha256: str | None) -> Report:
    """A report with the hash of the notebook's kept page."""
    notebook = Measurement(id="notebook", status=Status.PASSED, evidence={"page": sha256})
    return replace(report(student), measurements=(notebook,))


def test_the_notebooks_page_is_made_from_the_kept_body(tmp_path: Path) -> None:
    """Two students with the same notebook have a page each; a second run writes the same."""
    sha256 = keep("<section>cells</section>", tmp_path / PAGES)
    for _ in range(2):
        write_results([with_page("B1", sha256), with_page("<B2>", sha256)], LAB, tmp_path)
        for student in ("B1", "<B2>"):
            written = (tmp_path / folder_of(student) / NOTEBOOK).read_text(encoding="utf-8")
            links = question_links(with_page(student, sha256), LAB)
            assert written == page("<section>cells</section>", f"{student}: notebook", links)


def test_a_page_that_is_sent_alone_has_no_links(tmp_path: Path) -> None:
    """The notebook's page is not beside it; in the results folder it is."""
    class_ = [with_page("B1", keep("<section>cells</section>", tmp_path / PAGES))]
    write_results(class_, LAB, tmp_path)
    (sent,) = feedback_pages(class_, class_, LAB, tmp_path)
    kept = (tmp_path / folder_of("B1") / FEEDBACK).read_text(encoding="utf-8")
    assert NOTEBOOK in kept
    assert NOTEBOOK not in sent


@pytest.mark.parametrize("sha256", [None, "0" * 64, "../results"])
def test_there_is_no_page_without_a_kept_body(tmp_path: Path, sha256: str | None) -> None:
    """The page of an earlier hand-in is deleted, so that a person does not mark that one."""
    (tmp_path / folder_of("B1")).mkdir(parents=True)
    (tmp_path / folder_of("B1") / NOTEBOOK).write_text("of the first hand-in")
    write_results([with_page("B1", sha256)], LAB, tmp_path)
    assert not (tmp_path / folder_of("B1") / NOTEBOOK).exists()


def test_missing_and_late_students_are_on_the_page(tmp_path: Path) -> None:
    """The page names the missing students, and counts the late ones if a time is known."""
    (tmp_path / ROSTER).write_text('{"missing": [{"id": "B9", "name": null, "email": null}]}')
    late = Lateness(punctuality="late", text="a day late", submitted_at=None, due="")
    known = replace(report("B1"), grade=replace(report("B1").grade, lateness=late))
    page = write_results([known, report("B2")], LAB, tmp_path).read_text(encoding="utf-8")
    assert "<dt>late</dt><dd>1</dd>" in page
    assert "B9" in page


@pytest.mark.parametrize("roster", ["", "[]", '{"missing": [1]}'])
def test_a_damaged_roster_is_ignored(tmp_path: Path, roster: str) -> None:
    """Without times and a readable roster, the page has neither late nor missing."""
    (tmp_path / ROSTER).write_text(roster)
    page = write_results([report("B1")], LAB, tmp_path).read_text(encoding="utf-8")
    assert "<dt>late</dt>" not in page
    assert "<dt>absent</dt>" not in page


def test_full_disk(tmp_path: Path) -> None:
    """The error names the file, which has not changed and has no temporary file."""
    write_results([report("B1")], LAB, tmp_path)
    before = content(tmp_path)
    class_of_99 = [report(f"B{number:02}") for number in range(1, 100)]
    longest_report = max(len(json.render(each)) for each in class_of_99)
    assert longest_report < 3_000 < len(pages(class_of_99[0])["students/B01/feedback.html"])
    with largest_file(3_000), pytest.raises(GraderError, match=r"feedback\.html"):
        write_results(class_of_99, LAB, tmp_path)
    del before["folders.json"]  # it has the names of the folders that were written
    assert {name: content(tmp_path)[name] for name in before} == before
    assert not list(tmp_path.rglob("*.part"))


def test_file_in_the_way(tmp_path: Path) -> None:
    """A folder that cannot be created is a `GraderError`."""
    (tmp_path / "students").mkdir()
    (tmp_path / "students" / "B1").touch()
    with pytest.raises(GraderError, match="B1"):
        write_results([report("B1")], LAB, tmp_path)


OURS = ("results.db-journal", "grades.csv", "index.html", "folders.json", "students", "lab", "CON")
ids = st.one_of(st.sampled_from(OURS), st.text("bB1\uff22\u00e9e\u0301~ .-_3a", min_size=1))


@settings(max_examples=15)
@given(st.lists(st.tuples(ids, st.booleans()), min_size=1, max_size=6))
def test_every_grade_is_in_the_folder_of_its_person(class_: list[tuple[str, bool]]) -> None:
    """Whatever the ids, with and without an LMS's number: written in two runs and read back."""
    by_person: dict[str, Report] = {}
    for number, (student, numbered) in enumerate(class_):
        one = report(student)
        came = Arrival(lms="moodle", lms_id=str(number)) if numbered else None
        submission = replace(one.submission, handed_in=came, sha256=str(number))
        by_person.setdefault(person_of(submission), replace(one, submission=submission))
    reports = tuple(by_person.values())
    with TemporaryDirectory() as folder:
        out = Path(folder)
        write_results(reports[:1], LAB, out)
        write_results(reports, LAB, out)
        found = folders_of(out)
        assert found.keys() == by_person.keys()
        for person, place in found.items():
            written = json.parse((place / "report.json").read_text(encoding="utf-8"))
            assert written == by_person[person]
            assert place.parent == out / "students"
