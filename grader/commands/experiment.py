"""`grader experiment …`: a lab's own experiment as the reference."""

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from grader.commands.console import say, screen, warn
from grader.errors import GraderError
from grader.experiments.bands import bands_of
from grader.experiments.parts import read_run
from grader.experiments.record import SeedResult, write_record
from grader.experiments.run import Plan, Progress, run
from grader.experiments.tables import tables
from grader.experiments.text_table import latex, markdown
from grader.files import replace_file
from grader.labs.experiment import ExperimentSpec
from grader.labs.files import lab_path, read_toml
from grader.labs.table import TableFile, validated
from grader.report.charts.drawing import picture
from grader.report.charts.experiment import plots
from grader.report.terminal.experiment import text_table
from grader.report.terminal.progress import parts_bar

app = typer.Typer(
    help="Run a lab's own experiment as the reference, and show its table and plots.",
    no_args_is_help=True,
    add_completion=False,
)

Lab = Annotated[str, typer.Argument(help="A lab's name or .toml file, with an [experiment].")]
Out = Annotated[
    Path | None, typer.Option("--out", help="The results folder; default: experiment-NAME.")
]


@app.command("run")
def experiment_run(
    lab: Lab,
    seeds: Annotated[int, typer.Option("--seeds", min=1, max=1_000, help="How many runs.")] = 3,
    threads: Annotated[
        int | None, typer.Option("--threads", min=1, max=1_024, help="Default: one for each core.")
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Few images and iterations: no reference.")
    ] = False,
    out: Out = None,
) -> None:
    """Train, quantize and prune the lab's network, and measure each; resumable after any end."""
    name, spec = experiment_of(lab)
    folder = out or default_folder(name)
    plan = Plan(out=folder, seeds=seeds, threads=threads or os.cpu_count() or 1, quick=quick)
    with parts_bar(screen) as show:

        def watch(progress: Progress) -> None:
            show(progress.part, progress.done, progress.of, remains(progress.seconds))

        run(spec, plan, watch)
    _write_bands(folder)
    say(f"{folder}: finished. Show it with: grader experiment table {folder}")


@app.command("table")
def experiment_table(
    folder: Annotated[Path, typer.Argument(help="The results folder of `experiment run`.")],
    as_markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown.")] = False,
    as_latex: Annotated[bool, typer.Option("--latex", help="Print LaTeX.")] = False,
    plots_in: Annotated[
        Path | None, typer.Option("--plots", help="Where to write the plots; default: FOLDER.")
    ] = None,
) -> None:
    """Print the lab's tables, also of a run that is not finished, and write its three plots."""
    if as_markdown and as_latex:
        raise GraderError("--markdown and --latex exclude each other.", help="Give one of them.")
    spec, results = read_run(folder)
    for table in tables(spec, results):
        if as_markdown or as_latex:
            typer.echo((markdown if as_markdown else latex)(table))
        else:
            screen.print(text_table(table))
    for path in write_plots(results, plots_in or folder):
        warn(f"Wrote {path}.")


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


def experiment_of(lab: str) -> tuple[str, ExperimentSpec]:
    """Return the name of a lab, or of a file with an `[experiment]`, and its experiment.

    Raises `GraderError` if there is no such lab, or it has no experiment, or a wrong one.
    """
    path = lab_path(lab)
    content = read_toml(path).get("experiment")
    if not isinstance(content, dict):
        raise GraderError(
            f"{path} has no [experiment].", help="Choose a lab whose file has an [experiment]."
        )
    file = TableFile(path=path, content=content)
    help = "Correct these keys of [experiment]."
    return path.stem, validated(file, ExperimentSpec, help=help)


def _write_bands(folder: Path) -> None:
    """Write the bands beside the records, if the run is long enough to give any."""
    spec, results = read_run(folder)
    with contextlib.suppress(GraderError):  # quick, or too few seeds
        write_record(folder / "bands.json", bands_of(spec, results))


def default_folder(name: str) -> Path:
    """Return the results folder of an experiment in the current folder."""
    return Path(f"experiment-{name}")


def remains(seconds: float | None) -> str:
    """Return how long the rest of a run takes, for people."""
    if seconds is None:
        return "the time that remains is not known yet"
    if seconds < 60:
        return "less than a minute remains"
    minutes = round(seconds / 60)
    hours = f"{minutes // 60} h " if minutes >= 60 else ""
    return f"about {hours}{minutes % 60} min remain"
