"""Measures how time and memory grow with the class and --jobs: `python -m benchmarks.scale`.

Grades 1 to 64 hand-ins of small networks with --quick, and 16 of them with 1 to twice as many jobs
as there are processors. Prints the numbers and writes docs/scale.png.
"""

import os
import tempfile
from pathlib import Path

import altair
import torch
from rich.console import Console
from torch import nn

from benchmarks.commands import Ran, hand_ins, run
from grader.networks.mobilenet_v2.blueprint import ORIGINAL_BLOCKS, Block, Blueprint
from grader.networks.mobilenet_v2.rebuild import build

PLOT = Path(__file__).parents[1] / "docs" / "scale.png"
CLASSES = (1, 2, 4, 8, 16, 32, 64)
WIDTH = 8


def small_checkpoint(path: Path) -> Path:
    """A MobileNetV2 of eight channels everywhere with random weights, as `torch.save` writes it."""
    blocks = tuple(
        Block(position=block.position, hidden=WIDTH, outputs=WIDTH) for block in ORIGINAL_BLOCKS
    )
    torch.manual_seed(0)
    network = build(Blueprint(stem=WIDTH, blocks=blocks, last=WIDTH, classes=10))
    network.to_empty(device="cpu")
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d | nn.BatchNorm2d | nn.Linear):
            layer.reset_parameters()
    torch.save(network.eval(), path)
    return path


def graded(work: Path, checkpoint: Path, count: int, jobs: int) -> Ran:
    """`grader grade --quick` of `count` hand-ins, `jobs` at a time."""
    folder = work / f"{count}-{jobs}"
    inbox = hand_ins(folder / "inbox", checkpoint, count)
    return run("grade", inbox, "--quick", "--out", folder / "out", "--jobs", str(jobs))


def drawn(points: list[dict[str, float | str]]) -> altair.HConcatChart:
    """Seconds per hand-in beside the peak memory, against the class and against the jobs."""
    data = altair.Data(values=points)
    charts = []
    for against, title in (("hand-ins", "hand-ins, one job a core"), ("jobs", "jobs, 16 hand-ins")):
        for value, axis in (
            ("seconds", "seconds per hand-in"),
            ("gigabytes", "peak of a process, GB"),
        ):
            charts.append(
                altair.Chart(data)
                .transform_filter(altair.datum.against == against)
                .mark_line(point=True)
                .encode(
                    x=altair.X(
                        "x:Q",
                        title=title,
                        scale=altair.Scale(type="log", base=2),
                        axis=altair.Axis(values=list(CLASSES)),
                    ),
                    y=altair.Y(f"{value}:Q", title=axis, scale=altair.Scale(zero=True)),
                )
                .properties(width=210, height=180)
            )
    return altair.hconcat(*charts)


def main() -> None:
    """Measure, print and draw."""
    cores = os.cpu_count() or 1
    runs = [("hand-ins", count, count, cores) for count in CLASSES]
    runs += [("jobs", jobs, 16, jobs) for jobs in sorted({1, 2, cores, 2 * cores})]
    points: list[dict[str, float | str]] = []
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        checkpoint = small_checkpoint(work / "small.pth")
        for against, x, count, jobs in runs:
            ran = graded(work / against, checkpoint, count, jobs)
            each, memory = ran.seconds / count, ran.memory / 1e9
            points.append({"against": against, "x": x, "seconds": each, "gigabytes": memory})
            Console().print(f"{count} hand-ins, {jobs} jobs: {each:.2f} s each, {memory:.2f} GB")
    drawn(points).save(PLOT, ppi=144)


if __name__ == "__main__":
    main()
