"""Reads a table that the lab asks for, and compares its cells with what they must be."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader.errors import Fault, Skip
from grader.evaluators.opened_write_up import OpenedWriteUp
from grader.evaluators.write_up_rows import CONTRADICTS, DIFFERS, FITS, TableRows
from grader.evaluators.write_up_text import contradicting_sentences
from grader.evidence.write_up import CellEvidence, ContradictionEvidence, TableEvidence
from grader.labs.write_up_table import WriteUpTable
from grader.text import several, shown
from grader.types import Finding
from grader.writeup.document import pages_in_words
from grader.writeup.read_table import ReadTable

NAMED = 5  # rows, or cells, in a message


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chosen:
    """The table of one variant; `is_certain` is False if nothing says which variant it is."""

    read: ReadTable
    is_certain: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Whole:
    """What is odd in the table as a whole, and the sentences that say something else."""

    doubts: tuple[str, ...]
    contradictions: tuple[ContradictionEvidence, ...]

    def sentences(self) -> Iterator[str]:
        yield from self.doubts
        for each in self.contradictions[:NAMED]:
            yield f"The text on page {each.page} says: “{each.quote}” The table has {each.table}."


def measure_table(opened: OpenedWriteUp, table: WriteUpTable, variant: str | None) -> Finding:
    """The number of its rows that have a value in every required column.

    Raises `Fault` if a cell contradicts an exact fact, and `Skip` if there is no such table: it may
    be in a picture.
    """
    chosen = _chosen(opened.tables[table.id], table, variant)
    if chosen is None:
        raise _not_found(opened, table)
    rows = TableRows(table=table, variant=variant, read=chosen.read, opened=opened)
    judged = tuple(rows.judged())
    whole = _Whole(
        doubts=tuple(_doubts_of_the_whole(chosen, rows, judged)),
        contradictions=tuple(contradicting_sentences(opened, table)) if _is_first(rows) else (),
    )
    evidence = _evidence(rows, judged, whole).json()
    wrong = [each for each in judged if each.fit == CONTRADICTS]
    if wrong:
        first = wrong[0]
        more = f" So do {len(wrong) - 1} more cells." if len(wrong) > 2 else ""
        more = " So does one more cell." if len(wrong) == 2 else more
        raise Fault(
            f"{rows.name(first)} contradicts an exact fact: {first.text}.{more}",
            help=f"Usual cause: {first.cause}." if first.cause else "Measure it again.",
            expected=first.expected,
            actual=first.text,
            evidence=evidence,
        )
    return Finding(
        value=float(rows.whole_rows),
        unit="rows",
        evidence=evidence,
        review=" ".join((*_doubts(rows, judged), *whole.sentences())) or None,
    )


def _chosen(
    tables: Sequence[ReadTable], table: WriteUpTable, variant: str | None
) -> _Chosen | None:
    """Return the table with most rows; of a variant, or one of no known variant in its place."""
    if variant is None:
        return max((_Chosen(read=each) for each in tables), key=_rows, default=None)
    named = [_Chosen(read=each) for each in tables if each.variant == variant]
    if named:
        return max(named, key=_rows)
    found = {each.variant for each in tables}
    missing = [each.id for each in table.variants if each.id not in found]
    unnamed = [each for each in tables if each.variant is None]
    at = missing.index(variant)
    return _Chosen(read=unnamed[at], is_certain=False) if at < len(unnamed) else None


def _is_first(rows: TableRows) -> bool:
    """True for the first variant that was found: a sentence is compared with all of them once."""
    found = {each.variant for each in rows.opened.tables[rows.table.id]}
    named = [each.id for each in rows.table.variants if each.id in found]
    return rows.variant is None or not named or rows.variant == named[0]


def _rows(chosen: _Chosen) -> int:
    return sum(each.id is not None for each in chosen.read.rows)


def _not_found(opened: OpenedWriteUp, table: WriteUpTable) -> Skip:
    pictures = opened.document.pages_with_large_pictures
    where = f"; it may be in a picture on {pages_in_words(pictures)}" if pictures else ""
    columns = ", ".join(each.names[0] for each in table.columns if not each.optional)
    return Skip(
        f"Not found{where}." + (" The lab does not require it." if table.optional else ""),
        help=f"Write it as a table of text, with a heading for each column: {columns}.",
        evidence=TableEvidence(
            state="not found",
            title=None,
            optional=table.optional or None,
        ).json(),
    )


def _evidence(rows: TableRows, judged: tuple[CellEvidence, ...], whole: _Whole) -> TableEvidence:
    read = rows.read
    return TableEvidence(
        state="found",
        title=read.title,
        pages=read.pages,
        rows=tuple(each.id for each in read.rows if each.id is not None),
        missing_rows=rows.missing_rows,
        missing_columns=read.missing_columns,
        cells=judged,
        laws=tuple(rows.laws(judged)),
        doubts=whole.doubts,
        optional=rows.table.optional or None,
        contradictions=whole.contradictions or None,
    )


def _doubts(rows: TableRows, judged: Sequence[CellEvidence]) -> Iterator[str]:
    """Yield the sentences about rows, columns and cells that a person should look at."""
    read = rows.read
    if rows.missing_rows:
        names = several((rows.table.row_name(each) for each in rows.missing_rows), NAMED)
        yield f"Not found: {names}."
    if read.missing_columns:
        names = several((rows.table.column_name(each) for each in read.missing_columns), NAMED)
        yield f"Columns not found: {names}."
        if read.other_headings:
            yield f"Other headings: {several(map(shown, read.other_headings), NAMED, '; ')}."
    unread = [rows.name(each) for each in judged if each.text is None]
    if unread:
        yield f"Not read: {several(unread, NAMED, '; ')}."
    differ = [each for each in judged if each.fit == DIFFERS]
    if differ:
        first = differ[0]
        cause = f" ({first.cause})" if first.cause else ""
        more = f", and {len(differ) - 1} more" if len(differ) > 1 else ""
        yield f"Look at {rows.name(first)}: {first.text}{cause}{more}."
    remarks = dict.fromkeys(each.cause for each in judged if each.fit == FITS and each.cause)
    yield from (f"{each[0].upper()}{each[1:]}." for each in remarks if each)


def _doubts_of_the_whole(
    chosen: _Chosen, rows: TableRows, judged: Sequence[CellEvidence]
) -> Iterator[str]:
    """Yield the sentences about the table, or about several of its cells together."""
    if not chosen.is_certain:
        yield "Nothing says which experiment this table is of."
    yield from rows.doubts(judged)
