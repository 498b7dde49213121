"""A download's list of files, and whatever may stand in it."""

from hypothesis import strategies as st

from grader.lms.listing import FileList

NAME = st.text(
    st.characters(blacklist_characters="_/", blacklist_categories=["Cc", "Cs"]), min_size=1
)
NUMBER = st.integers(1, 10**9).map(str)
FILE = st.text(
    st.characters(blacklist_characters="/", blacklist_categories=["Cc", "Cs"]), min_size=1
)


def listing(*names: str) -> FileList:
    """A download of these files."""
    return FileList(names=names, read=lambda _: b"")
