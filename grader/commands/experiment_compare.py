"""The work of `grader experiment compare`: a write-up is read and set beside the reference."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.errors import Fault, GraderError
from grader.experiments.comparison import compare
from grader.experiments.comparison_table import comparison_table
from grader.experiments.declared import DeclaredChange, declared_change, unclear_changes
from grader.experiments.parts import read_run
from grader.experiments.reference import (
    Reference,
    bands_for,
    reference_of_bands,
    reference_of_results,
    same_network,
)
from grader.experiments.text_table import TextTable
from grader.labs.experiment import ExperimentSpec
from grader.labs.write_up_lab import WriteUpLab
from grader.sandbox.start import best_isolation
from grader.writeup.document import Document
from grader.writeup.own_text import OwnText
from grader.writeup.read import read_pdf
from grader.writeup.tables import read_tables
from grader.writeup.text import paragraphs


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The tables of a write-up beside the reference, and notes about the whole."""

    notes: tuple[str, ...]
    tables: tuple[TextTable, ...]


def compare_write_up(
    path: Path, lab: WriteUpLab, spec: ExperimentSpec, results: Path | None
) -> Comparison:
    """Read the PDF at `path` and compare its tables with `spec` and with what was measured.

    That are the records in the folder `results`, else the bands that ship for the network. Raises
    `GraderError` if the PDF cannot be read or the folder has no results, and `HarnessError`.
    """
    if not path.is_file():
        raise GraderError(f"{path} is not a file.", help="Give the path of a PDF.")
    try:
        document = read_pdf(path.resolve(), path.name, best_isolation())
    except Fault as fault:
        raise GraderError(fault.reason, help=fault.help) from fault
    text = _own_words(document, lab)
    declared = declared_change(text, spec)
    used = spec if declared is None else declared.spec
    reference, source = _reference(used, results)
    notes = [source, *_change_notes(declared, text)]
    if reference is not None and not same_network(reference.experiment, used):
        notes.append("It is of another network than the write-up's, so no accuracy is compared.")
        reference = None
    read = [each for table in lab.tables for each in read_tables(document, table)]
    by_id = {each.id: each for each in lab.tables}
    found = compare(read, lab.tables, used, reference)
    return Comparison(
        notes=(*notes, *_missing(document, lab, {each.table for each in read})),
        tables=tuple(comparison_table(each, by_id[each.read.table]) for each in found),
    )


def _reference(used: ExperimentSpec, results: Path | None) -> tuple[Reference | None, str]:
    """Return what was measured, and a note that says what it is."""
    if results is not None:
        spec, found = read_run(results)
        seeds = ", ".join(str(each.conditions.seed) for each in found)
        quick = (
            "; a quick run, no reference" if any(each.conditions.quick for each in found) else ""
        )
        return reference_of_results(spec, found), f"Measured: {results}, seeds {seeds}{quick}."
    bands = bands_for(used)
    if bands is None:
        return None, "No bands of accuracy ship for this network: only exact values are compared."
    seeds = ", ".join(str(each.seed) for each in bands.conditions)
    return reference_of_bands(bands), f"Bands of accuracy: those that ship, seeds {seeds}."


def _own_words(document: Document, lab: WriteUpLab) -> str:
    """Return the student's own text, without the lab's; an empty line ends a paragraph."""
    parts = OwnText(lab.own_text).parts(paragraphs(document))
    return "\n\n".join(each.text for each in parts if not each.own)


def _change_notes(declared: DeclaredChange | None, text: str) -> Iterator[str]:
    for quote in () if declared is None else declared.quotes:
        yield f'A declared change, which changes the expected values: "{quote}"'
    for quote in unclear_changes(text):
        yield f'Perhaps a change, with no value that could be read: "{quote}"'


def _missing(document: Document, lab: WriteUpLab, found: set[str]) -> Iterator[str]:
    for table in lab.tables:
        if table.id not in found:
            yield f"The table {table.title} was not found."
    if document.pages_without_text:
        yield f"No text on page {', '.join(map(str, document.pages_without_text))}."
    pictures = document.pages_with_large_pictures
    if pictures and len(found) < len(lab.tables):
        yield f"A table may be in a picture on page {', '.join(map(str, pictures))}."
    if len(document.pages) < document.pages_in_file:
        yield f"Only the first {len(document.pages)} of {document.pages_in_file} pages were read."
