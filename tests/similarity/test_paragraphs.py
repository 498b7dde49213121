from grader.similarity.paragraphs import alike_paragraphs
from tests.similarity.write_ups import different, latencies, of, paragraph


def test_own_paragraphs_are_not_alike() -> None:
    """Nobody of a class of 40 wrote what another wrote."""
    found = alike_paragraphs(different(40))
    assert found.pairs == {}
    assert found.groups == {}


def test_a_copied_paragraph_is_listed_with_its_pages() -> None:
    """In another case, with some other words and other line breaks."""
    changed = paragraph(3).upper().replace("BOARD", "DEVICE", 1).replace(" ", "\n", 5)
    found = alike_paragraphs([*different(10), of("Z", latencies(99), changed)])
    assert found.pairs.keys() == {("S003", "Z")}
    (shared,) = found.pairs["S003", "Z"]
    assert (shared.first, shared.second) == (1, 1)
    assert shared.length > 100


def test_what_many_wrote_is_a_group() -> None:
    """A text that the class was given is one line, and hides no pair."""
    class_ = [of(f"S{n}", latencies(n), paragraph(0), paragraph(100 + n % 9)) for n in range(10)]
    found = alike_paragraphs(class_)
    (group,) = found.groups
    assert len(group) == 10
    assert found.pairs.keys() == {("S0", "S9")}


def test_rows_of_tables_and_captions_are_not_compared() -> None:
    """Exact values are equal in all correct tables."""
    row = "Iteration 12 99.18 97.18 0.0212 0.27 " * 5
    class_ = [of(name, latencies(1), row, "Plot 1: accuracy against sparsity") for name in "AB"]
    assert alike_paragraphs(class_).pairs == {}
    assert alike_paragraphs([]).pairs == {}
