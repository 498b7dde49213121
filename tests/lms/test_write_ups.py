"""Downloads of write-ups, in each LMS's real shape."""

import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from grader.errors import GraderError
from grader.intake import receive, student_id
from grader.intake.write_up import receive_write_up
from grader.labs.kinds import network_lab
from grader.lms import Imported
from grader.lms.roster import read_roster
from grader.marks.decisions import HAND_IN, Given
from grader.marks.rules import scoring
from grader.results.choice import case_of, counted
from grader.types import Decision, Measurement, Report, Status, Submission
from tests.labs.write_ups import write_up_lab
from tests.lms import downloads
from tests.lms.downloads import BOTH_WAYS, NOTEBOOK, Made, as_folder, as_zip, zipped
from tests.lms.people_sheets import sheet
from tests.report import examples

LAB = write_up_lab()
WORD = zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>"})
PHOTO = b"\xff\xd8\xff\xe0"


def pdf(words: str) -> bytes:
    """The bytes of a PDF, for what looks only at its beginning."""
    return b"%PDF-1.7\n" + words.encode()


def taken_in(path: Path, out: Path, people: str | None = None) -> Imported:
    """Import the download for the lab of write-ups; `people` is the text of a roster."""
    roster = None if people is None else read_roster(sheet(out.parent, people))
    return downloads.import_downloads(path, out, roster, LAB)


Received = tuple[Submission, Measurement, Measurement]


def received(taken: Imported, work: Path) -> dict[str, list[Received]]:
    """What intake finds in the hand-ins, by the student's id."""
    found: dict[str, list[Received]] = {}
    for number, source in enumerate(taken.sources):
        submission, (archive, layout) = receive_write_up(source, work / str(number), LAB)
        found.setdefault(student_id(source), []).append((submission, archive, layout))
    return found


def read(hand_ins: list[Received]) -> list[bytes]:
    """The write-ups that intake took."""
    return [file.path.read_bytes() for submission, *_ in hand_ins for file in submission.files]


CANVAS = {
    "annlo_2001_9001_lo.pdf": pdf("ann"),
    "boray_LATE_2002_9002_ray.pdf": pdf("bo"),
    "cyd_2003_9003_lab4.pdf": pdf("cy"),
    "cyd_2003_9004_lab4.ipynb": NOTEBOOK,
    "cyd_2003_9005_code.zip": zipped({"main.py": b"1/0"}),
    "cyd_2003_9006_plot.png": b"\x89PNG",
    "dee_2004_9001_hw.pdf": pdf("old"),
    "dee_2004_9009_hw-1.pdf": pdf("new"),
    "fay_2006_9012_fay.zip": zipped({"fay/report.pdf": pdf("fay"), "fay/code/a.py": b"1/0"}),
    "gus_2007_9013_gus.docx": WORD,
    "hal_2008_9014_IMG_1.jpg": PHOTO,
    "hal_2008_9015_IMG_2.jpg": PHOTO,
    "ivy_2009_text.html": b"<p>my answers</p>",
    "jo_2010_9016_notes.txt": b"my answers",
}


@BOTH_WAYS
def test_canvas(tmp_path: Path, made: Made) -> None:
    """All files of a student are one hand-in; its name there is not the student's id."""
    taken = taken_in(made(tmp_path, CANVAS), tmp_path / "out")
    found = received(taken, tmp_path / "work")
    assert {id: read(each) for id, each in found.items() if read(each)} == {
        "canvas-2001": [pdf("ann")], "canvas-2002": [pdf("bo")], "canvas-2003": [pdf("cy")],
        "canvas-2004": [pdf("new")], "canvas-2006": [pdf("fay")],
    }  # fmt: skip
    who = {student_id(source): taken.handed_in[source.absolute()] for source in taken.sources}
    ann, bo, dee = (who[f"canvas-200{n}"] for n in (1, 2, 4))
    assert (ann.lms_id, ann.late, bo.late) == ("2001", False, True)
    assert dee.superseded == ("hw.pdf",)
    ((_, archive, _),) = found["canvas-2003"]
    assert archive.evidence["ignored"] == ["code.zip", "lab4.ipynb", "plot.png"]


