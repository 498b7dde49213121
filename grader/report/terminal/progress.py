"""Progress bars of a batch (the class, and each hand-in in progress) and of a download."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from grader.text import inert
from grader.types import Event


class ProgressBars:
    """Shows events; shows nothing if the console is not a terminal."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._class: dict[str, TaskID] = {}
        self._students: dict[str, TaskID] = {}
        self._steps: dict[str, str] = {}

    def __call__(self, event: Event) -> None:
        """Show one event; the steps in `CLASS_STEPS` are those of the whole class."""
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
            # The clock of a finished step stops until it is reset.
            self._progress.reset(bar, description=description, total=event.of)
            self._steps[event.student] = event.step
        self._progress.update(bar, completed=event.done, total=event.of)


CLASS_STEPS = frozenset({"measured", "timed", "timed again", "on devices"})


@contextmanager
def progress_bars(console: Console) -> Iterator[ProgressBars]:
    """Yield bars on `console`; they are removed at the end of the block."""
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


@contextmanager
def download_bar(console: Console) -> Iterator[Callable[[str, int, int], None]]:
    """Yield a function for `grader.datasets.fetch` that takes a step, its bytes and their total.

    The bar shows one step at a time; if the total is 0 (unknown), it shows only activity. It is
    removed at the end of the block. It shows nothing if the console is not a terminal.
    """
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
    )
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as progress:
        bars: dict[str, TaskID] = {}

        def watch(step: str, done: int, total: int) -> None:
            if step not in bars:
                for finished in bars.values():
                    progress.update(finished, visible=False)
                bars[step] = progress.add_task(inert(step))
            progress.update(bars[step], completed=done, total=total or None)

        yield watch


@contextmanager
def parts_bar(console: Console) -> Iterator[Callable[[str, int, int, str], None]]:
    """Yield a function that takes a part's name, the finished parts, their total, what remains.

    On a terminal it shows a bar, which is removed at the end of the block; elsewhere it prints one
    line for each part.
    """
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}", markup=False),
    )
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as progress:
        bar = progress.add_task("")

        def watch(part: str, done: int, of: int, remains: str) -> None:
            if console.is_terminal:
                progress.update(bar, completed=done, total=of, description=f"{part}; {remains}")
            else:
                console.print(f"{done + 1} of {of}: {part}; {remains}", markup=False)

        yield watch
