"""What `grader check` shows: what was found, then the verdict, what to fix and how to go on.

All of it fits a terminal of 24 lines. What does not fit is left out before the verdict: the last
lines are those that a student needs. `terminal/detail.py` shows everything.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from grader import text
from grader.labs.network_lab import NetworkLab
from grader.labs.spec import LabSpec
from grader.report.check_names import Names, names_of
from grader.report.class_row import MARKS, REVIEW_MARK, ClassRow, class_row
from grader.report.facts import busy_mark, facts
from grader.report.listed_checks import listed_checks
from grader.report.next_points import formula_advice
from grader.report.terminal.class_table import STYLES
from grader.report.terminal.detail import has_points
from grader.report.verdict import Advice, Verdict, points_so_far, verdict_of
from grader.report.write_up_counts import is_write_up, write_up_counts
from grader.types import Grade, Report, Status

LONGEST = 300  # characters of a reason; the details have all of it
LINES = 20  # of the 24 of a terminal: above are the command and notes about the machine

LOOSE, TIGHT = (Text(),), ()  # what is between the parts of the last lines

ACCEPTED = "{mark} {file} would be accepted: {points}"
LOOKED_AT = "{mark} {file} would be accepted, and a person looks at it: {points}"
ONE_TO_FIX = "{mark} {file} would NOT be accepted: 1 thing to fix"
SEVERAL_TO_FIX = "{mark} {file} would NOT be accepted: {count} things to fix"
OURS = "{mark} The grader failed on {file}: this says nothing about your hand-in"
NOT_GRADED = "{mark} {file} could not be graded here"
LOOK_AGAIN = "Before you hand it in, look at:"
ALSO = "Look also at:"
ONE_MORE = "1 more thing: see the details."
SEVERAL_MORE = "{count} more things: see the details."
FOUND = "{found} of {asked} answers and tables were found."
ONE_PASSED = "1 check passed."
SEVERAL_PASSED = "{count} checks passed."
ONE_WITH = "1 check passed: {figures}"
SEVERAL_WITH = "{count} checks passed: {figures}"
TO_CHECK_AGAIN = "To check again:"
FOR_DETAILS = "For every check and the points, add --details."


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckScreen:
    """A renderable of one hand-in's check; `again` is the command that repeats it.

    `hint` says how to see everything; None if it is shown above.
    """

    report: Report
    lab: LabSpec
    again: str
    hint: str | None = None

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield what was found as far as it fits, then the verdict."""
        names = names_of(self.report, self.lab)
        lab = self.lab
        more = formula_advice(self.report, lab) if isinstance(lab, NetworkLab) else ()
        verdict = verdict_of(self.report, names, more)

        if self.hint is None:
            yield self._ending(verdict, len(_advices(verdict)), LOOSE)
            return

        def height(part: RenderableType) -> int:
            lines = console.render_lines(part, options.update(height=None), pad=False)
            return sum(_rows_of(line, options.max_width) for line in lines)

        for above, ending in self._forms(verdict, names):
            if height(above) + height(ending) <= LINES:
                break
        yield above
        yield ending

    def _forms(
        self, verdict: Verdict, names: Names
    ) -> Iterator[tuple[RenderableType, RenderableType]]:
        """Yield what was found and the last lines, from the longest form to the shortest."""
        many = len(_advices(verdict))
        *findings, heading = self._findings(verdict, names)
        for between in (LOOSE, TIGHT):
            ending = self._ending(verdict, many, between)
            yield from ((above, ending) for above in findings)
        for shown in range(many, 0, -1):
            yield heading, self._ending(verdict, shown, TIGHT)

    def _findings(self, verdict: Verdict, names: Names) -> Iterator[RenderableType]:
        """Yield what stands above the verdict, from the longest form to the heading alone."""
        heading = _heading(self.report, self.lab)
        waiting = [Text(f"- {each}", style="dim") for each in verdict.not_looked_at]
        passed = Group(*_passed(self.report, names), *waiting)
        counted = Group(*_passed_in_words(self.report), *waiting)
        points = [_points(self.report.grade)] if has_points(self.report.grade) else []
        to_gain = [Group(*map(Text, verdict.more_points))] if verdict.more_points else []
        for blocks in (
            [passed, *points, *to_gain],
            [counted, *points, *to_gain],
            [counted, *points],
            [counted],
            [],
        ):
            yield Group(*(Padding(each, (0, 0, 1, 0)) for each in (heading, *blocks)))

    def _ending(
        self, verdict: Verdict, shown: int, between: Sequence[RenderableType]
    ) -> RenderableType:
        """Return the last lines, with as many things to fix or to look at as `shown`."""
        causes = (*verdict.ours, *verdict.to_fix)
        rest = verdict.to_look_at[: max(0, shown - len(causes))]
        parts: list[RenderableType] = [_headline(self.report, verdict)]
        for number, each in enumerate(causes[:shown], start=1):
            parts += [*between, _advice(each, f"{number}.")]
        if rest:
            parts += [*between, Text(ALSO if causes else LOOK_AGAIN)]
            parts += [_advice(each, "-") for each in rest]
        if left := len(_advices(verdict)) - shown:
            parts.append(Text(text.counted(left, ONE_MORE, SEVERAL_MORE)))
        if verdict.status is not Status.PASSED or rest:
            # Not wrapped, so that it can be copied: the terminal itself continues it below.
            command = Text(f"  {text.inert(self.again)}", "bold", no_wrap=True, overflow="ignore")
            parts += [Text(), Text(TO_CHECK_AGAIN), command]
        if self.hint is not None:
            parts.append(Text(text.inert(self.hint), style="dim"))
        return Group(*parts)


