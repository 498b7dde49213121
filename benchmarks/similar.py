"""Measures `grader similar` on a made-up class: `python -m benchmarks.similar [STUDENTS …]`.

For classes of 50 and 200: each student has a network of half of one MobileNetV2's channels, changed
a little, a confusion matrix and six answers; the last one's network is the first one's with its
channels scaled and permuted. Prints the table and writes it into benchmarks/results.md.
"""

import os
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import torch
from rich.console import Console
from torch import Tensor, nn

from benchmarks.commands import Ran, run
from benchmarks.pages import made_up
from benchmarks.results_file import write_section
from grader.datasets.cifar10 import CIFAR10
from grader.evidence import ids
from grader.intake import fingerprint
from grader.networks.mobilenet_v2.blueprint import ORIGINAL_BLOCKS, Block, Blueprint
from grader.networks.mobilenet_v2.rebuild import build
from grader.results.write import write_results
from grader.types import Json, Report
from tests.report.examples import LAB
from tests.review.classes import ANSWERS, text_answer
from tests.similarity.rewriting import rewritten

CLASSES = (50, 200)
KEPT = 0.5  # of the channels
CHANGED = 0.05  # of each weight's size
WORDS = 800  # in all that the class writes
IMAGE_CLASSES = 10
CHECKPOINT = "model/mobilenet.pth"
NOTEBOOK = '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'


def base() -> nn.Module:
    """The network that the class starts from."""
    blocks = tuple(
        Block(position=each.position, hidden=_half(each.hidden), outputs=each.outputs)
        for each in ORIGINAL_BLOCKS
    )
    module = build(Blueprint(stem=16, blocks=blocks, last=640, classes=10)).to_empty(device="cpu")
    torch.manual_seed(0)
    for layer in module.modules():
        if isinstance(layer, nn.Conv2d | nn.BatchNorm2d | nn.Linear):
            layer.reset_parameters()
    return module.eval()


def _half(channels: int) -> int:
    return round(KEPT * channels)


def of_student(start: nn.Module, number: int) -> dict[str, Tensor]:
    """The state_dict of one student's network: each weight changed by about `CHANGED`."""
    draw = torch.Generator().manual_seed(number)
    return {
        name: each * (1 + CHANGED * torch.randn(each.shape, generator=draw))
        if each.ndim > 1
        else each.clone()
        for name, each in start.state_dict().items()
    }


def class_of(students: int, work: Path) -> Path:
    """Write the hand-ins of a class and its results folder; return the latter."""
    inbox, out, start = work / "inbox", work / "out", base()
    inbox.mkdir(parents=True)
    graded = []
    for number, report in enumerate(made_up(students)):
        module = base()
        module.load_state_dict(of_student(start, number % (students - 1)))
        if number == students - 1:
            module.load_state_dict(rewritten(module))
        path = write_hand_in(inbox / f"{report.submission.id}.zip", module)
        graded.append(_graded(report, path, number))
    write_results(graded, LAB, out, CIFAR10.verify(CIFAR10.sample_path()))
    return out


def write_hand_in(path: Path, module: nn.Module) -> Path:
    """Write a zip with a network and an empty notebook."""
    with zipfile.ZipFile(path, "w") as archive:
        with archive.open(CHECKPOINT, "w") as file:
            torch.save(module, file)
        archive.writestr(f"{path.stem}.ipynb", NOTEBOOK)
    return path


def _graded(report: Report, path: Path, number: int) -> Report:
    """The report as if this hand-in had been graded, with mistakes and answers of its own."""
    random = Random(number)  # noqa: S311 - an invented class
    confusion: list[Json] = []
    for row in range(IMAGE_CLASSES):
        wrong = [random.randint(0, 20) for _ in range(IMAGE_CLASSES)]
        wrong[row] += 1_000 - sum(wrong)
        confusion.append([*wrong])
    seen: dict[str, Json] = {
        "confusion": confusion,
        "misclassified": [
            [each, random.randrange(10)] for each in range(random.randrange(9), 99, 9)
        ],
    }
    given = [text_answer(name, written(random), 1) for name in ANSWERS]
    answers = {each.id: each for each in given}
    measurements = [
        replace(each, evidence={**each.evidence, **seen})
        if each.id == ids.ACCURACY
        else answers.get(each.id, each)
        for each in report.measurements
    ]
    submission = replace(report.submission, source=path, sha256=fingerprint(path, LAB))
    return replace(report, submission=submission, measurements=tuple(measurements))


def written(random: Random) -> str:
    """An answer of 3 to 12 sentences in the words of the class."""
    vocabulary = [f"{Random(each).randrange(10**9):x}" for each in range(WORDS)]  # noqa: S311
    sentences = (" ".join(random.choices(vocabulary, k=12)) for _ in range(random.randint(3, 12)))
    return ". ".join(sentences)


def table(lines: Mapping[int, Ran]) -> str:
    """The section of results.md."""
    head = ("students", "seconds", "seconds of processor", "peak of a process")
    rows = [head, ("---",) * len(head)]
    rows += [
        (
            f"{students:,}",
            f"{ran.seconds:.1f}",
            f"{ran.processor:.1f}",
            f"{ran.memory / 1e9:.2f} GB",
        )
        for students, ran in lines.items()
    ]
    return "\n".join(
        [
            "## Similar hand-ins",
            "",
            f"`python -m benchmarks.similar`, {datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} "
            "cores: `grader similar` on networks of half of MobileNetV2's channels, a confusion "
            "matrix and six answers of 300 to 1,200 characters each. Goal: 120 s for 200.",
            "",
            *(f"| {' | '.join(row)} |" for row in rows),
            "",
        ]
    )


def main() -> None:
    """Measure all classes."""
    lines = {}
    for students in [int(each) for each in sys.argv[1:]] or CLASSES:
        with tempfile.TemporaryDirectory() as folder:
            out = class_of(students, Path(folder))
            lines[students] = run("similar", out)
    text = table(lines)
    write_section(text)
    Console().print(text, markup=False, highlight=False)


if __name__ == "__main__":
    main()
