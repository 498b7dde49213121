"""`grader experiment …`: a lab's own experiment as the reference."""

import os
from pathlib import Path
from types import ModuleType
from typing import Annotated

import typer

from grader import text
from grader.commands.console import say, screen, warn
from grader.commands.experiment_compare import compare_write_up
from grader.commands.options import PoolFile
from grader.errors import GraderError
from grader.experiments.parts import read_run
from grader.experiments.tables import tables
from grader.experiments.text_table import latex, markdown
from grader.labs.experiment import ExperimentSpec
from grader.labs.kinds import load_lab
from grader.labs.write_up_lab import WriteUpLab
from grader.report.terminal.experiment import text_table

ON_DEVICE = "on-device-2022"

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
def experiment_run(  # noqa: PLR0913, PLR0917 - a command's parameters are its options
    lab: Lab,
    seeds: Annotated[int, typer.Option("--seeds", min=1, max=1_000, help="How many runs.")] = 3,
    threads: Annotated[
        int | None, typer.Option("--threads", min=1, max=1_024, help="Default: one for each core.")
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="Few images and iterations: no reference.")
    ] = False,
    out: Out = None,
    device: Annotated[
        str | None,
        typer.Option("--device", metavar="NAME", help="Time the ExecuTorch programs there too."),
    ] = None,
    pool: PoolFile = None,
) -> None:
    """Train, quantize and prune the lab's network, and measure each; resumable after any end."""
    name, spec = experiment_of(lab)
    folder = out or default_folder(name)
    work = _work()
    used = threads or os.cpu_count() or 1
    board = None if device is None else work.board_named(device, pool)
    plan = work.Plan(out=folder, seeds=seeds, threads=used, quick=quick, board=board)
    work.run_all(spec, plan)
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
    for path in _work().write_plots(results, plots_in or folder):
        warn(f"Wrote {path}.")


@app.command("compare")
def experiment_compare(
    report: Annotated[Path, typer.Argument(help="A write-up, one PDF.")],
    lab: Annotated[
        str, typer.Option("--lab", metavar="NAME", help="A lab's name or .toml file.")
    ] = ON_DEVICE,
    results: Annotated[
        Path | None,
        typer.Option(
            "--results",
            metavar="DIR",
            help="The results folder of `experiment run`; default: the bands that ship.",
        ),
    ] = None,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown.")] = False,
) -> None:
    """Print each table of a write-up beside the reference; nothing of it is run."""
    found, spec = lab_of(lab)
    comparison = compare_write_up(report, found, spec, results)
    for table in comparison.tables:
        if as_markdown:
            typer.echo(markdown(table))
        else:
            screen.print(text_table(table))
    for note in comparison.notes:
        if as_markdown:
            typer.echo(f"{text.markdown(note)}\n")
        else:
            say(note)


def experiment_of(lab: str) -> tuple[str, ExperimentSpec]:
    """Return the name of a lab and its experiment. Raises `GraderError` as `lab_of`."""
    found, spec = lab_of(lab)
    return found.name, spec


def lab_of(lab: str) -> tuple[WriteUpLab, ExperimentSpec]:
    """Return a lab, given by its name or TOML file, and its experiment.

    Raises `GraderError` if there is no such lab, if it has faults, or if it has no experiment.
    """
    found = load_lab(lab)
    if not isinstance(found, WriteUpLab) or found.experiment is None:
        raise GraderError(
            f"The lab {found.name} has no [experiment].",
            help="Choose a lab of write-ups whose file has an [experiment].",
        )
    return found, found.experiment


def default_folder(name: str) -> Path:
    """Return the results folder of an experiment in the current folder."""
    return Path(f"experiment-{name}")


def _work() -> ModuleType:
    # torch and Altair take seconds to import: --help and usage errors must not wait for them.
    from grader.commands import experiment_work

    return experiment_work
