"""Whatever a student is called, and calls a file: the LMS's names are taken apart again."""

from hypothesis import given
from hypothesis import strategies as st

from grader.lms.canvas import download as canvas
from grader.lms.listing import Listing
from grader.lms.moodle import download as moodle

NAME = st.text(
    st.characters(blacklist_characters="_/", blacklist_categories=["Cc", "Cs"]), min_size=1
)
NUMBER = st.integers(1, 10**9).map(str)
FILE = st.text(
    st.characters(blacklist_characters="/", blacklist_categories=["Cc", "Cs"]), min_size=1
)


def listing(*names: str) -> Listing:
    """A download of these files."""
    return Listing(names=names, read=lambda _: b"")


@given(NAME, NUMBER, st.lists(FILE, min_size=1, max_size=3), st.sampled_from(["_", ""]))
def test_moodle_with_folders(name: str, number: str, path: list[str], trailing: str) -> None:
    """Name, number and path come back, however much they look like the signs between them."""
    inside = "/".join(path)
    member = f"{name}_{number}_assignsubmission_file{trailing}/{inside}"
    assert moodle.owner(member) == number
    (parcel,) = moodle.read(listing(member)).parcels
    assert (parcel.who.name, parcel.who.lms_id) == (name, number)
    assert [each.name for each in parcel.pieces] == [inside]
    assert parcel.who.place is not None
    assert member == parcel.who.place + inside


@given(NAME, NUMBER, FILE)
def test_moodle_without_folders(name: str, number: str, file: str) -> None:
    """The same where everything lies beside each other."""
    member = f"{name}_{number}_assignsubmission_file_{file}"
    assert moodle.owner(member) == number
    (parcel,) = moodle.read(listing(member)).parcels
    assert (parcel.who.name, parcel.who.lms_id) == (name, number)
    assert [each.name for each in parcel.pieces] == [file]


@given(NAME.filter(lambda name: name != "anon"), NUMBER, NUMBER, FILE, st.booleans())
def test_canvas(name: str, user: str, attachment: str, file: str, late: bool) -> None:
    """Name, number, attachment, file and the word LATE come back."""
    member = f"{name}_{'LATE_' if late else ''}{user}_{attachment}_{file}"
    assert canvas.owner(member) == user
    (parcel,) = canvas.read(listing(member)).parcels
    assert (parcel.who.name, parcel.who.lms_id, parcel.who.late) == (name, user, late)
    assert [(each.name, each.order) for each in parcel.pieces] == [(file, int(attachment))]
