from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from grader.lms.sakai.download import moment, owner, read
from tests.lms.downloads import BOTH_WAYS, Made, as_zip, by_id, import_downloads, student_zip
from tests.lms.listings import listing

ATTACHED = "Submission attachment(s)"
FILES = {
    "Lab 2/grades.csv": b"Lab 2,Points\n",
    "Lab 2/Doe, Jane(b1)/timestamp.txt": b"20240404155459000",
    "Lab 2/Doe, Jane(b1)/comments.txt": b"",
    f"Lab 2/Doe, Jane(b1)/{ATTACHED}/hw.zip": student_zip("b1"),
    "Lab 2/Li, Wei(b2)/Li, Wei(b2)_submissionText.html": b"<p>see zip</p>",
    f"Lab 2/Li, Wei(b2)/{ATTACHED}/hw.zip": student_zip("b2"),
    "Lab 2/Lo, Ann(b3)/timestamp.txt": b"2024-04-04T15:54:59Z",
}


@BOTH_WAYS
def test_sakai(tmp_path: Path, made: Made) -> None:
    """The login is the id, the time is Sakai's, and who has no file is named."""
    taken = import_downloads(made(tmp_path, FILES), tmp_path / "out")
    found = by_id(taken)
    assert set(found) == {"b1", "b2"}
    jane = taken.handed_in[found["b1"].absolute()]
    assert (jane.lms, jane.lms_id, jane.name) == ("sakai", "b1", "Jane Doe")
    assert jane.submitted_at == "2024-04-04T15:54:59+00:00"
    assert any("Ann Lo (b3)" in note for note in taken.notes)
    assert not any("grades.csv" in note for note in taken.notes)


def test_sakai_without_folders(tmp_path: Path) -> None:
    """The student and the file are in one name."""
    files = {
        f"Lab/Doe, Jane(b1)_{ATTACHED}_hw.zip": student_zip("b1"),
        f"Lab/Li, Wei(b2)_{ATTACHED}_hw.zip": student_zip("b2"),
    }
    taken = import_downloads(as_zip(tmp_path, files), tmp_path / "out")
    assert set(by_id(taken)) == {"b1", "b2"}


@pytest.mark.parametrize("raw", [b"", b"yesterday", b"2024-04-04 15:54", b"\xff" * 90, b"2" * 40])
def test_a_time_without_a_zone_is_unknown(raw: bytes) -> None:
    """And so is what is no time."""
    assert moment(raw) is None


@pytest.mark.parametrize("name", ["Doe, Jane/x.zip", "Doe(b1)/x.zip", "f(x).zip"])
def test_other_names_are_not_sakais(name: str) -> None:
    """A login in brackets is not enough."""
    assert owner(name) is None


LOGINS = ("b1", "b2", "b3", "b4")
# Names and files that look like Sakai's own, with the logins of others.
PART = st.sampled_from([*(f"({login})" for login in LOGINS), "_", " ", ", ", f"_{ATTACHED}_", "x"])
TYPED = st.lists(PART, max_size=5).map("".join)


@example([(f"(b2)(b2)_{ATTACHED}_", ""), (f"(b2)(b2)_{ATTACHED}_", "")], False)
@given(st.lists(st.tuples(TYPED, TYPED), min_size=1, max_size=len(LOGINS)), st.booleans())
def test_nobody_is_read_as_another(hand_ins: list[tuple[str, str]], folders: bool) -> None:
    """Whatever names and file names students have: a person looks, or the login is right."""
    between = "/" if folders else "_"
    right = {
        f"{name}({login}){between}{ATTACHED}{between}{file}{login}.zip": login
        for login, (name, file) in zip(LOGINS, hand_ins, strict=False)
    }
    seen = {
        file.member: student.who
        for student in read(listing(*right)).students
        for file in student.files
    }
    for member, login in right.items():
        assert owner(member) is not None
        who = seen[member]
        assert who.lms_id == login or login in (who.review or "")
        if folders:
            assert (who.lms_id, who.review) == (login, None)
