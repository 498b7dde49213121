import hashlib
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from grader.report.console import to_text
from grader.similarity.answers import shared_answers
from grader.similarity.channels import Kept
from grader.similarity.pairs import alike
from grader.similarity.sketch import Sketch, Tensor
from grader.similarity.table import WARNING, evidence, table
from grader.similarity.tensors import STEP, common, shared_tensors
from grader.types import Report
from tests.report.examples import passed
from tests.review.classes import ANSWERS, text_answer

NAMES = ("features.0.0.weight", "features.1.conv.0.0.weight", "classifier.1.weight")
LONG = "Accuracy falls slowly until eighty per cent of the weights are gone, then very fast. "


def tensor(values: NDArray[np.float32]) -> Tensor:
    """A sketch of so few weights that it has them all."""
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


def test_equal_tensors_are_found() -> None:
    """All three of one pair to the bit, none of anybody else."""
    found = shared_tensors([network("A", 1), network("B", 1), network("C", 2)])
    assert found.keys() == {("A", "B")}
    shared = found["A", "B"]
    assert (shared.equal, shared.near, shared.comparable) == (3, 0, 3)


def test_a_small_step_does_not_hide_them() -> None:
    """Weights moved by half the tolerance are near, those moved by three times it are others."""
    found = shared_tensors([network("A", 1), network("B", 1, step=STEP / 2)])
    assert (found["A", "B"].equal, found["A", "B"].near) == (0, 3)
    assert found["A", "B"].furthest == pytest.approx(STEP / 2, rel=0.1)
    assert shared_tensors([network("A", 1), network("B", 1, step=3 * STEP)]) == {}


def test_what_many_share_is_the_bases() -> None:
    """A layer that four of four left as it was given says nothing of any two."""
    assert common(4) == 2
    assert shared_tensors([network(name, 1) for name in "ABCD"]) == {}
    assert len(shared_tensors([network(name, 1) for name in "ABC"])) == 3


def test_other_widths_are_not_compared() -> None:
    """Tensors of another shape have no distance."""
    wide = Sketch(student="B", tensors={NAMES[0]: tensor(np.ones(65, np.float32))})
    assert shared_tensors([network("A", 1), wide]) == {}


def test_nearly_equal_answers_are_found() -> None:
    """Case, spaces and a few letters do not hide them; short ones and others are no pair."""
    reports = [
        writer("A", q4_1=LONG, q4_2="No."),
        writer("B", q4_1=LONG.upper().replace(" ", "  ").replace("FAST", "QUICK"), q4_2="No."),
        writer("C", q4_1="Something altogether different, which nobody else in the class wrote."),
    ]
    found = shared_answers(reports)
    assert found.keys() == {("A", "B")}
    (answer,) = found["A", "B"]
    assert answer.question == "4.1"
    assert 90 <= answer.ratio < 100


def test_what_the_class_wrote_is_no_pair() -> None:
    """A sentence of the lecture, in everybody's answer, says nothing of any two."""
    assert shared_answers([writer(name, q4_1=LONG) for name in "ABCD"]) == {}
    assert ANSWERS


def test_channels_are_listed_beyond_chance_only() -> None:
    """The same 100 of 200 are; two independent halves are not."""
    half = Kept(channels=frozenset(range(100)), original=200)
    other = Kept(channels=frozenset(range(50, 150)), original=200)
    sketches = [
        network("A", 1, layer=half),
        network("B", 2, layer=half),
        network("C", 3, layer=other),
    ]
    (pair,) = alike(sketches, [])
    assert pair.students == ("A", "B")
    assert pair.usual == 0.5
    (line,) = evidence(pair)
    assert line == (
        "channels: 100 of the 100 kept are the same (100%), where chance gives 50 ± 4; the "
        "class's median pair shares 50%"
    )


def test_the_strongest_pair_comes_first_with_all_its_evidence() -> None:
    """Equal tensors before near ones before answers, and the warning below."""
    sketches = [network("A", 1), network("B", 1), network("C", 2), network("D", 2, step=STEP / 2)]
    reports = [writer("A", q4_1=LONG), writer("B", q4_1=LONG)]
    pairs = alike(sketches, reports)
    assert [pair.students for pair in pairs] == [("A", "B"), ("C", "D")]
    text = " ".join(to_text(table(pairs, {"E": "it is gone"}, 4), 200, color=False).split())
    assert "A and B tensors: 3 of 3 of the same shape are equal to the bit" in text
    assert "question 4.1: the answers are 100 % the same text" in text
    assert "3 more but for a step of at most 1.0%" in text
    assert "2 pairs among 4 networks." in text
    assert "E was not compared: it is gone" in text
    assert WARNING in text


def test_a_class_without_pairs_still_has_the_warning() -> None:
    """Nobody is listed, and it is still said what that means."""
    assert "0 pairs among 1 networks." in to_text(table([], {}, 1), 100, color=False)
