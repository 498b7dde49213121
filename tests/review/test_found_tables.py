from dataclasses import replace

from grader.evidence.write_up import CellEvidence, TableEvidence
from grader.review.found_tables import CELLS_AT_MOST, FoundTable
from grader.review.spots import Line
from tests.review.write_ups import write_up_lab

QUANTIZATION, PRUNING = write_up_lab().tables
ROW = QUANTIZATION.rows[1]
WRONG = CellEvidence(
    row=ROW.id, column="size", page=2, box=(0.1, 0.2, 0.3, 0.4), text="1.515", fit="contradicts",
    expected="5.886 MB", cause="it is int8",
)  # fmt: skip
FOUND = TableEvidence(
    state="found", title=None, pages=(2,), rows=tuple(each.id for each in QUANTIZATION.rows),
    missing_rows=(), missing_columns=(), cells=(WRONG,), laws=("Size (MB): 3 of 4 fit",), doubts=(),
)  # fmt: skip


def table(evidence: TableEvidence, reason: str = "") -> FoundTable:
    """The table of quantization with this evidence."""
    return FoundTable(table=QUANTIZATION, variant=None, evidence=evidence, reason=reason)


def lines(evidence: TableEvidence, kind: str) -> list[Line]:
    """The lines of this kind in the table's entry."""
    return [each for each in table(evidence).entry().lines if each.kind == kind]


def test_a_wrong_cell_has_its_expectation_and_cause() -> None:
    """And leads to its place on the page."""
    (line,) = lines(FOUND, "bad")
    assert ROW.title in line.words
    assert all(each in line.words for each in ("1.515", "5.886 MB", "it is int8"))
    (spot,) = line.spots
    assert (spot.page, spot.boxes) == (2, (WRONG.box,))
    assert spot in table(FOUND).cells()


def test_missing_rows_columns_and_unread_cells_are_said() -> None:
    """By their names, not by their ids; the rows that are there are counted."""
    unread = replace(WRONG, text=None, fit="not read")
    gone = replace(
        FOUND, rows=FOUND.rows[:3], missing_rows=(FOUND.rows[3],), missing_columns=("accuracy",),
        cells=(unread,), doubts=("Nothing says which.",),
    )  # fmt: skip
    assert table(gone).rows == (3, 4)
    said = " ".join(each.words for each in lines(gone, "look"))
    for words in ("3 of 4", QUANTIZATION.rows[3].title, "Accuracy", "Not read", "Nothing says"):
        assert words in said


def test_many_differing_cells_are_counted() -> None:
    """The list is not longer than a person reads; all are marked."""
    cells = tuple(replace(WRONG, row=str(number), fit="differs") for number in range(20))
    many = replace(FOUND, cells=cells)
    said = [each for each in lines(many, "look") if each.spots]
    assert len(said) == CELLS_AT_MOST
    assert str(20 - CELLS_AT_MOST) in lines(many, "look")[CELLS_AT_MOST].words
    assert len({each.id for each in table(many).cells()}) == 20


def test_a_table_that_was_not_found_has_the_reason() -> None:
    """Nothing of it counts as read, and an optional one is asked of nobody."""
    none = replace(FOUND, state="not found", rows=(), cells=(), laws=(), pages=())
    assert [each.words for each in table(none, "Not found.").entry().lines] == ["Not found."]
    assert table(none, "Not found.").rows == (0, 4)
    optional = FoundTable(
        table=PRUNING, variant=PRUNING.variants[0], evidence=none, reason="Not found."
    )
    assert optional.rows == (0, 0)
    assert PRUNING.variants[0].title in optional.entry().title
