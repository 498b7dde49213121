"""What the child that runs a submitted program answers; tests/evaluators starts real ones."""

import json
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from safetensors.numpy import load
from torch import nn

from grader.inference import xnnpack
from grader.inference.eager import lab_logits
from grader.sandbox.run_program import answer

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
    """What a message says in place of logits."""
    length = int.from_bytes(message[:8], "little")
    found: dict[str, str] = json.loads(message[8 : 8 + length])["__metadata__"]
    return found


@pytest.mark.slow
def test_message_holds_the_programs_logits() -> None:
    """One row an image, as the network gives it; another number of classes is told instead."""
    program = xnnpack.export(linear())
    logits = load(answer(program, pixels(), classes=10))["logits"]
    assert logits.dtype == np.float32
    assert np.allclose(logits, lab_logits(linear(), pixels()), atol=1e-4)
    asked_for_more = notes(answer(program, pixels(), classes=1000))
    assert asked_for_more == {"misfit": "answers float32 of shape (10,)"}


@pytest.mark.slow
def test_program_for_other_images_is_told() -> None:
    """A program that does not take the lab's images has said so, and did not crash."""
    program = xnnpack.export(linear(), (3, 32, 32))
    assert notes(answer(program, pixels(), 10))["misfit"].startswith("fails on images: ")


def test_bytes_that_are_no_program_are_refused() -> None:
    """The runtime's refusal is an answer, not a crash."""
    refused = notes(answer(b"\x18\0\0\0ET12" + bytes(100), pixels(), 10))["refused"]
    assert "refused the program" in refused