def _rows_of(line: Sequence[Segment], width: int) -> int:
    """Return how many rows of a terminal the line takes; a command is not wrapped."""
    return max(1, math.ceil(sum(each.cell_length for each in line) / width))


def _advices(verdict: Verdict) -> tuple[Advice, ...]:
    """Return what the student reads first: faults of the grader, of the hand-in, then the rest."""
    return (*verdict.ours, *verdict.to_fix, *verdict.to_look_at)


def _headline(report: Report, verdict: Verdict) -> Text:
    file = text.inert(report.submission.source.name or str(report.submission.source.resolve()))
    fields = {"file": file, "points": points_so_far(report.grade), "mark": MARKS[verdict.status]}
    style = STYLES[verdict.status.value]
    match verdict.status:
        case Status.PASSED if verdict.needs_review:
            style, fields["mark"] = STYLES["review"], REVIEW_MARK
            said = LOOKED_AT.format(**fields)
        case Status.PASSED:
            said = ACCEPTED.format(**fields)
        case Status.FAILED:
            said = text.counted(len(verdict.to_fix), ONE_TO_FIX, SEVERAL_TO_FIX, **fields)
        case Status.ERROR:
            said = OURS.format(**fields)
        case Status.SKIPPED:
            said = NOT_GRADED.format(**fields)
    return Text(said, style=f"bold {style}")


def _advice(advice: Advice, sign: str) -> RenderableType:
    """Return one thing to change: the check, the reason, and the remedy behind an arrow."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True, width=2)
    grid.add_column(overflow="fold")
    name = Text(text.inert(advice.name), style="bold")
    if advice.id:
        name.append(f"  {text.inert(advice.id)}", style="not bold dim")
    grid.add_row(Text(sign), name)
    grid.add_row(Text(), Text(text.short(text.inert(advice.reason), LONGEST)))
    if advice.remedy:
        grid.add_row(Text("→"), Text(text.short(text.inert(advice.remedy), LONGEST)))
    return grid


def _status_mark(status: Status) -> Text:
    """Return the sign of a status in its colour, and a space."""
    return Text(f"{MARKS[status]} ", style=STYLES[status.value])


def _heading(report: Report, lab: LabSpec) -> Text:
    return Text(text.inert(report.submission.id), style="bold").append(
        f"  {text.inert(lab.title)}", style="not bold"
    )


def _passed(report: Report, names: Names) -> Iterator[RenderableType]:
    """Yield the checks that passed, each with the first of its facts."""
    if is_write_up(report):
        yield from _passed_in_words(report)
        return
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(no_wrap=True, overflow="ellipsis")
    for each in listed_checks(report):
        if each.passed:
            first = next(iter(facts(each)), "")
            name = Text(text.inert(names[each.id]))
            grid.add_row(_status_mark(each.status) + name, Text(text.inert(first)))
    yield grid


def _passed_in_words(report: Report) -> Iterator[Text]:
    """Yield one line about what passed, none if nothing did."""
    found = write_up_counts(report)
    passed = sum(each.passed for each in listed_checks(report))
    figures = ", ".join(_figures(class_row(report)))
    if is_write_up(report) and found.found + found.not_found:
        said = FOUND.format(found=found.found, asked=found.asked)
    elif figures:
        said = text.counted(passed, ONE_WITH, SEVERAL_WITH, figures=figures)
    elif passed:
        said = text.counted(passed, ONE_PASSED, SEVERAL_PASSED)
    else:
        return
    yield _status_mark(Status.PASSED) + Text(said)


def _figures(row: ClassRow) -> Iterator[str]:
    if row.mflops is not None:
        yield f"{row.mflops:.2f} MFLOPs"
    if row.accuracy is not None:
        yield f"accuracy {text.percent(row.accuracy.value)}"
    if row.latency is not None:
        yield f"latency {busy_mark(row.latency)}{row.latency.p50:.2f} ms"


def _points(grade: Grade) -> RenderableType:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(overflow="fold")
    grid.add_column(justify="right", no_wrap=True)
    grid.add_column(no_wrap=True)
    for item in grade.items:
        pending = sum(each.possible for each in item.questions if each.earned is None)
        earned = Text(text.so_far(item.earned, pending if item.by is None else 0))
        grid.add_row(Text(text.inert(item.title)), earned, f"of {text.whole(item.possible)}")
    return grid
