import io

from rich.console import Console
from rich.progress import Progress, Task

from grader.report.terminal.progress import ProgressBars, download_bar, parts_bar, progress_bars
from grader.types import Event


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """Return the time in seconds."""
        return self.now


def bars(clock: Clock | None = None) -> tuple[ProgressBars, Progress]:
    """Bars that are not drawn, and rich's record of them."""
    progress = Progress(console=Console(file=io.StringIO()), get_time=clock)
    return ProgressBars(progress), progress


def shown(progress: Progress) -> list[tuple[str, float, float | None]]:
    """Each bar's text, its finished steps and its total."""
    return [(task.description, task.completed, task.total) for task in progress.tasks]


def only(progress: Progress) -> Task:
    """The only bar."""
    (task,) = progress.tasks
    return task


def test_the_class_has_a_bar_for_each_stage() -> None:
    """It appears with the number of hand-ins, and advances when one is finished."""
    watch, progress = bars()
    watch(Event(student="", step="measured", done=0, of=3))
    watch(Event(student="B1", step="measured", done=1, of=3))
    watch(Event(student="B2", step="measured", done=2, of=3))
    watch(Event(student="", step="timed", done=0, of=3))
    watch(Event(student="", step="timed again", done=0, of=1))
    assert shown(progress) == [("measured", 2, 3), ("timed", 0, 3), ("timed again", 0, 1)]


def test_a_stage_with_nothing_to_do_has_no_bar() -> None:
    """A second run that measures nothing shows no bar."""
    watch, progress = bars()
    watch(Event(student="", step="measured", done=0, of=0))
    assert shown(progress) == []


def test_a_hand_in_has_a_bar_until_it_is_finished() -> None:
    """A hand-in has one bar for its steps; it disappears when the class's bar counts it."""
    watch, progress = bars()
    watch(Event(student="", step="measured", done=0, of=2))
    watch(Event(student="B1", step="structure", done=0, of=1))
    watch(Event(student="B2", step="accuracy", done=64, of=1_000))
    watch(Event(student="B1", step="accuracy", done=128, of=1_000))
    assert shown(progress)[1:] == [("  B1  accuracy", 128, 1_000), ("  B2  accuracy", 64, 1_000)]
    watch(Event(student="B1", step="measured", done=1, of=2))
    assert shown(progress) == [("measured", 1, 2), ("  B2  accuracy", 64, 1_000)]


def test_a_bar_comes_back_for_the_next_stage() -> None:
    """A measured hand-in has a bar again when its latency is measured."""
    watch, progress = bars()
    watch(Event(student="", step="measured", done=0, of=1))
    watch(Event(student="B1", step="mflops", done=0, of=1))
    watch(Event(student="B1", step="measured", done=1, of=1))
    watch(Event(student="B1", step="latency", done=0, of=1))
    assert shown(progress)[-1] == ("  B1  latency", 0, 1)


def test_what_remains_is_estimated_from_the_speed() -> None:
    """If 250 of 1,000 images took ten seconds, thirty seconds remain."""
    clock = Clock()
    watch, progress = bars(clock)
    for done in range(0, 251, 50):
        watch(Event(student="B1", step="accuracy", done=done, of=1_000))
        clock.now += 2
    assert only(progress).time_remaining == 30


def test_a_finished_step_does_not_stop_the_next_ones_clock() -> None:
    """With steps of one part each, the second step's clock runs, although the first finished."""
    clock = Clock()
    watch, progress = bars(clock)
    watch(Event(student="B1", step="mflops", done=0, of=1))
    clock.now += 5
    watch(Event(student="B1", step="mflops", done=1, of=1))
    assert only(progress).finished
    watch(Event(student="B1", step="export", done=0, of=1))
    clock.now += 7
    assert not only(progress).finished
    assert only(progress).elapsed == 7


def test_a_hostile_id_does_not_reach_the_terminal() -> None:
    """Control characters are escaped, and rich's markup stays text."""
    screen = io.StringIO()
    console = Console(file=screen, force_terminal=True, width=100, color_system=None)
    with progress_bars(console) as watch:
        watch(Event(student="[red]\x1b]0;owned\x07", step="mflops", done=0, of=1))
    assert "[red]\\x1b]0;owned\\x07  mflops" in screen.getvalue()
    assert "\x07" not in screen.getvalue()


def test_without_a_terminal_nothing_is_shown() -> None:
    """A log file gets no bars."""
    screen = io.StringIO()
    with progress_bars(Console(file=screen)) as watch:
        watch(Event(student="", step="measured", done=0, of=2))
        watch(Event(student="B1", step="mflops", done=0, of=1))
    assert not screen.getvalue().strip()


def downloaded(console: Console) -> None:
    """A download in two steps; the size of the second is unknown."""
    with download_bar(console) as watch:
        watch("archive.tar.gz", 0, 170_000_000)
        watch("archive.tar.gz", 85_000_000, 170_000_000)
        watch("npm pack [red]", 0, 0)


def test_a_download_shows_its_bytes() -> None:
    """The last step is on the screen with its bytes; the step before has disappeared."""
    screen = io.StringIO()
    downloaded(Console(file=screen, force_terminal=True, width=100, color_system=None))
    assert "npm pack [red]" in screen.getvalue()
    assert "archive.tar.gz" not in screen.getvalue().rpartition("npm pack")[2]
    screen = io.StringIO()
    with download_bar(
        Console(file=screen, force_terminal=True, width=100, color_system=None)
    ) as watch:
        watch("archive.tar.gz", 85_000_000, 170_000_000)
    assert "85.0/170.0 MB" in screen.getvalue()


def test_a_download_without_a_terminal_is_silent() -> None:
    """A log file gets no bar."""
    screen = io.StringIO()
    downloaded(Console(file=screen))
    assert not screen.getvalue().strip()


def test_parts_are_lines_where_there_is_no_terminal() -> None:
    """A log shows which part runs, and what remains."""
    log = io.StringIO()
    with parts_bar(Console(file=log, width=200)) as watch:
        watch("seed 0, training", 0, 3, "unknown")
        watch("seed 0, [rows]", 1, 3, "about 2 min remain")
    lines = log.getvalue().splitlines()
    assert lines == [
        "1 of 3: seed 0, training; unknown",
        "2 of 3: seed 0, [rows]; about 2 min remain",
    ]


def test_parts_are_a_bar_on_a_terminal() -> None:
    """It disappears at the end."""
    log = io.StringIO()
    with parts_bar(Console(file=log, width=120, force_terminal=True)) as watch:
        watch("seed 0, training", 1, 3, "about 2 min remain")
    assert "1/3" in log.getvalue()
    assert "1 of 3" not in log.getvalue()
