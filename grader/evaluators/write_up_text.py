"""The sentences of a write-up that say something else than one of its tables."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from grader.evaluators.opened_write_up import OpenedWriteUp
from grader.evaluators.write_up_claims import Cells, Contradiction, contradictions
from grader.evaluators.write_up_rows import TableRows, shown_value
from grader.evidence.write_up import ContradictionEvidence
from grader.labs.write_up_table import WriteUpTable, without_unit
from grader.text import percent
from grader.writeup.answers import answer_patterns
from grader.writeup.claim_words import Machines
from grader.writeup.claims import ClaimReader
from grader.writeup.own_text import Part
from grader.writeup.stated import Kind
from grader.writeup.table_words import SPARSITY, TableWords

SEARCHED_AT_MOST = 100_000  # characters


def contradicting_sentences(
    opened: OpenedWriteUp, table: WriteUpTable
) -> Iterator[ContradictionEvidence]:
    """Yield each sentence that fits no table of this kind in the write-up, once.

    A table of an earlier machine counts too: a sentence may be about it.
    """
    tables = [_numbers(opened, table, at) for at in range(len(opened.tables[table.id]))]
    reader = ClaimReader(
        words=_words(table, tables),
        machines=_machines(opened),
        others=tuple(_words(each, ()) for each in opened.lab.tables if each.id != table.id),
    )
    own = (each for each in opened.parts if not each.own)
    claims = (claim for part in _first(own) for claim in reader.claims(part.text, part.page))
    found: dict[str, Contradiction] = {}
    for each in contradictions(tuple(claims), table, tables):
        found.setdefault(each.claim.quote, each)
    for each in found.values():
        yield _evidence(each, opened, table)


def _first(parts: Iterable[Part]) -> Iterator[Part]:
    """Yield the parts up to the limit of characters: a real discussion is far shorter."""
    room = SEARCHED_AT_MOST
    for each in parts:
        room -= len(each.text)
        if room < 0:
            return
        yield each


def _numbers(opened: OpenedWriteUp, table: WriteUpTable, at: int) -> Cells:
    read = opened.tables[table.id][at]
    rows = TableRows(table=table, variant=read.variant, read=read, opened=opened)
    return {
        (each.row, each.column): each.number for each in rows.judged() if each.number is not None
    }


def _words(table: WriteUpTable, tables: Sequence[Cells]) -> TableWords:
    levels: Mapping[str, float] = {
        row: number
        for cells in tables
        for (row, column), number in cells.items()
        if column == SPARSITY
    }
    return TableWords(table=table, levels=levels)


def _machines(opened: OpenedWriteUp) -> Machines:
    answers = opened.lab.answers
    this = (each for each in answers if each.board == "model")
    other = (each for each in answers if each.elsewhere)
    return Machines(
        this=tuple(pattern for each in this for pattern in answer_patterns(each)),
        other=tuple(pattern for each in other for pattern in answer_patterns(each)),
    )


def _evidence(
    contradiction: Contradiction, opened: OpenedWriteUp, table: WriteUpTable
) -> ContradictionEvidence:
    claim = contradiction.claim
    return ContradictionEvidence(
        page=claim.page,
        quote=claim.quote,
        boxes=opened.texts[claim.page].boxes(claim.quote),
        table=_in_the_table(contradiction, table),
    )


def _in_the_table(contradiction: Contradiction, table: WriteUpTable) -> str:
    """Return what the table has, as "2.2 times (B64)"."""
    column, number = table.column(contradiction.column), contradiction.found
    match contradiction.kind:
        case None:
            said = "the opposite"
        case Kind.RATIO:
            said = _times(number)
        case Kind.CHANGE:
            said = percent(number)
        case Kind.DIFFERENCE:
            said = f"a difference of {shown_value(number, column)}"
        case _:
            said = shown_value(number, column)
    return f"{said} ({without_unit(column.names[0])[0]})"


def _times(number: float) -> str:
    """Return a ratio; below 1 the table has it the other way round."""
    if number >= 1:
        return f"{number:.1f} times"
    return f"{1 / number:.1f} times the other way round"
