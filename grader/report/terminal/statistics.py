"""The statistics of a class on a terminal."""

from collections.abc import Iterator, Sequence

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from grader import text
from grader.report.class_row import MARKS
from grader.report.class_statistics import CheckTime, ClassStatistics, Failure
from grader.report.columns.cells import ABSENT
from grader.report.part_statistics import PartStatistics
from grader.report.statistics_words import DISCRIMINATION, duration
from grader.report.terminal.class_table import STYLES

FAILURES = 10  # of the most frequent reasons
SLOTS = 11
BLOCKS = "▁▂▃▄▅▆▇█"


def statistics(found: ClassStatistics) -> RenderableType:
    """Return the points by question, what failed most, and the time of the checks."""
    return Group(*_sections(found))


def _sections(found: ClassStatistics) -> Iterator[RenderableType]:
    yield Text(f"{text.inert(found.title)}; hand-ins: {found.hand_ins}", style="bold")
    yield Padding(_parts(found.parts), (1, 0))
    yield Text(DISCRIMINATION, style="dim")
    if found.failures:
        yield Padding(Text("What failed most", style="bold"), (1, 0, 0, 0))
        yield _failures(found.failures[:FAILURES])
        if len(found.failures) > FAILURES:
            yield Text(f"{len(found.failures) - FAILURES} more: --json has all.", style="dim")
    if found.times:
        in_all = f"Time: {duration(found.seconds)} of checks"
        yield Padding(Text(in_all, style="bold"), (1, 0, 0, 0))
        yield Text(f"Measured from {found.began} to {found.ended}, {found.zone}.", style="dim")
        yield _times(found.times)


def _table(*headings: str, text_columns: int = 1) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False, header_style="bold")
    for number, heading in enumerate(headings):
        is_text = number < text_columns
        table.add_column(heading, justify="left" if is_text else "right", no_wrap=not is_text)
    return table


def _parts(parts: Sequence[PartStatistics]) -> Table:
    table = _table("Question", "Of", "Marked", "Mean", "Median", "Discr.", "Distribution")
    table.columns[-1].justify = "left"
    for each in parts:
        table.add_row(
            Text(text.inert(each.id)),
            Text(text.whole(each.possible)),
            Text(f"{each.decided} of {each.decided + each.pending}"),
            _points(each.mean),
            _points(each.median),
            ABSENT if each.discrimination is None else Text(f"{each.discrimination:.2f}"),
            Text(_bars(each)),
        )
    return table


def _bars(part: PartStatistics) -> str:
    """Return a bar for each tenth of the points, between the ends of the scale: `0 ▁ ▃█ 2`."""
    if not part.distribution:
        return ""
    low, high = part.scale
    filled = [0] * SLOTS
    for each in part.distribution:
        middle = (each.low + each.high) / 2
        filled[round((middle - low) / (high - low) * (SLOTS - 1))] += each.count
    most = max(filled)
    bars = "".join(
        BLOCKS[round(count / most * (len(BLOCKS) - 1))] if count else " " for count in filled
    )
    return f"{low:.4g} {bars} {high:.4g}"


def _failures(failures: Sequence[Failure]) -> Table:
    table = _table("Check", "Why", "Hand-ins", text_columns=2)
    for each in failures:
        check = f"{MARKS[each.status]} {text.inert(each.check)}"
        table.add_row(
            Text(check, style=STYLES[each.status.value]),
            Text(text.inert(each.reason)),
            Text(str(each.hand_ins)),
        )
    return table


def _times(times: Sequence[CheckTime]) -> Table:
    table = _table("Check", "Hand-ins", "In all", "Median", "Longest")
    for each in times:
        table.add_row(
            Text(text.inert(each.id)),
            Text(str(each.hand_ins)),
            *(Text(duration(seconds)) for seconds in (each.seconds, each.median, each.longest)),
        )
    return table


def _points(points: float | None) -> Text:
    return ABSENT if points is None else Text(text.points(points))
