"""Names for students where nobody may know who they are."""

from hypothesis import given
from hypothesis import strategies as st

from grader.report.pseudonyms import keyed, pseudonym


def test_a_key_is_the_hmac_of_the_id() -> None:
    """The second test case of RFC 4231."""
    assert keyed("what do ya want for nothing?", b"Jefe") == (
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    )


def test_a_name_depends_on_the_secret_and_the_student() -> None:
    """The same for both, another for another of either."""
    assert pseudonym("what do ya want for nothing?", b"Jefe") == "Student 5BDCC1"
    names = {pseudonym(student, secret) for student in ("B1", "B2") for secret in (b"a", b"b")}
    assert len(names) == 4


@given(st.text(st.characters(), max_size=8))
def test_every_id_has_a_name_that_can_be_printed(student: str) -> None:
    """Halves of letters too."""
    assert pseudonym(student, b"secret").isascii()
    assert len(pseudonym(student, b"secret")) == len("Student 000000")


def test_half_a_letter_is_no_trouble() -> None:
    """A file's name may have one."""
    assert pseudonym("\ud800", b"s") != pseudonym("\udfff", b"s")
