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


def as_moodle_writes(name: str, number: str, between: str, file: str) -> str:
    """The name of a file, as Moodle makes it of a full name: without `_` and without signs."""
    shown = "".join(each for each in name.replace("_", " ") if each not in "/\\:*?\"<>|'&")
    return f"{shown}_{number}_assignsubmission_file{between}{file}"


NUMBERS = ("101", "102", "103", "104")
# Names and files that look like Moodle's own, with the numbers of others.
PART = st.sampled_from([*NUMBERS, "_", " ", "-", "assignsubmission_file_", "_102_assignsubmission"])
TYPED = st.lists(PART, max_size=6).map("".join)


@given(
    st.lists(st.tuples(TYPED, TYPED), min_size=1, max_size=len(NUMBERS)),
    st.sampled_from(["_/", "/", "_"]),
)
def test_nobody_is_read_as_another(hand_ins: list[tuple[str, str]], between: str) -> None:
    """Whatever names and file names students have, also none: the number is the participant's."""
    right = {
        as_moodle_writes(name, number, between, f"{file}{number}.zip"): number
        for number, (name, file) in zip(NUMBERS, hand_ins, strict=False)
    }
    for student in moodle.read(listing(*right)).students:
        assert {right[file.member] for file in student.files} == {student.who.lms_id}
        assert student.who.review is None


def test_one_number_with_two_names_is_for_a_person() -> None:
    """Such as two downloads in one folder: nobody's files are put beside another's."""
    names = ("Jane_101_assignsubmission_file_/B1.zip", "Li_101_assignsubmission_file_/B2.zip")
    students = moodle.read(listing(*names)).students
    assert [each.who.name for each in students] == ["Jane", "Li"]
    assert all("101" in (each.who.review or "") for each in students)
