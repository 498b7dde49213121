"""Measures speed and exactness of all engines and commands in one run: `make bench`.

    python -m benchmarks TEST_BATCH CHECKPOINT [CHECKPOINT …]

Every engine and every command measures the first checkpoint; on the others the lab's loop and this
grader are compared image by image. Prints the tables and writes benchmarks/results.md. Checkpoints
are unpickled as in the lab: use only files that you trust. Nothing else should run.
"""

import os
import platform
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np
from rich.progress import Progress

from benchmarks import commands
from benchmarks.commands import Ran
from benchmarks.engines import ENGINES, Classes
from benchmarks.floor import multiply_adds, multiply_adds_per_second
from benchmarks.results_file import write_engines
from grader.datasets.cifar10 import CIFAR10

LAB, OURS, OPENVINO = "the lab's loop", "this grader", "OpenVINO"
SUBMISSIONS = 200
_PACKAGES = ("torch", "executorch", "onnxruntime", "openvino")


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """One engine's classes, its steps in seconds, and its process's peak memory in bytes."""

    classes: Classes
    steps: Mapping[str, float]
    memory: int

    @property
    def seconds(self) -> float:
        """The seconds of all steps."""
        return sum(self.steps.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """One line of the table of goals: the measured value and its target."""

    name: str
    measured: float
    target: float
    unit: str
    at_least: bool = False

    @property
    def reached(self) -> bool:
        """True if the goal is reached."""
        return self.measured >= self.target if self.at_least else self.measured <= self.target

    @property
    def cells(self) -> tuple[str, ...]:
        """The cells of the line."""
        sign = "≥" if self.at_least else "≤"
        return (
            self.name,
            f"{sign} {self.target:g} {self.unit}".strip(),
            f"{self.measured:.2f} {self.unit}".strip(),
            "yes" if self.reached else "no",
        )


def passed(engine: str, checkpoint: Path, data: Path) -> Passed:
    """Run one engine in its own process."""
    with tempfile.TemporaryDirectory() as folder:
        into = Path(folder) / "answers.npz"
        command = [sys.executable, "-m", "benchmarks.engines", engine]
        ran = commands.timed([*command, str(checkpoint), str(data), str(into)])
        with np.load(into) as answers:
            prefix = "seconds "
            steps = {
                name.removeprefix(prefix): float(answers[name])
                for name in answers.files
                if name.startswith(prefix)
            }
            return Passed(classes=answers["classes"], steps=steps, memory=ran.memory)


def goals(
    engines: Mapping[str, Passed], floor: float, ran: Mapping[str, Ran], different: int
) -> tuple[Goal, ...]:
    """The goals of docs/performance.md, with the measured values."""
    lab, ours = engines[LAB].seconds, engines[OURS]
    accuracies = ours.seconds - ours.steps["read and rebuild"]
    each = ran["batch of 10"].seconds / 10
    gigabytes = ran["batch of 10"].memory / 1e9
    return (
        Goal(
            name="XNNPACK pass over all images, against the floor",
            measured=ours.steps["pass"] / floor,
            target=2.2,
            unit="times",
        ),
        Goal(
            name="both accuracies, export included, against the lab's loop",
            measured=lab / accuracies,
            target=8,
            unit="times as fast",
            at_least=True,
        ),
        Goal(
            name="the same against OpenVINO with conversion",
            measured=engines[OPENVINO].seconds / accuracies,
            target=1,
            unit="times as fast",
            at_least=True,
        ),
        Goal(
            name="a batch of 10, everything measured, per hand-in, against the lab's loop",
            measured=lab / each,
            target=6,
            unit="times as fast",
            at_least=True,
        ),
        Goal(
            name=f"cold `grader check` ({ran['check'].seconds:.1f} s), against the lab's loop",
            measured=lab / ran["check"].seconds,
            target=6.2,
            unit="times as fast",
            at_least=True,
        ),
        Goal(
            name=f"cold `grader check --quick` ({ran['quick'].seconds:.1f} s), against the same",
            measured=lab / ran["quick"].seconds,
            target=12,
            unit="times as fast",
            at_least=True,
        ),
        Goal(
            name=f"`grader rescore` of {SUBMISSIONS} stored hand-ins, until it shows the changes",
            measured=ran["other rule"].seconds,
            target=2,
            unit="s",
        ),
        Goal(
            name=f"`grader grade` again, {SUBMISSIONS} hand-ins, nothing changed",
            measured=ran["unchanged"].seconds,
            target=3,
            unit="s",
        ),
        Goal(name="peak memory of a worker", measured=gigabytes, target=1.5, unit="GB"),
        Goal(
            name="images whose class differs from the lab's loop, all checkpoints",
            measured=different,
            target=0,
            unit="",
        ),
    )


def machine() -> str:
    """The processor and the versions that the seconds depend on."""
    model = platform.processor() or platform.machine()
    if sys.platform == "linux":  # only Linux has the name in a file
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
        model = next(names, model)
    packages = ", ".join(f"{package} {version(package)}" for package in _PACKAGES)
    return f"{model}, {os.cpu_count()} cores; Python {platform.python_version()}, {packages}"


def markdown(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def engine_rows(engines: Mapping[str, Passed], data: Path, floor: float) -> list[list[str]]:
    """A line for each engine: its steps, its memory, and its number of correct images."""
    labels = CIFAR10.read(CIFAR10.verify(data))[1]
    theirs = engines[LAB].classes
    rows = [["the floor", f"{floor:.1f}", "", "", "", ""]]
    for name, found in engines.items():
        steps = ", ".join(f"{step} {seconds:.1f}" for step, seconds in found.steps.items())
        rows.append(
            [
                name,
                f"{found.seconds:.1f}",
                steps if len(found.steps) > 1 or name != LAB else "",
                f"{found.memory / 1e9:.2f}",
                str((found.classes == labels).sum()),
                str((found.classes != theirs).sum()),
            ]
        )
    return rows


def measured(checkpoint: Path, data: Path) -> dict[str, Ran]:
    """Run the commands one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        one = commands.hand_ins(work / "one", checkpoint, 1) / "S0000.zip"
        check = commands.run("check", one, "--data", data)
        quick = commands.run("check", one, "--quick")
        batch = commands.batch(work, checkpoint, data, 10)
        unchanged, other_rule = commands.again(work, checkpoint, data, SUBMISSIONS)
    return {
        "check": check,
        "quick": quick,
        "batch of 10": batch,
        "unchanged": unchanged,
        "other rule": other_rule,
    }


def main() -> None:
    """Run everything once."""
    data, first, *others = map(Path, sys.argv[1:])
    with Progress(transient=True) as bar:
        task = bar.add_task("", total=len(ENGINES) + 2 * len(others) + 1)

        def engine(name: str, checkpoint: Path) -> Passed:
            bar.update(task, description=f"{name}: {checkpoint.name}")
            found = passed(name, checkpoint, data)
            bar.advance(task)
            return found

        floor = (
            len(CIFAR10.read(CIFAR10.verify(data))[1])
            * multiply_adds(first)
            / multiply_adds_per_second()
        )
        engines = {name: engine(name, first) for name in ENGINES}
        different = int((engines[OURS].classes != engines[LAB].classes).sum())
        for checkpoint in others:
            pair = (engine(LAB, checkpoint), engine(OURS, checkpoint))
            different += int((pair[0].classes != pair[1].classes).sum())
        bar.update(task, description="whole commands")
        ran = measured(first, data)
    lines = goals(engines, floor, ran, different)
    text = "\n\n".join(
        [
            "# Results of `make bench`",
            f"{datetime.now(UTC):%Y-%m-%d}. {machine()}.",
            f"{first.parent.parent.name}/{first.name}: {multiply_adds(first) / 1e6:.1f} million "
            f"multiply-adds an image, {len(engines[LAB].classes):,} images. "
            f"Images compared on {1 + len(others)} checkpoints.",
            markdown(
                ["", "seconds", "of which", "GB", "correct", "differs from the lab's loop"],
                engine_rows(engines, data, floor),
            ),
            markdown(["goal", "target", "measured", "reached"], [goal.cells for goal in lines]),
            "",
        ]
    )
    write_engines(text)
    print(text)  # not by rich, which breaks lines at 80 where the output is no terminal


if __name__ == "__main__":
    main()
