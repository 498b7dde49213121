"""The evidence of a write-up as short lines: where each answer and table is, which cells differ."""

from collections.abc import Iterator

from grader import text
from grader.evidence.write_up import (
    CellEvidence,
    RequiredAnswerEvidence,
    TableEvidence,
    WriteUpEvidence,
)
from grader.report.write_up_counts import CONTRADICTS, DIFFERS, NOT_READ
from grader.types import Measurement, Status
from grader.writeup.document import pages_in_words

NAMES_SHOWN = 5
QUOTE = 160  # characters


def write_up_facts(measurement: Measurement) -> Iterator[str]:
    """Yield what was read of the PDF: pages, declared changes, misspelt words."""
    evidence = WriteUpEvidence.read(measurement)
    if evidence.pages_in_file is not None and evidence.pages_read is not None:
        if evidence.pages_read == evidence.pages_in_file:
            yield text.counted(evidence.pages_in_file, "1 page", "{count:,} pages")
        else:
            yield f"{evidence.pages_in_file:,} pages, the first {evidence.pages_read} were read"
    if evidence.without_text and measurement.status is Status.PASSED:
        yield f"no text on {pages_in_words(evidence.without_text)}: a person looks"
    if evidence.declared is not None:
        yield f"declared change of the experiment: {', '.join(evidence.declared.changes)}"
        yield from (f"“{_short(each)}”" for each in evidence.declared.quotes)
    if evidence.typos:
        words = (f"{each.word} ({each.correct}), page {each.page}" for each in evidence.typos)
        yield f"misspelt: {text.several(words, NAMES_SHOWN)}"


def answer_facts(measurement: Measurement) -> Iterator[str]:
    """Yield the page and the words of each place where the answer may be."""
    for each in RequiredAnswerEvidence.read(measurement).passages:
        yield f"page {each.page}: “{_short(each.quote)}”"


def table_facts(measurement: Measurement) -> Iterator[str]:
    """Yield where the table is, what its columns fit, and each cell that a person must see."""
    evidence, said = TableEvidence.read(measurement), measurement.help or ""
    if evidence.pages:
        title = "" if evidence.title is None else f", “{_short(evidence.title)}”"
        lacks = _lacking(
            evidence.missing_columns, "; column not found: {names}", "; columns not found: {names}"
        )
        yield f"{pages_in_words(evidence.pages)}{title}: {_rows(evidence)}{lacks}"
    yield from evidence.laws
    for fit, words in ((CONTRADICTS, "cannot be right"), (DIFFERS, "is doubtful")):
        for cell in evidence.cells:
            if cell.fit == fit:
                yield _cell(cell, words, with_cause=not cell.cause or cell.cause not in said)
    unread = [f"{each.column}, {each.row}" for each in evidence.cells if each.fit == NOT_READ]
    if unread:
        yield f"not read: {text.several(unread, NAMES_SHOWN)}"


def _cell(cell: CellEvidence, words: str, *, with_cause: bool) -> str:
    """Return one cell with its place, what it says, what is expected, and the usual cause."""
    expected = f", expected {cell.expected}" if cell.expected else ""
    cause = f"; {cell.cause}" if cell.cause and with_cause else ""
    return f"{cell.column}, {cell.row}, page {cell.page}: {cell.text} {words}{expected}{cause}"


def _rows(evidence: TableEvidence) -> str:
    """Return how many of the rows were found."""
    missing = len(evidence.missing_rows)
    return f"{len(evidence.rows)} of {len(evidence.rows) + missing} rows" + _lacking(
        evidence.missing_rows, "; row not found: {names}", "; rows not found: {names}"
    )


def _lacking(names: tuple[str, ...], one: str, several: str) -> str:
    """Return `one` or `several` with the names of what was not found; empty if there are none."""
    if not names:
        return ""
    return text.counted(len(names), one, several, names=text.several(names, NAMES_SHOWN))


def _short(words: str) -> str:
    """Return the words on one line, cut after `QUOTE` characters."""
    line = " ".join(words.split())
    return line if len(line) <= QUOTE else f"{line[:QUOTE].rstrip()}…"
