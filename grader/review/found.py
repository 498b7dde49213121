"""What the machine found in a write-up, as the review shows it: it gives no points."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from grader import text
from grader.evidence import ids
from grader.evidence.write_up import RequiredAnswerEvidence, TableEvidence, WriteUpEvidence
from grader.labs.spec import LabSpec
from grader.labs.write_up_answer import WriteUpAnswer
from grader.labs.write_up_lab import WriteUpLab
from grader.report.write_up_counts import CONTRADICTS, DIFFERS, FOUND
from grader.results.boards import Board, beside
from grader.review.found_tables import FoundTable
from grader.review.spots import PASSAGE, Entry, Line, Spot
from grader.text import whole
from grader.types import Report, Status

_NAMED = 20  # typos in a sentence
_UNREAD = "Answers and tables were not searched."


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Everything that was found in one write-up, by group; `summary` is one line.

    `spots` are all that are marked on pages. `pages` is the number of pages, 0 without a PDF, and
    `sha256` that of the PDF.
    """

    summary: str
    groups: tuple[tuple[str, tuple[Entry, ...]], ...]
    spots: tuple[Spot, ...]
    pages: int
    sha256: str | None


def found(report: Report, lab: LabSpec, boards: Sequence[Board] = ()) -> Found | None:
    """Return what was found in the hand-in of `report`; None if the lab has no write-ups.

    What the course's `boards` say of themselves stands below the answers about the device.
    """
    if not isinstance(lab, WriteUpLab):
        return None
    pdf = WriteUpEvidence.read(report.measurement(ids.WRITE_UP))
    answers, tables = tuple(_answers(report, lab)), tuple(_tables(report, lab))
    searched = _searched(answers, tables)
    groups = [
        ("Answers", tuple(each.entry(boards) for each in answers) if searched else ()),
        ("Tables", tuple(each.entry() for each in tables) if searched else ()),
        ("The PDF", tuple(_of_the_pdf(report, pdf, searched=searched))),
    ]
    listed = (spot for _, entries in groups for each in entries for spot in _spots_of(each))
    cells = (spot for each in tables for spot in each.cells())
    return Found(
        summary=_summary(answers, tables),
        groups=tuple((title, entries) for title, entries in groups if entries),
        spots=tuple({each.id: each for each in (*listed, *cells)}.values()),
        pages=(pdf.pages_in_file or 0) if pdf.page else 0,
        sha256=pdf.page,
    )


def summary(report: Report, lab: LabSpec) -> str | None:
    """Return the line of `Found.summary` alone; None if the lab has no write-ups."""
    if not isinstance(lab, WriteUpLab):
        return None
    return _summary(tuple(_answers(report, lab)), tuple(_tables(report, lab)))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    asked: WriteUpAnswer
    evidence: RequiredAnswerEvidence
    reason: str

    def entry(self, boards: Sequence[Board]) -> Entry:
        lines = [
            Line(
                words=f"“{each.quote}”",
                kind="good",
                spots=(
                    Spot(
                        id=f"{ids.answer_id(self.asked.id)}/{number}",
                        page=each.page,
                        kind=PASSAGE,
                        title=self.asked.title,
                        boxes=each.boxes,
                    ),
                ),
            )
            for number, each in enumerate(self.evidence.passages, start=1)
        ]
        if not lines:
            lines = [Line(words=self.reason or "Not measured.", kind="look")]
        if said := beside(self.asked, boards):
            lines.append(Line(words=f"The course's boards: {'; '.join(said)}."))
        return Entry(title=self.asked.title, asked=self.asked.excerpt, lines=tuple(lines))


def _answers(report: Report, lab: WriteUpLab) -> Iterator[_Answer]:
    for answer in lab.answers:
        measured = report.measurement(ids.answer_id(answer.id))
        evidence = RequiredAnswerEvidence.read(measured)
        reason = (measured.reason if measured else None) or ""
        yield _Answer(asked=answer, evidence=evidence, reason=reason)


def _searched(answers: Sequence[_Answer], tables: Sequence[FoundTable]) -> bool:
    """Return False if nothing of the PDF could be read."""
    states = (each.evidence.state for each in answers), (each.evidence.state for each in tables)
    return any(state for several in states for state in several)


def _tables(report: Report, lab: WriteUpLab) -> Iterator[FoundTable]:
    for table in lab.tables:
        for variant in table.variants or (None,):
            id = ids.table_id(table.id, variant.id if variant else None)
            measured = report.measurement(id)
            if measured is not None:
                yield FoundTable(
                    table=table,
                    variant=variant,
                    evidence=TableEvidence.read(measured),
                    reason=measured.reason or "",
                )


def _of_the_pdf(report: Report, pdf: WriteUpEvidence, *, searched: bool) -> Iterator[Entry]:
    """Yield what is known of the file itself; without a PDF the reason why there is none."""
    bare = tuple(_page_spot("without text", each) for each in pdf.without_text)
    said = _not_read(report)
    if said or bare or not searched:
        line = Line(words=said or "No text could be read.", kind="look", spots=bare)
        unread = () if searched else (Line(words=_UNREAD, kind="look"),)
        yield Entry(title="Not read", asked="", lines=(line, *unread))
    pictures = tuple(_page_spot("pictures", each) for each in pdf.with_pictures)
    if pictures:
        lines = (Line(words="A plot, a table or an answer may be in them.", spots=pictures),)
        yield Entry(title="Large pictures", asked="", lines=lines)
    if pdf.declared is not None:
        changes = "; ".join(pdf.declared.changes)
        line = Line(words=f"{changes}. Expected values follow it.", kind="look")
        quotes = (Line(words=f"“{each}”") for each in pdf.declared.quotes)
        yield Entry(title="A declared change", asked="", lines=(line, *quotes))
    if pdf.typos:
        words = (f"{each.word} ({each.correct}), page {each.page}" for each in pdf.typos)
        lines = (Line(words=f"{text.several(words, _NAMED, '; ')}."),)
        yield Entry(title=f"Typos: {len(pdf.typos)}", asked="", lines=lines)


def _not_read(report: Report) -> str:
    """Return the reason for which the PDF, or a part of it, was not read; empty without one."""
    for id in (ids.CHOICE, ids.ARCHIVE, ids.LAYOUT, ids.WRITE_UP):
        measured = report.measurement(id)
        if measured is not None and measured.status is not Status.PASSED:
            return measured.reason or ""
    measured = report.measurement(ids.WRITE_UP)
    return (measured.review or "") if measured else ""


def _page_spot(what: str, page: int) -> Spot:
    return Spot(id=f"{what}/{page}", page=page, kind="", title="")


def _spots_of(entry: Entry) -> Iterator[Spot]:
    return (spot for line in entry.lines for spot in line.spots)


def _summary(answers: Sequence[_Answer], tables: Sequence[FoundTable]) -> str:
    if not _searched(answers, tables):
        return _UNREAD
    there = sum(each.evidence.state == FOUND for each in answers)
    parts = [f"{there} of {len(answers)} answers found"] if answers else []
    rows, of = (sum(each.rows[index] for each in tables) for index in (0, 1))
    if of:
        parts.append(f"{rows} of {of} rows of tables")
    for fit, said in ((CONTRADICTS, "contradicting an exact fact"), (DIFFERS, "to look at")):
        many = sum(each.many(fit) for each in tables)
        if many:
            parts.append(f"{whole(many)} cell{'' if many == 1 else 's'} {said}")
    return ", ".join(parts)