def test_what_is_no_pdf_gets_its_verdict(tmp_path: Path) -> None:
    """A document, photos, typed text and a text file: FAILED, with the way to a PDF."""
    found = received(taken_in(as_zip(tmp_path, CANVAS), tmp_path / "out"), tmp_path / "work")
    words = {
        "canvas-2007": "Word",
        "canvas-2008": "picture",
        "canvas-2009": "text",
        "canvas-2010": "text",
    }
    for id, word in words.items():
        ((submission, *measured),) = found[id]
        failed = next(each for each in measured if each.status is Status.FAILED)
        assert word in (failed.reason or "")
        assert "PDF" in (failed.help or "")
        assert submission.files == ()


def test_a_pdf_alone_is_kept_as_it_was_handed_in(tmp_path: Path) -> None:
    """Its bytes and its hash are those of the student's file."""
    taken = taken_in(as_zip(tmp_path, CANVAS), tmp_path / "out")
    (ann,) = (source for source in taken.sources if student_id(source) == "canvas-2001")
    assert ann.read_bytes() == pdf("ann")
    assert ann.suffix == ".pdf"


LOOSE = {
    "eve_2005_9010_write-up.pdf": pdf("write-up"),
    "eve_2005_9011_appendix.pdf": pdf("appendix"),
    "ann_2001_9001_a.pdf": pdf("ann"),
}
ZIPPED = {
    "eve_2005_9010_eve.zip": zipped(
        {"eve/write-up.pdf": pdf("write-up"), "appendix.pdf": pdf("appendix")}
    ),
    "ann_2001_9001_a.pdf": pdf("ann"),
}


@pytest.mark.parametrize("files", [LOOSE, ZIPPED])
def test_two_pdfs_of_one_student_are_for_a_person_to_choose_from(
    tmp_path: Path, files: Mapping[str, bytes]
) -> None:
    """None counts, whatever they are called, until somebody has chosen; then that one counts."""
    taken = taken_in(as_zip(tmp_path, files), tmp_path / "out")
    eves = [each for each in taken.sources if taken.handed_in[each.absolute()].lms_id == "2005"]
    reports = [report(source, taken, tmp_path / "work") for source in eves]
    by = scoring(examples.LAB, "now")
    (row,) = counted(reports, by, Given())
    assert row.grade.total is None
    assert row.grade.needs_review
    assert all(name in row.grade.review[0] for name in ("write-up.pdf", "appendix.pdf"))
    for chosen in reports:
        assert counted(reports, by, choice(chosen, reports)) == (chosen,)


def report(source: Path, taken: Imported, work: Path) -> Report:
    """A report of the hand-in."""
    submission, measured = receive_write_up(source, work, LAB)
    assert all(each.passed for each in measured)
    submission = replace(submission, handed_in=taken.handed_in[source.absolute()])
    return replace(examples.passed("x", 44.0, 9300, 0.4), submission=submission)


def choice(chosen: Report, among: list[Report]) -> Given:
    """Somebody's choice, as the page for the review saves it."""
    decision = Decision(
        person="canvas:2005", student="eve", subject=HAND_IN, case=case_of(among),
        choice=chosen.submission.sha256, comment="", author="alice", at="now", version=1,
    )  # fmt: skip
    return Given(decisions={"canvas:2005": {HAND_IN: decision}})


