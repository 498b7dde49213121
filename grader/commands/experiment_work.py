"""The work of `grader experiment`; imports torch and Altair, for which its help must not wait."""

import contextlib
from collections.abc import Sequence
from pathlib import Path

from grader.commands.console import screen
from grader.devices.pool import load_pool
from grader.errors import GraderError
from grader.experiments.bands import bands_of
from grader.experiments.board import Board
from grader.experiments.parts import read_run
from grader.experiments.record import SeedResult, write_record
from grader.experiments.run import Plan, Progress, run
from grader.files import replace_file
from grader.labs.experiment import ExperimentSpec
from grader.report.charts.drawing import picture
from grader.report.charts.experiment import plots
from grader.report.terminal.progress import parts_bar

BANDS = "bands.json"


def run_all(spec: ExperimentSpec, plan: Plan) -> None:
    """Run an experiment with its progress on the screen, and write its bands at the end.

    A quick run, and one of too few seeds, has no bands. Raises `GraderError` as `run`.
    """
    with parts_bar(screen) as show:

        def watch(progress: Progress) -> None:
            show(progress.part, progress.done, progress.of, remains(progress.seconds))

        run(spec, plan, watch)
    kept, results = read_run(plan.out)
    with contextlib.suppress(GraderError):
        write_record(plan.out / BANDS, bands_of(kept, results))


def board_named(name: str, pool: Path | None) -> Board:
    """Return the device called `name` of the pool. Raises `GraderError` unless it is one device."""
    found = load_pool(pool).chosen([name])
    if len(found) != 1:
        raise GraderError(
            f"{name} names {len(found)} devices.",
            help="Give the name of one of them with --device.",
        )
    return Board(spec=found[0])


def write_plots(results: Sequence[SeedResult], folder: Path) -> list[Path]:
    """Write the plots of a run as PNG files; return their paths. Raises `GraderError`."""
    written = []
    for name, plot in plots(results).items():
        path = folder / f"{name}.png"
        try:
            replace_file(path, picture(plot))
        except OSError as error:
            raise GraderError(
                f"{path} cannot be written: {error.strerror or error}.",
                help="Choose another folder with --plots.",
            ) from error
        written.append(path)
    return written


def remains(seconds: float | None) -> str:
    """Return how long the rest of a run takes, for people."""
    if seconds is None:
        return "the time that remains is not known yet"
    if seconds < 60:
        return "less than a minute remains"
    minutes = round(seconds / 60)
    hours = f"{minutes // 60} h " if minutes >= 60 else ""
    return f"about {hours}{minutes % 60} min remain"
