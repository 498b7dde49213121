"""The messages of the child that runs a submitted program; tests/evaluators starts real ones."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from safetensors.numpy import load
from torch import nn

from grader.inference.eager import lab_logits
from grader.inference.lean_imports import bare_packages
from grader.inference.quiet import quiet_libraries
from grader.sandbox.child.run_program import answer
from tests.exported import export
from tests.hostile.programs import (
    FAR,
    IMAGE,
    LOGITS,
    ROW,
    answering,
    forward,
    patched,
    tensor,
)
from tests.small_networks import INPUT_SHAPE, PREPROCESSING, small_program

with quiet_libraries(), bare_packages("executorch.exir"):
    from executorch.exir import schema
    from executorch.exir.scalar_type import ScalarType

IMAGES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Linear:
    """A network that looks at the mean of each colour."""

    module: nn.Module


def linear() -> Linear:
    """Ten classes, random weights."""
    torch.manual_seed(0)
    layers = (nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(3, 10))
    return Linear(module=nn.Sequential(*layers).eval().requires_grad_(False))


def pixels() -> np.ndarray:
    """Random images, uint8 of shape (IMAGES, 3, 32, 32)."""
    return np.random.default_rng(0).integers(0, 256, (IMAGES, 3, 32, 32), np.uint8)


def notes(message: bytes) -> dict[str, str]:
    """Return a message's metadata, sent instead of logits."""
    length = int.from_bytes(message[:8], "little")
    found: dict[str, str] = json.loads(message[8 : 8 + length])["__metadata__"]
    return found


@pytest.mark.slow
def test_message_holds_the_programs_logits() -> None:
    """One row an image, as the network gives it; another number of classes is told instead."""
    program = export(linear(), INPUT_SHAPE)
    logits = load(answer(program, pixels(), PREPROCESSING, classes=10))["logits"]
    assert logits.dtype == np.float32
    assert np.allclose(logits, lab_logits(linear(), pixels(), PREPROCESSING), atol=1e-4)
    asked_for_more = notes(answer(program, pixels(), PREPROCESSING, classes=1000))
    assert asked_for_more == {"answers": "float32 of shape (1, 10)"}


@pytest.mark.parametrize(
    ("program", "answers"),
    [
        (lambda: forward(IMAGE, LOGITS, outputs=[]), "0 values"),
        (lambda: forward(IMAGE, LOGITS, outputs=[1, 1]), "2 values"),
        (lambda: forward(IMAGE, LOGITS, outputs=[0]), "float32 of shape (1, 3, 224, 224)"),
        (lambda: forward(IMAGE, schema.Int(3)), "int instead of a tensor"),
        (lambda: forward(IMAGE, schema.String("<b>")), "str instead of a tensor"),
        (lambda: forward(IMAGE, schema.Null()), "NoneType instead of a tensor"),
        (lambda: answering(ROW[0]), "float32 of shape (10,)"),
        (lambda: answering(ROW[0, 0]), "float32 of shape ()"),
        (lambda: answering(np.vstack([ROW, ROW])), "float32 of shape (2, 10)"),
        (lambda: answering(ROW.astype(float), ScalarType.DOUBLE), "float64 of shape (1, 10)"),
        (lambda: answering(ROW.astype(np.float16), ScalarType.HALF), "float16 of shape (1, 10)"),
        (lambda: answering(ROW.astype(np.int64), ScalarType.LONG), "int64 of shape (1, 10)"),
        (lambda: answering(ROW, ScalarType.BFLOAT16), "bfloat16 of shape (1, 10)"),
    ],
)
def test_answers_that_are_no_logits_are_told(program: Callable[[], bytes], answers: str) -> None:
    """Anything but one float32 tensor with a number for each class is described, not measured."""
    assert notes(answer(program(), pixels(), PREPROCESSING, 10)) == {"answers": answers}


@pytest.mark.parametrize(
    "program",
    [
        lambda: forward(tensor(1, 3, 32, 32), LOGITS),
        lambda: forward(tensor(2, 3, 224, 224), LOGITS),
        lambda: forward(tensor(1, 3, 224, 224, dtype=ScalarType.BYTE), LOGITS),
        lambda: forward(tensor(1, 3, 224, 224, dtype=ScalarType.HALF), LOGITS),
        lambda: forward(IMAGE, LOGITS, inputs=[]),
        lambda: forward(IMAGE, LOGITS, inputs=[1, 0]),
    ],
)
def test_program_for_other_images_is_told(program: Callable[[], bytes]) -> None:
    """A program that does not take the lab's images has said so, and did not crash."""
    assert (
        "set_inputs() for method 'forward' failed"
        in notes(answer(program(), pixels(), PREPROCESSING, 10))["fails"]
    )


@pytest.mark.parametrize(
    "program",
    [
        lambda: b"",
        lambda: b"\x18\0\0\0ET12" + bytes(100),
        lambda: small_program()[:40],
        lambda: patched(24, FAR),
        lambda: forward(IMAGE, tensor(1, 99, constant=1)),
        lambda: forward(IMAGE, LOGITS, name="main"),
        lambda: forward(IMAGE, LOGITS, non_const_buffer_sizes=[0, 0]),
    ],
)
def test_bytes_that_are_no_program_are_refused(
    program: Callable[[], bytes], capfd: pytest.CaptureFixture[str]
) -> None:
    """The runtime's refusal is an answer, not a crash, and why is left on stderr."""
    assert "refused the program" in notes(answer(program(), pixels(), PREPROCESSING, 10))["refused"]
    assert re.match(r"\[\w+\.(cpp|h):\d+\] \w+", capfd.readouterr().err)


@pytest.mark.parametrize("size", [1 << 62, (1 << 63) - 1])
def test_a_program_that_plans_too_much_memory_is_refused(size: int) -> None:
    """A program that needs too much memory gives a message too."""
    program = forward(IMAGE, LOGITS, non_const_buffer_sizes=[0, size])
    assert "refused the program" in notes(answer(program, pixels(), PREPROCESSING, 10))["refused"]
