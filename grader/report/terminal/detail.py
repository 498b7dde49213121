"""One hand-in on a terminal: every check, the computation of the points, each layer's channels."""

from collections.abc import Iterable, Iterator

from rich import box
from rich.bar import Bar
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader import text
from grader.evidence import ids
from grader.evidence.accuracy import Rate
from grader.evidence.lineage import BlockWidths, LineageEvidence, Width
from grader.labs.spec import LabSpec
from grader.report.check_names import Names, names_of
from grader.report.claims import claimed
from grader.report.class_row import MARKS, class_row
from grader.report.columns.cells import ABSENT
from grader.report.facts import SAMPLE, facts, interval
from grader.report.listed_checks import listed_checks, not_looked_at, waiting_questions
from grader.report.terminal.class_table import status_text, to_text
from grader.report.verdict import total_words
from grader.types import Grade, GradedQuestion, GradeItem, Lateness, Measurement, Report, Status

BAR_WIDTH = 12
NAME_WIDTH = 24


def render(report: Report, width: int = 80, color: bool = False) -> str:
    """Return one hand-in as text for a terminal of `width` columns."""
    return to_text(detail(report), width, color)


def detail(report: Report, lab: LabSpec | None = None) -> RenderableType:
    """Return everything that the report says about one hand-in, in the order of the checks.

    With the `lab`, the answers and tables of a write-up have their titles.
    """
    return Group(*_sections(report, names_of(report, lab)))


def _sections(report: Report, names: Names) -> Iterator[RenderableType]:
    yield _heading(report)
    yield Padding(Group(_checks(report, names), *_not_looked_at(report, names)), (1, 0))
    if has_points(report.grade):
        yield _points(report)
    if report.grade.estimate:
        found = Rate.read(report.measurement(ids.ACCURACY))
        yield Text(f"{SAMPLE}: 95 % interval of the accuracy {interval(found)}", style="yellow")
    kept = LineageEvidence.read(report.measurement(ids.LINEAGE)).blocks
    if kept:
        yield _widths(kept)


def has_points(grade: Grade) -> bool:
    """True unless a person gives all points and has given none yet."""
    return any(item.kind == "formula" or item.earned is not None for item in grade.items)


def _heading(report: Report) -> RenderableType:
    hand_in, line = report.submission, class_row(report)
    title = Text(text.inert(hand_in.id), style="bold").append("  ")
    layout = f", the {hand_in.layout} form" if hand_in.layout else ""
    source = hand_in.source if hand_in.source.name else hand_in.source.resolve()
    origin = f"{source}{layout}, sha256 {hand_in.sha256[:16]}…"
    return Group(title + status_text(line.mark, line.word), Text(text.inert(origin), style="dim"))


def _checks(report: Report, names: Names) -> RenderableType:
    table = Table(box=None, padding=(0, 2, 0, 0), show_header=False, pad_edge=False)
    table.add_column("Status", no_wrap=True)
    table.add_column("Check", overflow="fold", width=NAME_WIDTH)
    table.add_column("Found", overflow="fold")
    for measurement in listed_checks(report):
        mark = status_text(MARKS[measurement.status], measurement.status.value)
        more = claimed(report) if measurement.id == ids.NOTEBOOK else ()
        name = Text(text.inert(names[measurement.id]), style="bold")
        id = Text(text.inert(measurement.id), style="dim")
        table.add_row(mark, Group(name, id), _found(measurement, more))
    return table


def _not_looked_at(report: Report, names: Names) -> Iterator[Text]:
    for line in not_looked_at(report, names):
        mark = status_text(MARKS[Status.SKIPPED], Status.SKIPPED.value)
        yield mark + Text(f"  {text.inert(line)}")


def _found(measurement: Measurement, more: tuple[str, ...] = ()) -> RenderableType:
    reason = [measurement.reason] if measurement.reason else []
    labelled = Table.grid(padding=(0, 2))
    labelled.add_column(no_wrap=True, style="dim")
    labelled.add_column(overflow="fold")
    for label, what in _labelled(measurement):
        labelled.add_row(Text(label), Text(text.inert(what)))
    parts: list[RenderableType] = [*_lines(reason), *_lines((*facts(measurement), *more))]
    if labelled.row_count:
        parts.insert(len(reason), labelled)
    return Group(*parts)


def _lines(lines: Iterable[str]) -> list[Text]:
    return [Text(text.inert(line)) for line in lines]


def _labelled(measurement: Measurement) -> Iterator[tuple[str, str]]:
    labels = ("expected", "actual", "help", "review")
    for label in labels:
        what: str | None = getattr(measurement, label)
        if what:
            yield label, what


def _points(report: Report) -> RenderableType:
    grade, waiting = report.grade, waiting_questions(report)
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 2, 0, 0), show_edge=False, header_style="bold")
    table.add_column("Points", overflow="fold", min_width=50)
    table.add_column("Earned", justify="right", no_wrap=True)
    table.add_column("Of", justify="right", no_wrap=True)
    for item in grade.items:
        table.add_row(_worked(item), _earned(item.earned), Text(text.whole(item.possible)))
        for question in item.questions:
            table.add_row(
                _question(question, question.id in waiting and question.earned is None),
                _earned(question.earned),
                Text(text.whole(question.possible)),
            )
    table.add_section()
    if grade.lateness is not None:
        _add_lateness(table, grade.lateness)
    total = Text(text.so_far(grade.total, grade.pending), style="bold")
    table.add_row(Text(total_words(grade), style="bold"), total, Text())
    return Padding(table, (0, 0, 1, 0))


def _add_lateness(table: Table, late: Lateness) -> None:
    if late.penalty is not None:
        table.add_row(Text("Earned"), _earned(late.unpenalised), Text())
    handed_in = Text(f"Handed in: {text.inert(late.text)}")
    table.add_row(handed_in, Text() if late.penalty is None else _earned(-late.penalty), Text())


def _question(question: GradedQuestion, is_waiting: bool) -> RenderableType:
    lines = [Text(text.inert(question.title))]
    if question.by == "person":
        lines.append(Text("marked by a person", style="dim"))
    if question.reason and not is_waiting:
        lines.append(Text(text.inert(question.reason), style="dim"))
    return Padding(Group(*lines), (0, 0, 0, 2))


def _worked(item: GradeItem) -> RenderableType:
    lines = [Text(text.inert(item.title))]
    if item.reason:
        lines.append(Text(text.inert(item.reason), style="dim"))
    if not item.terms:
        return Group(*lines)
    terms = Table.grid(padding=(0, 2))
    for term in item.terms:
        terms.add_row(
            Text(text.inert(term.name), style="dim"),
            Text(text.inert(term.text)),
            Text(f"= {term.value:.6f}"),
        )
    return Group(*lines, terms)


def _earned(points: float | None) -> Text:
    return ABSENT if points is None else Text(text.points(points), style="bold")


def _widths(kept: tuple[BlockWidths, ...]) -> RenderableType:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 2, 0, 0), show_edge=False, header_style="bold")
    table.add_column("Block", overflow="fold")
    for part in ("Hidden", "Output"):
        table.add_column(part, justify="right", no_wrap=True)
        table.add_column("kept", width=BAR_WIDTH)
    for block in kept:
        name = Text(text.inert(block.name))
        table.add_row(name, *_width(block.hidden), *_width(block.output))
    return table


def _width(width: Width | None) -> tuple[RenderableType, RenderableType]:
    if width is None:
        return Text(), Text()
    bar = Bar(size=max(width.original, 1), begin=0, end=width.kept, width=BAR_WIDTH)
    return Text(f"{width.original} → {width.kept}"), bar
