from hypothesis import given
from hypothesis import strategies as st

from grader.lms.canvas import download as canvas
from tests.lms.listings import FILE, NAME, NUMBER, listing


@given(NAME.filter(lambda name: name != "anon"), NUMBER, NUMBER, FILE, st.booleans())
def test_canvas(name: str, user: str, attachment: str, file: str, late: bool) -> None:
    """Name, number, attachment, file and the word LATE come back."""
    member = f"{name}_{'LATE_' if late else ''}{user}_{attachment}_{file}"
    assert canvas.owner(member) == user
    (student,) = canvas.read(listing(member)).students
    assert (student.who.name, student.who.lms_id, student.who.late) == (name, user, late)
    assert [(each.name, each.order) for each in student.files] == [(file, int(attachment))]
