"""What sentences say of a table, before it is looked at."""

import re

from grader.writeup.claim_words import Machines
from grader.writeup.claims import Claim, ClaimReader
from grader.writeup.table_words import TableWords
from tests.writeup.the_tables import QUANTIZATION

READER = ClaimReader(
    words=TableWords(table=QUANTIZATION, levels={}),
    machines=Machines(this=(), other=(re.compile("laptop"),)),
)


def claims(text: str) -> list[Claim]:
    """The claims of a paragraph on page 3."""
    return list(READER.claims(text, 3))


def test_a_claim_has_its_sentence_its_rows_and_its_columns() -> None:
    """The quote is the sentence as written."""
    text = "We timed all. At batch size 64 static quantization was 2.2× faster than fp32."  # noqa: RUF001
    (claim,) = claims(text)
    assert claim.quote == "At batch size 64 static quantization was 2.2× faster than fp32."  # noqa: RUF001
    assert claim.page == 3
    assert claim.rows == {"static-qint8"}
    assert claim.others == {"float32"}
    assert claim.columns == {"latency-64"}
    assert claim.less is True
    assert claim.stated is not None
    assert claim.stated.number == 2.2


def test_a_clause_goes_on_with_the_words_before_it() -> None:
    """Only the second number is of this machine: its row and its word are those of the first."""
    (claim,) = claims("On the laptop static was 2.1x faster at B64; on the Pi it is 2.2x.")
    assert claim.rows == {"static-qint8"}
    assert claim.stated is not None
    assert claim.stated.number == 2.2


def test_an_order_has_no_number() -> None:
    """A sentence that compares two rows without a number is an order."""
    (claim,) = claims("Static quantization is faster than dynamic int8 quantization.")
    assert claim.stated is None
    assert claim.rows == {"static-qint8"}
    assert claim.others == {"dynamic-qint8"}


def test_rows_and_values_in_turn_belong_together() -> None:
    """Two rows and two values, each row with its own."""
    first, second = claims("Dynamic int8 took 14.9 ms and static took 9.7 ms.")
    assert first.rows == {"dynamic-qint8"}
    assert second.rows == {"static-qint8"}


def test_what_is_no_plain_statement_is_no_claim() -> None:
    """A denial, a plan, another machine, training, memory, and a row of a table."""
    for text in (
        "Static quantization was not 2x faster than fp32.",
        "Static quantization should be 4x faster than fp32.",
        "On the laptop static quantization was 3x faster.",
        "Training took 35 s for static quantization.",
        "Static quantization needs 200 MB of memory.",
        "Lab 2 S qint8 1.483 1,470,474 0.9704 0.88 ± 0.02 ms 9.7 ± 0.3 ms",
        "Static 9.7 ms",
    ):
        assert claims(text) == []
