"""The sentences that say something else than a table."""

import pytest

from grader.evaluators import write_up_text
from grader.evaluators.write_up_tables import measure_table
from grader.evaluators.write_up_text import contradicting_sentences
from grader.evidence.write_up import ContradictionEvidence
from grader.types import Finding
from tests.evaluators.write_ups import opened, pruned, quantized
from tests.writeup.the_tables import PRUNING, QUANTIZATION

WRONG = "On the laptop static was 2.1x faster at batch size 64; on the Pi it is 3.5x."


def found(*content: str) -> list[ContradictionEvidence]:
    """The contradictions of a write-up with the whole quantization table on its first page."""
    return list(contradicting_sentences(opened(quantized(), *content), QUANTIZATION))


def test_a_sentence_against_the_table_has_its_page_its_place_and_what_the_table_has() -> None:
    """One box for its one line."""
    (each,) = found(WRONG)
    assert (each.page, each.quote) == (2, WRONG)
    assert len(each.boxes) == 1
    assert each.table == "2.2 times (B64)"


def test_each_kind_of_claim_says_what_the_table_has() -> None:
    """A value, a change, an order, and a ratio the other way round."""
    for text, table in (
        ("The static model takes 2.9 MB on disk.", "1.483 MB (Size)"),
        ("Static quantization reduced the size by 50%.", "74.80 % (Size)"),
        ("Static quantization has a higher latency than float32.", "the opposite (B64)"),
        ("Static was 3.1x slower at batch size 64.", "1.5 times the other way round (B64)"),
    ):
        assert [each.table for each in found(text)] == [table]


def test_a_sentence_is_told_once() -> None:
    """Two wrong numbers in one sentence are one line."""
    assert len(found("The static model takes 2.9 MB on disk and 55 ms for a batch of 64.")) == 1


def test_a_table_of_the_earlier_machine_counts_too() -> None:
    """A number of its own table is no contradiction."""
    earlier = quantized(static=("1.517", "0", "97.10%", "0.2 ms", "3.3 ms"))
    assert list(contradicting_sentences(opened(quantized(), earlier), QUANTIZATION)) == []
    text = "Static quantization takes 3.3 ms for a batch of 64."
    assert found(text) != []
    assert list(contradicting_sentences(opened(quantized(), earlier, text), QUANTIZATION)) == []


def test_only_the_first_characters_are_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    """A text without end costs no time."""
    monkeypatch.setattr(write_up_text, "SEARCHED_AT_MOST", 50)
    assert found(WRONG) == []


def test_the_contradiction_is_for_a_person_and_never_a_failure() -> None:
    """The table's finding keeps its rows; the sentence is in its review."""
    finding = measure_table(opened(quantized(), WRONG), QUANTIZATION, None)
    assert isinstance(finding, Finding)
    assert finding.value == 4
    assert finding.review is not None
    assert WRONG in finding.review


def test_of_two_variants_the_first_one_has_the_sentence() -> None:
    """A sentence is compared with both tables, and told once."""
    tables = (
        "Iterative pruning without rewinding",
        pruned(5),
        "Iterative pruning with rewinding",
        pruned(5),
        "At iteration 5 the model takes 9.9 MB on disk.",
    )
    whole = opened(*tables)
    counts = []
    for variant in PRUNING.variants:
        finding = measure_table(whole, PRUNING, variant.id)
        counts.append("contradictions" in finding.evidence)
    assert counts == [True, False]