OTHERS: Mapping[str, Mapping[str, bytes]] = {
    "moodle": {
        "Ann Lo_101_assignsubmission_file_/ann.pdf": pdf("ann"),
        "Ann Lo_101_assignsubmission_onlinetext_/onlinetext.html": b"<p>see PDF</p>",
        "Bo Ray_102_assignsubmission_file_/bo (1).pdf": pdf("bo"),
        "Bo Ray_102_assignsubmission_file_/bo.pdf": pdf("old"),
        "Bo Ray_102_assignsubmission_file_/code/a.ipynb": NOTEBOOK,
    },
    "brightspace": {
        "index.html": b"<html>",
        "11-77 - Ann Lo - Sep 24, 2024 926 PM/ann.pdf": pdf("ann"),
        "12-77 - Bo Ray - Sep 24, 2024 926 PM/draft.pdf": pdf("old"),
        "12-77 - Bo Ray - Sep 24, 2024 930 PM/bo.pdf": pdf("bo"),
        "12-77 - Bo Ray - Sep 24, 2024 930 PM/plot.png": b"\x89PNG",
    },
    "sakai": {
        "Lab/grades.csv": b"Lab,Points",
        "Lab/Lo, Ann(ann)/Submission attachment(s)/report.pdf": pdf("ann"),
        "Lab/Ray, Bo(bo)/Submission attachment(s)/report.pdf": pdf("bo"),
        "Lab/Ray, Bo(bo)/Submission attachment(s)/code.py": b"1/0",
    },
    "ilias": {
        "Lab_4/Lo_Ann_alo_1234/ann.pdf": pdf("ann"),
        "Lab_4/Ray_Bo_bray_1235/Late Submission - bo.pdf": pdf("bo"),
    },
    "gradescope": {
        "x_export/submission_metadata.yml": downloads.METADATA.replace(b"B1", b"ann").replace(
            b"'B2'", b"bo"
        ),
        "x_export/submission_301/report.pdf": pdf("ann"),
        "x_export/submission_302/report.pdf": pdf("bo"),
        "x_export/submission_302/code/a.py": b"1/0",
    },
    "folders": {
        "ann/report.pdf": pdf("ann"),
        "bo/lab4/report.pdf": pdf("bo"),
        "bo/code.zip": zipped({"a.py": b"1/0"}),
        "grades.csv": b"x",
    },
}


@BOTH_WAYS
@pytest.mark.parametrize("lms", OTHERS)
def test_every_other_lms(tmp_path: Path, made: Made, lms: str) -> None:
    """The PDFs in its own shape, the older one of two left out, with all files beside them."""
    taken = taken_in(made(tmp_path, OTHERS[lms]), tmp_path / "out")
    assert {who.lms for who in taken.handed_in.values()} == {lms}
    found = received(taken, tmp_path / "work")
    assert sorted(read(each) for each in found.values()) == [[pdf("ann")], [pdf("bo")]]


def test_the_folder_of_a_student_with_photos_is_of_the_class(tmp_path: Path) -> None:
    """If most of the others have one write-up; several of one student are all candidates."""
    files = {
        "ann/report.pdf": pdf("ann"), "bo/a.pdf": pdf("a"), "bo/b.pdf": pdf("b"),
        "cy/report.docx": WORD, "dee/1.jpg": PHOTO, "dee/2.jpg": PHOTO,
    }  # fmt: skip
    found = received(taken_in(as_folder(tmp_path, files), tmp_path / "out"), tmp_path / "work")
    assert {id: len(each) for id, each in found.items()} == {"ann": 1, "bo": 2, "cy": 1, "dee": 1}


def test_the_folder_of_one_hand_in_is_no_class(tmp_path: Path) -> None:
    """Plots and code are in folders beside the write-up."""
    files = {"report.pdf": pdf("ann"), "code/a.ipynb": NOTEBOOK, "plots/a.png": b"", "d/n.pth": b""}
    taken = taken_in(as_folder(tmp_path, files, "ann"), tmp_path / "out")
    assert [student_id(source) for source in taken.sources] == ["ann"]
    assert taken.handed_in == {}


