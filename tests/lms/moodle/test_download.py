from hypothesis import given
from hypothesis import strategies as st

from grader.lms.moodle import download as moodle
from tests.lms.listings import FILE, NAME, NUMBER, listing


@given(NAME, NUMBER, st.lists(FILE, min_size=1, max_size=3), st.sampled_from(["_", ""]))
def test_moodle_with_folders(name: str, number: str, path: list[str], trailing: str) -> None:
    """Name, number and path come back, however much they look like the signs between them."""
    inside = "/".join(path)
    member = f"{name}_{number}_assignsubmission_file{trailing}/{inside}"
    assert moodle.owner(member) == number
    (student,) = moodle.read(listing(member)).students
    assert (student.who.name, student.who.lms_id) == (name, number)
    assert [each.name for each in student.files] == [inside]
    assert student.who.place is not None
    assert member == student.who.place + inside


@given(NAME, NUMBER, FILE)
def test_moodle_without_folders(name: str, number: str, file: str) -> None:
    """The same where everything lies beside each other."""
    member = f"{name}_{number}_assignsubmission_file_{file}"
    assert moodle.owner(member) == number
    (student,) = moodle.read(listing(member)).students
    assert (student.who.name, student.who.lms_id) == (name, number)
    assert [each.name for each in student.files] == [file]
