"""A write-up that was read: what all of its checks share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property

from grader.errors import Skip
from grader.evaluators.conditions import WriteUpConditions
from grader.evidence.write_up import (
    DeclaredEvidence,
    ParagraphEvidence,
    TypoEvidence,
    WriteUpEvidence,
)
from grader.experiments.declared import DeclaredChange, declared_change, unclear_changes
from grader.experiments.reference import Reference, bands_for, reference_of_bands
from grader.files import replace_file
from grader.labs.experiment import ExperimentSpec
from grader.labs.write_up_lab import WriteUpLab
from grader.types import Finding, SubmittedFile
from grader.writeup.document import Document, Unread, pages_in_words
from grader.writeup.own_text import OwnText, Part
from grader.writeup.passages import PageText, page_text
from grader.writeup.read import read_pdf
from grader.writeup.read_table import ReadTable
from grader.writeup.tables import read_tables
from grader.writeup.text import paragraphs
from grader.writeup.typos import typos

TEXT_AT_MOST = 100_000  # characters of the evidence
EXPORT = (
    "Export the write-up as PDF in the program in which you wrote it; the text of pictures and "
    "scans cannot be read."
)

_UNREAD: Mapping[Unread | None, str] = {
    None: "No text",
    Unread.TIME: "Reading took too long",
    Unread.MEMORY: "Reading needed too much memory",
    Unread.CHARACTERS: "Too many characters",
    Unread.DAMAGED: "Damaged content",
}


@dataclass(frozen=True, kw_only=True)  # no slots: the properties are computed once
class OpenedWriteUp:
    """The pages of a write-up, and its text cut where the lab's own text begins and ends."""

    document: Document
    lab: WriteUpLab

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The text in the order of reading."""
        return OwnText(self.lab.own_text).parts(paragraphs(self.document))

    @cached_property
    def tables(self) -> dict[str, tuple[ReadTable, ...]]:
        """All tables that fit a table of the lab, by its id."""
        return {each.id: read_tables(self.document, each) for each in self.lab.tables}

    @cached_property
    def own_words(self) -> str:
        """The student's text."""
        return "\n\n".join(each.text for each in self.parts if not each.own)

    @cached_property
    def declared(self) -> DeclaredChange | None:
        """The change of the lab's experiment that the text declares, None if it is none."""
        lab = self.lab.experiment
        return None if lab is None else declared_change(self.own_words, lab)

    @property
    def experiment(self) -> ExperimentSpec | None:
        """The lab's experiment with the declared change."""
        return self.lab.experiment if self.declared is None else self.declared.spec

    @cached_property
    def unclear_changes(self) -> tuple[str, ...]:
        """The sentences that say that something was changed, without its value."""
        return () if self.lab.experiment is None else unclear_changes(self.own_words)

    @cached_property
    def reference(self) -> Reference | None:
        """The shipped ranges of accuracy for the same network; None if there are none."""
        spec = self.experiment
        bands = None if spec is None else bands_for(spec)
        return None if bands is None else reference_of_bands(bands)

    @cached_property
    def texts(self) -> dict[int, PageText]:
        """The words of each page, by its number."""
        return {each.number: page_text(each) for each in self.document.pages}


def open_write_up(file: SubmittedFile, conditions: WriteUpConditions) -> OpenedWriteUp:
    """Read the PDF, and keep its bytes if a folder is given. Raises as `read_pdf`."""
    document = read_pdf(file.path, file.name, conditions.isolation)
    if conditions.pages is not None:
        replace_file(conditions.pages / f"{file.sha256}.pdf", file.path.read_bytes())
    return OpenedWriteUp(document=document, lab=conditions.lab)


def measure_write_up(opened: OpenedWriteUp, file: SubmittedFile) -> Finding:
    """The number of pages. Raises `Skip` if no page has text: a person reads it."""
    document = opened.document
    evidence = _evidence(opened, file).json()
    bare = document.pages_without_text
    if len(bare) == len(document.pages):
        raise Skip(_without_text(document), help=EXPORT, evidence=evidence)
    notes = [_without_text(document)] if bare else []
    if document.pages_in_file > len(document.pages):
        notes.append(
            f"The file has {document.pages_in_file:,} pages, of which {len(document.pages)} were "
            "read."
        )
    return Finding(
        value=float(document.pages_in_file),
        unit="pages",
        evidence=evidence,
        review=" ".join(notes) or None,
    )


def _without_text(document: Document) -> str:
    """Return a sentence for the pages without text, by their causes."""
    causes: dict[Unread | None, list[int]] = {}
    for page in document.pages:
        if not page.has_text:
            causes.setdefault(page.unread, []).append(page.number)
    told = (f"{_UNREAD[cause]} on {pages_in_words(pages)}" for cause, pages in causes.items())
    return f"{'; '.join(told)}: a person looks."


def _evidence(opened: OpenedWriteUp, file: SubmittedFile) -> WriteUpEvidence:
    document = opened.document
    return WriteUpEvidence(
        producer=document.producer,
        pages_in_file=document.pages_in_file,
        pages_read=len(document.pages),
        without_text=document.pages_without_text,
        with_pictures=document.pages_with_large_pictures,
        shapes=tuple((each.width, each.height) for each in document.pages),
        typos=tuple(
            TypoEvidence(word=each.word, correct=each.correct, page=each.page)
            for each in typos(opened.parts)
        ),
        declared=_declared(opened),
        paragraphs=_paragraphs(opened.parts),
        page=file.sha256,
    )


def _declared(opened: OpenedWriteUp) -> DeclaredEvidence | None:
    """Return the declared change, each setting as in the lab file."""
    found = opened.declared
    if found is None:
        return None
    settings = {each.name: getattr(found.change, each.name) for each in fields(found.change)}
    return DeclaredEvidence(
        changes=tuple(
            f"{name} = {list(value) if isinstance(value, tuple) else value}"
            for name, value in settings.items()
            if value is not None
        ),
        quotes=found.quotes,
    )


def _paragraphs(parts: Sequence[Part]) -> tuple[ParagraphEvidence, ...]:
    """Return the text that is not the lab's, up to the limit."""
    kept, room = [], TEXT_AT_MOST
    for part in parts:
        if not part.own and part.text and room > 0:
            text = part.text[:room]
            kept.append(ParagraphEvidence(page=part.page, text=text))
            room -= len(text)
    return tuple(kept)
