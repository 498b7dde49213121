"""Runs an experiment for several seeds; a run that was killed goes on where it was."""

import os
import platform
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from grader import __version__
from grader.errors import GraderError
from grader.experiments.board import Board
from grader.experiments.images import ExperimentImages, read_images
from grader.experiments.parts import EXECUTORCH, Part, experiment_path, parts_of, seed_folder
from grader.experiments.quantize import engines
from grader.experiments.record import Conditions, read_record, write_record
from grader.experiments.remaining import RemainingTime
from grader.experiments.seed_run import SeedRun
from grader.inference.packages import GET_IT
from grader.inference.xnnpack import use_threads, why_unusable
from grader.labs.experiment import ExperimentSpec

QUICK_ITERATIONS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The settings of a run: so many `seeds` from the experiment's own on, torch's `threads`.

    With `quick` a few images and iterations show that everything works; the results are no
    reference. With a `board` the ExecuTorch programs are timed there too, in rows of its own.
    """

    out: Path
    seeds: int
    threads: int
    quick: bool
    board: Board | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A part begins: `done` of `of` parts are finished; `seconds` remain, None if unknown."""

    part: str
    done: int
    of: int
    seconds: float | None


Watch = Callable[[Progress], None]


def run(spec: ExperimentSpec, plan: Plan, watch: Watch = lambda _progress: None) -> None:
    """Run all parts that are not finished yet; the records are in `plan.out`.

    Raises `GraderError` if the folder has another experiment's records or cannot be written, or if
    the data set is missing; for a board also as `Board.latency`.
    """
    spec = quick_spec(spec) if plan.quick else spec
    try:
        _claim(spec, plan)
        images = read_images(spec, quick=plan.quick)
        if plan.board is not None:
            plan.board.check()
        torch.set_num_threads(plan.threads)
        if why_unusable() is None:
            use_threads(plan.threads)
        seeds = range(spec.seed, spec.seed + plan.seeds)
        for seed in seeds:  # before hours of work
            _check_conditions(plan, seed, images)
        _run_all(spec, plan, seeds, images, watch)
    except OSError as error:
        raise GraderError(
            f"{plan.out} cannot be written: {error.strerror or error}.",
            help="Free some space, or choose another folder with --out.",
        ) from error


def quick_spec(spec: ExperimentSpec) -> ExperimentSpec:
    """Return the experiment with one epoch and at most three iterations of pruning."""
    iterations = min(spec.prune_iterations, QUICK_ITERATIONS)
    return spec.model_copy(update={"epochs": 1, "prune_iterations": iterations})


def all_parts(spec: ExperimentSpec, seeds: Sequence[int], board: Board | None) -> list[Part]:
    """Return the parts of these seeds, in their order, for this machine's engines and the board.

    Raises `GraderError` for a board without ExecuTorch here, which makes the board's programs.
    """
    available = (*engines(), *_program_engines(board))
    return [part for seed in seeds for part in parts_of(spec, seed, available)]


def _program_engines(board: Board | None) -> tuple[str, ...]:
    reason = why_unusable()
    if reason is None:
        return (EXECUTORCH, *([] if board is None else [board.engine]))
    if board is not None:
        raise GraderError(reason, help=GET_IT)
    return ()


def _run_all(
    spec: ExperimentSpec, plan: Plan, seeds: Sequence[int], images: ExperimentImages, watch: Watch
) -> None:
    parts = all_parts(spec, seeds, plan.board)
    waiting = [each for each in parts if not each.record(seed_folder(plan.out, each.seed)).exists()]
    remaining = RemainingTime()
    runs = {seed: SeedRun(spec, images, seed_folder(plan.out, seed), plan.board) for seed in seeds}
    for number, part in enumerate(waiting):
        watch(
            Progress(
                part=str(part),
                done=len(parts) - len(waiting) + number,
                of=len(parts),
                seconds=remaining.seconds(waiting[number:]),
            )
        )
        folder = seed_folder(plan.out, part.seed)
        if not folder.conditions.exists():
            write_record(folder.conditions, conditions(plan, part.seed, images))
        start = time.monotonic()
        runs[part.seed].run(part)
        remaining.add(part, time.monotonic() - start)


def _claim(spec: ExperimentSpec, plan: Plan) -> None:
    """Keep the experiment beside its records, so that two experiments are never mixed."""
    kept = experiment_path(plan.out)
    if not kept.exists():
        write_record(kept, spec)
    elif read_record(kept, ExperimentSpec) != spec:
        raise GraderError(
            f"{plan.out} has the results of another experiment, or of a run with other settings.",
            help="Choose another folder with --out.",
        )


def _check_conditions(plan: Plan, seed: int, images: ExperimentImages) -> None:
    """Raise `GraderError` if the seed's run was begun under other conditions."""
    path = seed_folder(plan.out, seed).conditions
    if not path.exists():
        return
    before, now = read_record(path, Conditions), conditions(plan, seed, images)
    if before != now:
        raise GraderError(
            f"{path.parent} was begun under other conditions: {_difference(before, now)}.",
            help="Run it again as before, or choose another folder with --out.",
        )


def conditions(plan: Plan, seed: int, images: ExperimentImages) -> Conditions:
    """Return the conditions of a seed's run on this machine."""
    return Conditions(
        seed=seed,
        threads=plan.threads,
        quick=plan.quick,
        train_images=len(images.train.classes),
        test_images=len(images.test.classes),
        machine=platform.machine(),
        system=platform.platform(),
        processor=_processor(),
        python=platform.python_version(),
        torch=torch.__version__,
        grader=__version__,
    )


def _difference(before: Conditions, now: Conditions) -> str:
    names = [each for each in Conditions.__slots__ if getattr(before, each) != getattr(now, each)]
    return ", ".join(
        f"{each} was {getattr(before, each)} and is {getattr(now, each)}" for each in names
    )


def _processor() -> str:
    """Return the processor's name and the number of its cores for this process."""
    name = platform.processor()
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith(("model name", "Model")):
                name = line.partition(":")[2].strip()
                break
    except OSError:
        pass  # not Linux
    return f"{name or platform.machine()}, {os.cpu_count()} cores"
