import pytest

from grader.labs.hand_in_files import NETWORK_FILES, WRITE_UP_FILES
from grader.lms.listing import (
    DownloadedFile,
    Gathered,
    StudentFiles,
    by_student,
    label,
    without_superseded,
)
from grader.types import Arrival

JANE = Arrival(lms="canvas", lms_id="2001", name="Jane")


def names(student: StudentFiles) -> list[str]:
    """The names of the files that count."""
    return [each.name for each in student.files]


def student(*files: DownloadedFile, numbered: bool = False) -> StudentFiles:
    """Jane's files."""
    return StudentFiles(who=JANE, files=files, numbered=numbered)


def file(name: str, order: int = 0) -> DownloadedFile:
    """A file of a download, with its place in the order of handing in."""
    return DownloadedFile(name=name, member=name, order=order)


def test_an_archive_handed_in_again_takes_the_first_ones_place() -> None:
    """Its name differs only in the number of the copy; the older one is listed."""
    kept = without_superseded(student(file("B1.zip", 1), file("B1 (1).zip", 2)), NETWORK_FILES)
    assert names(kept) == ["B1 (1).zip"]
    assert kept.who.superseded == ("B1.zip",)


def test_archives_of_other_names_are_one_attempt() -> None:
    """Nothing says which counts: both are kept."""
    kept = without_superseded(student(file("model.zip", 1), file("notes.zip", 2)), NETWORK_FILES)
    assert names(kept) == ["model.zip", "notes.zip"]
    assert kept.who.superseded == ()


def test_other_files_are_copies_only_where_the_lms_numbers_them() -> None:
    """`a-1.txt` may be a student's own name for it."""
    files = (file("a.txt", 1), file("a-1.txt", 2))
    assert names(without_superseded(student(*files), NETWORK_FILES)) == ["a.txt", "a-1.txt"]
    assert names(without_superseded(student(*files, numbered=True), NETWORK_FILES)) == ["a-1.txt"]


def test_text_typed_into_the_lms_is_not_graded_beside_files() -> None:
    """A note names it; alone it is graded too. Students are sorted by name."""
    li = Arrival(lms="canvas", lms_id="2002", name="Li")
    both = Gathered(who=li, files=[file("B2.zip")], typed=[file("text.html")])
    alone = Gathered(who=JANE, typed=[file("text.html")])
    read = by_student([both, alone])
    assert [each.who.name for each in read.students] == ["Jane", "Li"]
    assert [names(each) for each in read.students] == [["text.html"], ["B2.zip"]]
    (note,) = read.notes
    assert "Li" in note
    assert "text.html" in note


def test_the_names_of_lmss_in_messages() -> None:
    """As their makers write them."""
    assert [label(each) for each in ("moodle", "ilias", "folders")] == [
        "Moodle", "ILIAS", "another LMS",
    ]  # fmt: skip


def test_a_pdf_handed_in_again_takes_the_first_ones_place() -> None:
    """As an archive does, where the lab asks for one."""
    files = (file("a.pdf", 1), file("a (1).pdf", 2))
    assert names(without_superseded(student(*files), WRITE_UP_FILES)) == ["a (1).pdf"]
    assert names(without_superseded(student(*files), NETWORK_FILES)) == ["a.pdf", "a (1).pdf"]


@pytest.mark.parametrize(
    ("handed_in", "network", "write_up"),
    [
        (["B1.zip"], "B1.zip", "B1.zip"),
        (["B1.zip", "report.pdf"], "B1.zip", None),
        (["a.zip", "b.zip"], None, None),
        (["report.pdf"], None, "report.pdf"),
        (["report.docx"], None, "report.docx"),
        (["page.jpg"], None, "page.jpg"),
        (["notes.txt"], None, None),
        (["sub/B1.zip"], None, None),
    ],
)
def test_the_file_that_is_all_of_a_hand_in(
    handed_in: list[str], network: str | None, write_up: str | None
) -> None:
    """An archive of networks, whatever is beside it; a write-up only if nothing is."""
    mine = student(*map(file, handed_in))
    for files, right in ((NETWORK_FILES, network), (WRITE_UP_FILES, write_up)):
        found = mine.whole(files)
        assert (found.name if found else None) == right
