from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from grader.lms.canvas import download as canvas
from tests.lms.downloads import as_zip, import_downloads, student_zip
from tests.lms.listings import FILE, NAME, NUMBER, listing

SHOWN = NAME.map(str.lower).filter(lambda name: name != "anon" and name == name.lower())


@given(SHOWN, NUMBER, NUMBER, FILE, st.booleans())
def test_canvas(name: str, user: str, attachment: str, file: str, late: bool) -> None:
    """Name, number, attachment, file and the word LATE come back."""
    member = f"{name}_{'LATE_' if late else ''}{user}_{attachment}_{file}"
    assert canvas.owner(member) == user
    (student,) = canvas.read(listing(member)).students
    assert (student.who.name, student.who.lms_id, student.who.late) == (name, user, late)
    assert [(each.name, each.order) for each in student.files] == [(file, int(attachment))]


def test_two_names_under_one_number_are_two_students() -> None:
    """A file that can be of two users is not put beside the other's files."""
    read = canvas.read(listing("doejane_2001_9001_B1.zip", "x_2001_9003_B9.zip"))
    assert [each.who.name for each in read.students] == ["doejane", "x"]


def test_a_real_download_of_canvas(tmp_path: Path, cases: Path) -> None:
    """The group team_1 is user 2004; nobody needs a person."""
    taken = import_downloads(cases / "archives" / "canvas-submissions.zip", tmp_path / "out")
    found = {source.stem: taken.handed_in[source.absolute()] for source in taken.sources}
    assert (found["B4"].lms_id, found["B4"].name) == ("2004", "team_1")
    assert {id: who.lms_id for id, who in found.items()} == {
        "B1": "2001", "B2": "2002", "B3": "2003", "B4": "2004", "B5": "2005", "B6": "2006",
        "T1": "2999",
    }  # fmt: skip
    assert not any(who.review for who in found.values())


def test_a_display_name_takes_nobodys_place(tmp_path: Path, cases: Path) -> None:
    """x_99999 is user 7777, not user 99999."""
    taken = import_downloads(cases / "attacks" / "canvas-name-takeover.zip", tmp_path / "out")
    found = {source.stem: taken.handed_in[source.absolute()].lms_id for source in taken.sources}
    assert found == {"B1": "99999", "B2": "7777", "B3": "88888"}


def test_a_hand_in_that_could_be_of_two_users_is_reviewed(tmp_path: Path) -> None:
    """The arrival says so, and so does a note."""
    path = as_zip(tmp_path, {"team_1_2004_9004_B4.zip": student_zip("B4")})
    taken = import_downloads(path, tmp_path / "out")
    (who,) = taken.handed_in.values()
    assert who.review is not None
    assert who.review in taken.notes
