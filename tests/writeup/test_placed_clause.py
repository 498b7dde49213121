import pytest

from grader.writeup.placed_clause import PlacedClause, is_prose
from grader.writeup.sentences import clauses
from grader.writeup.table_words import TableWords
from tests.writeup.the_tables import PRUNING

PRUNED = TableWords(table=PRUNING, levels={"9": 0.9728})


def test_a_number_that_names_a_row_is_none_of_the_clause() -> None:
    """Of both percentages only the accuracy is said of the row."""
    sentence = "At 97.28% sparsity it is 97.48%, and at iteration 9 too"
    first, second = (
        PlacedClause(sentence=sentence, clause=each, in_sentence=PRUNED.rows(sentence))
        for each in clauses(sentence)
        if each.text.strip()
    )
    assert [each.number for each in first.numbers()] == [pytest.approx(0.9748)]
    assert [set(each.rows) for each in second.mentions] == [{"9"}]
    assert first.before(first.mentions[0]) == "At "


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Static quantization was 2.2x faster.", True),
        ("Lab 2 S qint8 1.483 1,470,474 0.9704 0.88 ± 0.02 ms", False),
        ("Static 9.7 ms", False),
        ("The static network " * 40, False),
    ],
)
def test_a_row_of_a_table_is_no_prose(sentence: str, expected: bool) -> None:
    """Nor is a name with a number, or a text without an end."""
    assert is_prose(sentence) is expected
