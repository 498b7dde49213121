from grader.report.terminal.class_table import to_text
from grader.similarity.write_up_table import write_up_table
from grader.similarity.write_ups import similar_write_ups
from tests.report.write_ups import LAB
from tests.similarity.write_ups import different, latencies, of, paragraph


def test_a_pair_is_shown_with_its_evidence_and_a_warning() -> None:
    """Rows, paragraphs with their pages, and the hand-ins that were not compared."""
    class_ = [*different(10), of("\x1bZ", latencies(3), paragraph(3))]
    found = similar_write_ups(class_, LAB)
    shown = to_text(write_up_table(found, {"Q": "no text"}, len(class_)), 100, color=False)
    assert "21 of 21 are equal, in 21 rows" in shown
    assert "page 1 of the first" in shown
    assert "1 pair and 0 groups among 11 write-ups." in shown
    assert "not a proof" in shown
    assert "Q was not compared: no text" in shown
    assert "\x1b" not in shown


def test_a_group_is_one_line_with_its_names() -> None:
    """Everybody measured on one board, together."""
    class_ = [of(f"S{number}", latencies(1), paragraph(1)) for number in range(8)]
    found = similar_write_ups(class_, LAB)
    shown = to_text(write_up_table(found, {}, 8), 100, color=False)
    assert "8 hand-ins share" in shown
    assert "S0, S1, S2" in shown
    assert "latencies" in shown
    assert "1 paragraph" in shown