def test_a_pdf_that_the_lms_has_not_named_stops_the_run(tmp_path: Path) -> None:
    """Its student is unknown; a picture does not."""
    with pytest.raises(GraderError, match="lost"):
        taken_in(as_zip(tmp_path, {**CANVAS, "lost.pdf": pdf("x")}), tmp_path / "out")
    taken = taken_in(as_zip(tmp_path, {**CANVAS, "logo.png": b""}), tmp_path / "out")
    assert any("logo.png" in note for note in taken.notes)


def test_many_students_give_a_file_the_same_name(tmp_path: Path) -> None:
    """Their ids are the LMS's, or those of the roster."""
    files = {f"s{n}_20{n}_90{n}_report.pdf": pdf(str(n)) for n in range(10, 40)}
    path = as_zip(tmp_path, files)
    taken = taken_in(path, tmp_path / "out")
    assert {student_id(source) for source in taken.sources} == {
        f"canvas-20{n}" for n in range(10, 40)
    }
    people = "Student,ID,SIS User ID,SIS Login ID,Section\n" + "".join(
        f"S{n},20{n},B{n},s{n},x\n" for n in range(10, 40)
    )
    known = taken_in(path, tmp_path / "known", people)
    assert {student_id(source) for source in known.sources} == {f"B{n}" for n in range(10, 40)}


def test_a_pdf_in_a_class_of_networks_names_the_lab_that_takes_it(tmp_path: Path) -> None:
    """Its student gets the advice; the files of a network beside a PDF are graded."""
    files = {
        "ann_2001_9001_report.pdf": pdf("ann"),
        "bo_2002_9002_B2.zip": downloads.student_zip("B2"),
        "cy_2003_9003_cy.zip": zipped({"report.pdf": pdf("cy"), "B3.ipynb": NOTEBOOK}),
    }
    taken = downloads.import_downloads(as_zip(tmp_path, files), tmp_path / "out")
    found = {}
    for source in taken.sources:
        _, (_, layout) = receive(source, tmp_path / source.stem, network_lab())
        found[taken.handed_in[source.absolute()].lms_id] = layout
    assert "report.pdf --lab on-device-2022" in (found["2001"].help or "")
    assert found["2002"].passed
    assert "on-device" not in (found["2003"].help or "")


def test_the_files_of_a_student_are_never_run_or_renamed_into_each_other(tmp_path: Path) -> None:
    """Those in folders keep their paths in the hand-in."""
    files = {
        "Ann_101_assignsubmission_file_/report.pdf": pdf("ann"),
        "Ann_101_assignsubmission_file_/code/report.pdf.py": b"1/0",
        "Bo_102_assignsubmission_file_/report.pdf": pdf("bo"),
    }
    taken = taken_in(as_zip(tmp_path, files), tmp_path / "out")
    (ann,) = (each for each in taken.sources if taken.handed_in[each.absolute()].lms_id == "101")
    with zipfile.ZipFile(ann) as packed:
        assert sorted(packed.namelist()) == ["code/report.pdf.py", "report.pdf"]


def test_two_pdfs_in_a_class_without_an_lms(tmp_path: Path) -> None:
    """Each is a hand-in of the zip's student; a path into the zip is the choice of one."""
    two = zipped({"a.pdf": pdf("a"), "old/b.pdf": pdf("b")})
    folder = as_folder(tmp_path, {"B1.zip": two, "B2.pdf": pdf("c")})
    taken = taken_in(folder, tmp_path / "out")
    assert [str(source.relative_to(folder)) for source in taken.sources] == [
        "B1.zip/a.pdf", "B1.zip/old/b.pdf", "B2.pdf",
    ]  # fmt: skip
    assert [student_id(source) for source in taken.sources] == ["B1", "B1", "B2"]
    chosen = taken_in(folder / "B1.zip" / "old" / "b.pdf", tmp_path / "out")
    ((hand_in,),) = received(chosen, tmp_path / "work").values()
    assert read([hand_in]) == [pdf("b")]
