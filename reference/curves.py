"""Plots as PNG: accuracy by epoch of all stages, and sensitivity."""

import json
from pathlib import Path
from typing import Any

import altair
from rich.table import Table

from grader.errors import GraderError
from reference.recipe import RECIPE

_WIDTH, _HEIGHT = 720, 360


def read_logs(folder: Path) -> list[dict[str, Any]]:
    """Every line of the run's logs, in the recipe's order, with `epochs`, the count so far.

    Raises:
        GraderError: there are none.

    """
    lines: list[dict[str, Any]] = []
    for stage in RECIPE:
        path = folder / f"{stage.name}.jsonl"
        if path.is_file():
            lines += [json.loads(line) for line in path.read_text().splitlines()]
    if not lines:
        raise GraderError(f"{folder} has no log", help="Run `python -m reference train` first.")
    return [{**line, "epochs": count} for count, line in enumerate(lines, start=1)]


def plot(lines: list[dict[str, Any]], path: Path) -> None:
    """Draw training and held-out accuracy against epochs, coloured by stage."""
    rows = [
        {
            "epochs": line["epochs"],
            "stage": f"{line['stage']} ({line['mflops']:.1f} MFLOPs)",
            "accuracy": line[key],
            "images": images,
        }
        for line in lines
        for key, images in (("train_accuracy", "training"), ("held_out_accuracy", "held out"))
    ]
    order = list(dict.fromkeys(row["stage"] for row in rows))
    chart = (
        altair.Chart(altair.Data(values=rows))
        .mark_line(point=True)
        .encode(
            x=altair.X("epochs:Q", title="epochs, all stages"),
            y=altair.Y("accuracy:Q", title="accuracy", scale=altair.Scale(zero=False)),
            color=altair.Color("stage:N", sort=order),
            strokeDash=altair.StrokeDash(
                "images:N",
                sort=["held out", "training"],
                legend=altair.Legend(symbolType="stroke"),
            ),
        )
        .properties(width=_WIDTH, height=_HEIGHT)
    )
    _save(chart, path)


def stage_table(folder: Path) -> Table:
    """The recipe's stages, their finished epochs, and their last held-out accuracy."""
    table = Table("stage", "pixels", "epochs", "MFLOPs", "held-out accuracy", "minutes")
    for stage in RECIPE:
        path = folder / f"{stage.name}.jsonl"
        lines = (
            [json.loads(line) for line in path.read_text().splitlines()] if path.is_file() else []
        )
        last = lines[-1] if lines else None
        table.add_row(
            stage.name,
            str(stage.resolution),
            f"{len(lines)}/{stage.epochs}",
            f"{last['mflops']:.2f}" if last else "",
            f"{last['held_out_accuracy']:.2%}" if last else "",
            f"{sum(line['seconds'] for line in lines) / 60:.0f}" if last else "",
        )
    return table


def plot_sensitivity(rows: list[dict[str, Any]], path: Path) -> None:
    """Draw each weight's accuracy against its sparsity, one small chart a weight."""
    order = list(dict.fromkeys(row["weight"] for row in rows))
    chart = (
        altair.Chart(altair.Data(values=rows))
        .mark_line(point=True)
        .encode(
            x=altair.X("sparsity:Q", title="sparsity"),
            y=altair.Y("accuracy:Q", title="held-out accuracy", scale=altair.Scale(zero=False)),
            facet=altair.Facet("weight:N", columns=6, sort=order, title=None),
        )
        .properties(width=150, height=90)
    )
    _save(chart, path)


def _save(chart: Any, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    chart.save(path, format="png", scale_factor=2)
