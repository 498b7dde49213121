"""`grader data …`: the data sets."""

from pathlib import Path
from typing import Annotated

import typer

from grader.commands.console import say, screen
from grader.datasets.dataset import Dataset, TestSet
from grader.datasets.fetch import fetch
from grader.datasets.registry import (
    DATASETS,
    DEFAULT_DATASET,
    TRAINING_DATASETS,
    dataset_named,
)
from grader.errors import GraderError
from grader.report.terminal.progress import download_bar

app = typer.Typer(
    help="The data sets: the test set, and those of experiments.",
    no_args_is_help=True,
    add_completion=False,
)

Name = Annotated[str, typer.Option("--dataset", metavar="NAME", help="A data set's name.")]


@app.command("fetch")
def data_fetch(
    name: Annotated[str, typer.Argument(help="A data set's name.")] = DEFAULT_DATASET,
) -> None:
    """Download a data set, unless it is here already."""
    if name in TRAINING_DATASETS:
        training = TRAINING_DATASETS[name]
        with download_bar(screen) as watch:
            folder = training.fetch(watch=watch)
        images = f"{training.train.pixels.images:,} images to train on"
        say(f"{folder}: {training.title}, {images}, {training.test.pixels.images:,} to test on.")
        return
    if name not in DATASETS:
        known = ", ".join((*DATASETS, *TRAINING_DATASETS))
        raise GraderError(f"Unknown data set {name!r}.", help=f"Use one of {known}.")
    dataset = DATASETS[name]
    with download_bar(screen) as watch:
        found = fetch(dataset, watch=watch)
    _describe(dataset, found)


@app.command("verify")
def data_verify(
    file: Annotated[Path | None, typer.Argument(help="A file; default: the one in use.")] = None,
    name: Name = DEFAULT_DATASET,
) -> None:
    """Check by its hash that the file is the data set's test set."""
    dataset = dataset_named(name)
    _describe(dataset, dataset.verify(file) if file else dataset.find())


def _describe(dataset: Dataset, found: TestSet) -> None:
    what = "a sample, not the test set" if found.is_sample else f"{dataset.title}'s test set"
    say(f"{found.path}: {what}, {found.images:,} images.")
