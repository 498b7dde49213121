import pytest

from grader.labs.hand_in_files import NETWORK_FILES, WRITE_UP_FILES
from grader.labs.kinds import load_lab


def test_each_kind_of_lab_has_its_own() -> None:
    """A lab that a course extends has those of its kind."""
    assert load_lab().hand_in_files is NETWORK_FILES
    assert load_lab("on-device-2023").hand_in_files is WRITE_UP_FILES


@pytest.mark.parametrize(
    ("name", "network", "write_up"),
    [
        ("B1.ZIP", "alone", "alone"),
        ("b.rar", "alone", "alone"),
        ("m.pth", "resembles", "none"),
        ("x.ipynb", "resembles", "resembles"),
        ("report.PDF", "none", "alone"),
        ("report.docx", "none", "alone"),
        ("page.HEIC", "none", "takes"),
        ("notes.txt", "none", "none"),
    ],
)
def test_names_like_those_of_hand_ins(name: str, network: str, write_up: str) -> None:
    """In upper or lower case. What is alone also resembles a hand-in, and that is also taken."""
    for files, right in ((NETWORK_FILES, network), (WRITE_UP_FILES, write_up)):
        steps = (files.is_alone(name), files.resembles(name), files.takes(name))
        rank = ("none", "takes", "resembles", "alone").index(right)
        assert sum(steps) == rank
        assert steps == tuple(sorted(steps))


def test_the_file_that_names_a_student() -> None:
    """The notebook of a network, the PDF of a write-up."""
    assert NETWORK_FILES.names_student("B1.ipynb")
    assert WRITE_UP_FILES.names_student("B1.PDF")
    assert not WRITE_UP_FILES.names_student("B1.ipynb")
