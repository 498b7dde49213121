"""Our own program's pass over all test images, in one process for each processor.

XNNPACK's threads wait for each other after each of a hundred operators, and Python's lock allows
one program of a process at a time. Processes of one thread each are a quarter faster than one
process of two threads, and lose less time if the processors are shared.
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
from grader.sandbox.limits import SandboxLimits
from grader.sandbox.reply import read_message
from grader.sandbox.start import Child, run

SHARED_FROM = 4_000  # images: with fewer, a child has hardly started when the pass is done
HEAD_START = 800  # images that this process has done by the time a child has imported torch
IMAGES_COMPARING = 1_000  # images that a processor does while another runs the hand-in's own module


def program_logits(
    program: bytes, pixels: Pixels, unpacked: UnpackedSubmission, beside: int = 0
) -> Logits:
    """The program's logits for `pixels`, float32 of shape (N, classes).

    Uses `unpacked.threads` processors and calls `unpacked.watch` with the step "accuracy". `beside`
    is the other work of these processors, as a number of images. Raises `HarnessError` if the
    runtime fails.
    """
    total, preprocessing = len(pixels), dataset_named(unpacked.lab.dataset).preprocessing
    own, *others = shares(pixels, unpacked.threads, beside)
    xnnpack.use_threads(1 if others else max(1, unpacked.threads - (beside > 0)))
    loaded = xnnpack.load(program)
    with ThreadPoolExecutor(max(1, len(others))) as children:
        answering = [
            children.submit(_in_a_child, program, part, unpacked, number)
            for number, part in enumerate(others)
        ]
        answers = [
            xnnpack.logits(
                loaded,
                own,
                preprocessing,
                lambda done: unpacked.watch("accuracy", done * total // len(own), total),
            )
        ]
        for part, answered in zip(others, answering, strict=True):
            logits = answered.result()
            # If the child failed, this process computes its share.
            answers.append(
                xnnpack.logits(loaded, part, preprocessing) if logits is None else logits
            )
    return np.concatenate(answers)


def shares(pixels: Pixels, processes: int, beside: int = 0) -> tuple[Pixels, ...]:
    """Consecutive parts of `pixels`, one for each process, the first for this one.

    All processes end at the same time: the others start later by `HEAD_START` images, and one
    processor has the work of `beside` images more.
    """
    total = len(pixels)
    if total < SHARED_FROM or processes == 1:
        return (pixels,)
    others = processes - 1
    first = min(total, -(-(total + others * HEAD_START + beside) // processes))
    each = max(1, -(-(total - first) // others))
    return (pixels[:first], *_parts(pixels[first:], each))


def _parts(pixels: Pixels, each: int) -> Iterator[Pixels]:
    for start in range(0, len(pixels), each):
        yield pixels[start : start + each]


def _in_a_child(
    program: bytes, pixels: Pixels, unpacked: UnpackedSubmission, number: int
) -> Logits | None:
    """The logits of one part, float32 (N, classes); None if the child failed."""
    inputs = Path(unpacked.work, f"own-{number}.pte"), Path(unpacked.work, f"own-{number}.bin")
    inputs[0].write_bytes(program)
    pixels.tofile(inputs[1])
    seconds = unpacked.lab.limits.program_seconds
    child = Child(
        program="run_program",
        inputs=inputs,
        settings={
            "dataset": unpacked.lab.dataset,
            "classes": unpacked.lab.network.classes,
            "threads": 1,
        },
        limits=SandboxLimits(wall_seconds=2 * seconds, cpu_seconds=seconds, message_bytes=8 << 20),
    )
    outcome = run(child, unpacked.isolation)
    logits = read_message(outcome.message)[1].get("logits") if outcome.ended_well else None
    if logits is None or len(logits) != len(pixels):
        return None
    answers: Logits = logits.numpy()
    return answers
