"""Progress bars for a batch: one for the class, one for each hand-in at work."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from grader.report.text import inert
from grader.types import Event


class ProgressBars:
    """Shows events as they come; where the console is no terminal, it shows nothing."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._class: dict[str, TaskID] = {}
        self._students: dict[str, TaskID] = {}
        self._steps: dict[str, str] = {}

    def __call__(self, event: Event) -> None:
        """Take in one event; those of the class as a whole are told apart by their step."""
        if event.step in CLASS_STEPS:
            self._advance_class(event)
        else:
            self._show(event)

    def _advance_class(self, event: Event) -> None:
        if event.step not in self._class and event.of:
            self._class[event.step] = self._progress.add_task(event.step, total=event.of)
        if event.step in self._class:
            self._progress.update(self._class[event.step], completed=event.done)
        if event.student in self._students:
            self._progress.remove_task(self._students.pop(event.student))

    def _show(self, event: Event) -> None:
        description = f"  {inert(event.student)}  {event.step}"
        if event.student not in self._students:
            self._students[event.student] = self._progress.add_task(description)
        bar = self._students[event.student]
        if self._steps.get(event.student) != event.step:
            # The clock of a step that is finished stands still until it is reset.
            self._progress.reset(bar, description=description, total=event.of)
            self._steps[event.student] = event.step
        self._progress.update(bar, completed=event.done, total=event.of)


CLASS_STEPS = frozenset({"measured", "timed"})


@contextmanager
def progress_bars(console: Console) -> Iterator[ProgressBars]:
    """Bars on `console` for as long as the block lasts; they leave nothing behind."""
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as progress:
        yield ProgressBars(progress)
