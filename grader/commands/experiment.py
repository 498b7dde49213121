"""`grader experiment …`: a lab's own experiment as the reference."""

import os
from pathlib import Path
from typing import Annotated

import typer

from grader.commands.console import say, screen
from grader.errors import GraderError
from grader.experiments.run import Plan, Progress, run
from grader.labs.experiment import ExperimentSpec
from grader.labs.files import lab_path, read_toml
from grader.labs.table import TableFile, validated
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
    say(f"{folder}: finished. Show it with: grader experiment table {folder}")


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
