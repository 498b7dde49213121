"""Evidence of a write-up: the file, each required answer, each table with its cells."""

from dataclasses import dataclass

from grader.evidence.record import Record

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class TypoEvidence(Record):
    """A misspelt word."""

    word: str
    """the word as written"""
    correct: str
    """the correct word, or several with commas"""
    page: int
    """the first page, from 1, on which it stands"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredEvidence(Record):
    """A change of the experiment that the text declares; expected values follow it."""

    changes: tuple[str, ...]
    """each changed setting and its value, as in the lab file: `crop = 28`"""
    quotes: tuple[str, ...]
    """the sentences"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParagraphEvidence(Record):
    """A paragraph that is not the lab's own text."""

    page: int
    """the page, from 1"""
    text: str
    """its text"""


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteUpEvidence(Record):
    """The PDF."""

    producer: str | None
    """the program that wrote the PDF; empty if the file does not say"""
    pages_in_file: int | None
    """the number of pages"""
    pages_read: int | None
    """the number of pages that were read, the first ones"""
    without_text: tuple[int, ...]
    """the pages, from 1, on which no text could be read"""
    with_pictures: tuple[int, ...]
    """the pages, from 1, with a picture that is large enough for a table or an answer"""
    shapes: tuple[tuple[float, float], ...]
    """width and height of each page that was read, in points"""
    typos: tuple[TypoEvidence, ...]
    """misspelt words, each once"""
    paragraphs: tuple[ParagraphEvidence, ...]
    """the text that is not the lab's own, at most 100,000 characters"""
    page: str | None
    """the SHA-256 of the PDF, by which it is kept"""
    declared: DeclaredEvidence | None = None
    """the change of the experiment that the text declares; `null` if there is none"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageEvidence(Record):
    """A place in the write-up."""

    page: int
    """the page, from 1"""
    quote: str
    """the words"""
    boxes: tuple[Box, ...]
    """the rectangles of the words on the page: left, top, right and bottom, as fractions of it"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequiredAnswerEvidence(Record):
    """An answer that the lab asks for."""

    state: str | None
    """`found`, `only the question` or `not found`; the last one is never a zero"""
    passages: tuple[PassageEvidence, ...]
    """the places where the answer may be, at most one a page"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CellEvidence(Record):
    """A cell of a table; `number`, `unit` and `expected` are in the unit of the column."""

    row: str
    """the id of the row in the lab file, or its number"""
    column: str
    """the id of the column in the lab file"""
    page: int
    """the page, from 1"""
    box: Box
    """its place: left, top, right and bottom, as fractions of the page"""
    text: str | None = None
    """the cell as written; missing if words stand there that may belong to another cell"""
    number: float | None = None
    """the value; a fraction for an accuracy or a sparsity, bytes for a size, seconds for a time"""
    deviation: float | None = None
    """the deviation, as `number`"""
    unit: str | None = None
    """the unit in which the cell was read; missing if it has none"""
    fit: str | None = None
    """`fits`, `contradicts` (an exact fact), `differs` (from the reference: a person looks), `no value`, `not read`, or `not compared`"""  # noqa: E501
    expected: str | None = None
    """the expected value, in words"""
    cause: str | None = None
    """the usual cause of such a value, or a remark about a correct one"""
    way: str | None = None
    """which of several correct ways gives this value"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContradictionEvidence(Record):
    """A sentence that says something else than the table: a person looks."""

    page: int
    """the page, from 1"""
    quote: str
    """the sentence"""
    boxes: tuple[Box, ...]
    """its place on the page, as of a passage"""
    table: str
    """what the table has instead"""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableEvidence(Record):
    """A table that the lab asks for."""

    state: str | None
    """`found` or `not found`; it may be in a picture, so this is never a zero"""
    title: str | None
    """the text above or below it"""
    pages: tuple[int, ...] = ()
    """the pages, from 1"""
    rows: tuple[str, ...] = ()
    """the ids of the rows that were found, or their numbers"""
    missing_rows: tuple[str, ...] = ()
    """those that were not found"""
    missing_columns: tuple[str, ...] = ()
    """the ids of the columns that were not found"""
    cells: tuple[CellEvidence, ...] = ()
    """the cells that were found"""
    laws: tuple[str, ...] = ()
    """what the columns as a whole fit: for sizes the way of saving"""
    doubts: tuple[str, ...] = ()
    """what a person should look at in the table as a whole, as sentences"""
    optional: bool | None = None
    """true if the lab does not require the table; missing if it does"""
    contradictions: tuple[ContradictionEvidence, ...] | None = None
    """the sentences of the text that say something else than the table; missing if none does"""
