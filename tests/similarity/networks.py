"""Sketches of networks and answers, made so that what they share is known."""

import hashlib
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from grader.similarity.channels import Kept
from grader.similarity.sketch import Sketch, Tensor
from grader.types import Report
from tests.report.examples import passed
from tests.review.classes import text_answer

NAMES = ("features.0.0.weight", "features.1.conv.0.0.weight", "classifier.1.weight")
LONG = "Accuracy falls slowly until eighty per cent of the weights are gone, then very fast. "


def tensor(values: NDArray[np.float32]) -> Tensor:
    """A sketch of a tensor with all its weights."""
    return Tensor(
        shape=values.shape, sha256=hashlib.sha256(values.tobytes()).hexdigest(), sample=values
    )


def network(student: str, seed: int, step: float = 0.0, **kept: Kept) -> Sketch:
    """The same weights for the same seed, but for a step of this relative length."""
    random = np.random.default_rng(seed)
    away = np.random.default_rng(ord(student))
    tensors = {}
    for name in NAMES:
        weights, noise = random.normal(size=64), away.normal(size=64)
        moved = weights + step * noise * np.linalg.norm(weights) / np.linalg.norm(noise)
        tensors[name] = tensor(moved.astype(np.float32))
    return Sketch(student=student, tensors=tensors, kept=kept)


def writer(student: str, **answers: str) -> Report:
    """A hand-in with these answers to questions 4.1 and so on, their dots left out."""
    base = passed(student, 44.0, 9300, 0.4)
    asked = [
        text_answer(name.replace("q", "").replace("_", "."), answer, 1)
        for name, answer in answers.items()
    ]
    return replace(base, measurements=(*base.measurements, *asked))
