"""Our own program's pass over all test images, in a process for each processor.

XNNPACK's threads wait for one another after each of a hundred operators, and Python's lock lets one
program of a process run at a time: processes of one thread each are a quarter faster than one
process of two threads, and lose less where the processors are shared.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from grader.datasets.dataset import Pixels
from grader.datasets.registry import dataset_named
from grader.evaluators.unpacked import UnpackedSubmission
from grader.inference import xnnpack
from grader.inference.eager import Logits
from grader.sandbox import Child, Limits, run
from grader.sandbox.reply import read_message

SHARED_FROM = 4_000  # images: below, a child has hardly started when all is done
HEAD_START = 800  # images that this process has done by the time a child has imported torch


def program_logits(program: bytes, pixels: Pixels, opened: UnpackedSubmission) -> Logits:
    """The program's answers to `pixels`, float32 of shape (N, classes).

    Uses `opened.threads` processors; its `watch` hears of "accuracy". Raises `HarnessError` if the
    runtime fails.
    """
    total, preprocessing = len(pixels), dataset_named(opened.lab.dataset).preprocessing
    own, *others = shares(pixels, opened.threads)
    xnnpack.use_threads(1 if others else opened.threads)
    loaded = xnnpack.load(program)
    with ThreadPoolExecutor(max(1, len(others))) as beside:
        answering = [
            beside.submit(_in_a_child, program, part, opened, number)
            for number, part in enumerate(others)
        ]
        answers = [
            xnnpack.logits(
                loaded,
                own,
                preprocessing,
                lambda done: opened.watch("accuracy", done * total // len(own), total),
            )
        ]
        for part, answered in zip(others, answering, strict=True):
            logits = answered.result()
            # Whatever became of the child, the program and the images are still here.
            answers.append(
                xnnpack.logits(loaded, part, preprocessing) if logits is None else logits
            )
    return np.concatenate(answers)


def shares(pixels: Pixels, processes: int) -> tuple[Pixels, ...]:
    """Consecutive parts of `pixels`, one for each process, the first for this one."""
    total = len(pixels)
    if total < SHARED_FROM or processes == 1:
        return (pixels,)
    each = (total - HEAD_START) // processes
    first = total - each * (processes - 1)
    return (pixels[:first], *_parts(pixels[first:], each))


def _parts(pixels: Pixels, each: int) -> Iterator[Pixels]:
    for start in range(0, len(pixels), each):
        yield pixels[start : start + each]


def _in_a_child(
    program: bytes, pixels: Pixels, opened: UnpackedSubmission, number: int
) -> Logits | None:
    """The answers to one part; None if the child did not live to give them."""
    inputs = Path(opened.work, f"own-{number}.pte"), Path(opened.work, f"own-{number}.bin")
    inputs[0].write_bytes(program)
    pixels.tofile(inputs[1])
    seconds = opened.lab.limits.program_seconds
    child = Child(
        program="run_program",
        inputs=inputs,
        settings={
            "dataset": opened.lab.dataset,
            "classes": opened.lab.network.classes,
            "threads": 1,
        },
        limits=Limits(wall_seconds=2 * seconds, cpu_seconds=seconds, message_bytes=8 << 20),
    )
    outcome = run(child, opened.isolation)
    logits = read_message(outcome.message)[1].get("logits") if outcome.ended_well else None
    if logits is None or len(logits) != len(pixels):
        return None
    answers: Logits = logits.numpy()
    return answers
