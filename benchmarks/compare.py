"""The lab's own loop and this grader's accuracy pass, on one checkpoint, in one run.

    python -m benchmarks.compare CHECKPOINT TEST_BATCH

Prints the seconds and the correct answers of each, and on how many images they differ. Each starts
from the checkpoint; the grader's seconds include the sandbox, the export and the images decided
again. The lab's loop unpickles the checkpoint as the lab does: give it only files you trust.
"""

import hashlib
import os
import platform
import sys
import time
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from benchmarks.lab_loop import Batch, answers
from grader.inference import xnnpack
from grader.inference.exact import Decided, decide
from grader.inference.images import Pixels
from grader.lab import load_lab
from grader.sandbox import best_isolation
from grader.structure.examine import examine
from grader.types import HandedInFile, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """The grader's classes of all images, and the seconds of each step towards them."""

    decided: Decided
    seconds: dict[str, float]


def accuracy_pass(checkpoint: Path, pixels: Pixels) -> Passed:
    """What `grader grade` does for the accuracy of one hand-in. Raises `Fault`, `HarnessError`."""
    lab = load_lab()
    marks = [time.perf_counter()]
    network = examine(_handed_in(checkpoint), lab, best_isolation()).network
    marks.append(time.perf_counter())
    program = xnnpack.export(network, lab.network.input_shape)
    marks.append(time.perf_counter())
    xnnpack.use_threads(os.cpu_count() or 1)
    logits = xnnpack.logits(xnnpack.load(program), pixels)
    marks.append(time.perf_counter())
    decided = decide(network, pixels, logits)
    marks.append(time.perf_counter())
    steps = ("read and rebuild", "export", "XNNPACK", "check and decide again")
    return Passed(decided=decided, seconds=dict(zip(steps, np.diff(marks).tolist(), strict=True)))


def _handed_in(checkpoint: Path) -> HandedInFile:
    content = checkpoint.read_bytes()
    return HandedInFile(
        role=Role.CHECKPOINT,
        name=checkpoint.name,
        path=checkpoint,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def machine() -> str:
    """What the seconds depend on."""
    model = platform.processor() or platform.machine()
    if sys.platform == "linux":  # which alone leaves the name to be read
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
        model = next(names, model)
    versions = ", ".join(f"{package} {version(package)}" for package in ("torch", "executorch"))
    return (
        f"{model}, {os.cpu_count()} cores, {torch.get_num_threads()} threads in torch; {versions}"
    )


def table(theirs: NDArray[np.int64], seconds: float, ours: Passed, images: Batch) -> Table:
    """Both side by side; the grader's steps below its sum."""
    drawn = Table("", "seconds", "correct of " + str(len(images)))
    drawn.add_row("the lab's loop", f"{seconds:.1f}", str((theirs == images.labels).sum()))
    correct = str((ours.decided.classes == images.labels).sum())
    drawn.add_row("this grader", f"{sum(ours.seconds.values()):.1f}", correct)
    for step, spent in ours.seconds.items():
        drawn.add_row(f"  {step}", f"{spent:.1f}", "")
    return drawn


def main() -> None:
    """Compare once."""
    checkpoint, images = Path(sys.argv[1]), Batch(Path(sys.argv[2]))
    ours = accuracy_pass(checkpoint, images.pixels)
    started = time.perf_counter()
    theirs = answers(checkpoint, images)
    seconds = time.perf_counter() - started
    console = Console()
    console.print(table(theirs, seconds, ours, images))
    console.print(f"images whose class differs: {(theirs != ours.decided.classes).sum()}")
    console.print(f"images decided again: {ours.decided.decided_again}")
    console.print(machine())


if __name__ == "__main__":
    main()
