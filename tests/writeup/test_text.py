from grader.writeup.text import paragraphs
from tests.writeup.pages import document, page


def test_lines_that_stand_close_are_a_paragraph() -> None:
    """A word divided at the end of a line is joined; a gap begins another paragraph."""
    first = page({100.0: [(50, "We use quan-")], 112.0: [(50, "tization.")], 140.0: [(50, "Next")]})
    second = page({100.0: [(50, "Last")]}, number=2)
    found = [(each.text, each.page) for each in paragraphs(document(first, second))]
    assert found == [("We use quantization.", 1), ("Next", 1), ("Last", 2)]
