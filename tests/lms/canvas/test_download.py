from hypothesis import given
from hypothesis import strategies as st

from grader.lms.canvas import download as canvas
from tests.lms.listings import FILE, NAME, NUMBER, listing


@given(NAME.filter(lambda name: name != "anon"), NUMBER, NUMBER, FILE, st.booleans())
def test_canvas(name: str, user: str, attachment: str, file: str, late: bool) -> None:
    """Name, number, attachment, file and the word LATE come back."""
    member = f"{name}_{'LATE_' if late else ''}{user}_{attachment}_{file}"
    assert canvas.owner(member) == user
    (parcel,) = canvas.read(listing(member)).parcels
    assert (parcel.who.name, parcel.who.lms_id, parcel.who.late) == (name, user, late)
    assert [(each.name, each.order) for each in parcel.pieces] == [(file, int(attachment))]
