import hashlib
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from grader.report.terminal.class_table import to_text
from grader.similarity.answers import SHORTEST, shared_answers
from grader.similarity.channels import Kept
from grader.similarity.pairs import Found, Group, alike
from grader.similarity.sketch import Sketch, Tensor
from grader.similarity.table import WARNING, evidence, table
from grader.similarity.tensors import STEP, shared_tensors
from grader.types import Report
from tests.report.examples import passed
from tests.review.classes import text_answer

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
    found = shared_tensors([network("A", 1), network("B", 1), network("C", 2)]).pairs
    assert found.keys() == {("A", "B")}
    shared = found["A", "B"]
    assert (shared.equal, shared.near, shared.comparable) == (3, 0, 3)


def test_a_small_step_does_not_hide_them() -> None:
    """Weights moved by half the tolerance are near, those moved by three times it are others."""
    found = shared_tensors([network("A", 1), network("B", 1, step=STEP / 2)]).pairs
    assert (found["A", "B"].equal, found["A", "B"].near) == (0, 3)
    assert found["A", "B"].furthest == pytest.approx(STEP / 2, rel=0.1)
    assert shared_tensors([network("A", 1), network("B", 1, step=3 * STEP)]).pairs == {}


@pytest.mark.parametrize(("ring", "of"), [(4, 12), (5, 30), (4, 4)])
def test_what_many_share_is_a_groups(ring: int, of: int) -> None:
    """Too many for pairs are told of together, never left out."""
    names = [chr(ord("A") + number) for number in range(of)]
    class_ = [
        network(name, 1 if name < names[ring - 1] else number)
        for number, name in enumerate(names, start=ring)
    ]
    class_[ring - 1] = network(names[ring - 1], 1)
    found = shared_tensors(class_)
    assert found.pairs == {}
    assert found.groups == {tuple(names[:ring]): len(NAMES)}


def test_three_are_pairs() -> None:
    """Few enough are told of two by two."""
    found = shared_tensors([network(name, 1) for name in "ABC"])
    assert (len(found.pairs), found.groups) == (3, {})


def test_what_is_the_bases_is_nobodys() -> None:
    """A layer left as it was given, or moved by a small step, is no pair and no group."""
    base = network("Z", 1).tensors
    for names in ("AB", "ABCDEF"):
        class_ = [network(name, 1, step=STEP / 4) for name in names]
        found = shared_tensors(class_, base)
        assert (found.pairs, found.groups) == ({}, {})
    wider = {name: tensor(np.ones(65, np.float32)) for name in base}
    assert len(shared_tensors([network("A", 1), network("B", 1)], wider).pairs) == 1


def test_one_students_hand_ins_are_no_pair() -> None:
    """Who handed in twice shares with nobody but themselves."""
    twice = [replace(network("A", 1), student=name) for name in ("A", "A~2", "A~3", "A~4")]
    reports = [writer("A", q4_1=LONG), writer("A~2", q4_1=LONG)]
    for several in (twice[:2], twice):
        found = alike(several, reports)
        assert (found.pairs, found.groups) == ((), ())


def test_other_widths_are_not_compared() -> None:
    """Tensors of another shape have no distance."""
    wide = Sketch(student="B", tensors={NAMES[0]: tensor(np.ones(65, np.float32))})
    assert shared_tensors([network("A", 1), wide]).pairs == {}


def test_nearly_equal_answers_are_found() -> None:
    """Case, spaces and a few letters do not hide them; short ones and others are no pair."""
    reports = [
        writer("A", q4_1=LONG, q4_2="No."),
        writer("B", q4_1=LONG.upper().replace(" ", "  ").replace("FAST", "QUICK"), q4_2="No."),
        writer("C", q4_1="Something altogether different, which nobody else in the class wrote."),
    ]
    found = shared_answers(reports).pairs
    assert found.keys() == {("A", "B")}
    (answer,) = found["A", "B"]
    assert answer.question == "4.1"
    assert 90 <= answer.ratio < 100


def test_what_many_wrote_is_a_groups() -> None:
    """Four of 24 with one text are told of together, and which question it was."""
    others = [writer(f"s{number}", q4_1=f"{number} " * 60) for number in range(20)]
    found = shared_answers([writer(name, q4_1=LONG) for name in "ABCD"] + others)
    assert found.pairs == {}
    assert found.groups == {tuple("ABCD"): ("4.1",)}


def test_a_chinese_answer_is_shorter_and_says_as_much() -> None:
    """39 characters are an answer; ten are not."""
    answer = "準確率在稀疏度超過八成之前下降得很慢,之後下降得非常快,最敏感的是第一層卷積。"
    assert len(answer) < SHORTEST
    found = shared_answers([writer("A", q4_1=answer), writer("B", q4_1=answer)])
    assert found.pairs.keys() == {("A", "B")}
    short = [writer(name, q4_1=answer[:10]) for name in "AB"]
    assert shared_answers(short).pairs == {}


def test_channels_are_listed_beyond_chance_only() -> None:
    """The same 100 of 200 are; two independent halves are not."""
    half = Kept(channels=frozenset(range(100)), original=200)
    other = Kept(channels=frozenset(range(50, 150)), original=200)
    sketches = [
        network("A", 1, layer=half),
        network("B", 2, layer=half),
        network("C", 3, layer=other),
    ]
    (pair,) = alike(sketches, []).pairs
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
    found = alike(sketches, reports)
    assert [pair.students for pair in found.pairs] == [("A", "B"), ("C", "D")]
    text = " ".join(to_text(table(found, {"E": "it is gone"}, 4), 200, color=False).split())
    assert "A and B tensors: 3 of 3 of the same shape are equal to the bit" in text
    assert "question 4.1: the answers are 100 % the same text" in text
    assert "3 more but for a step of at most 1.0%" in text
    assert "2 pairs and 0 groups among 4 networks." in text
    assert "1 hand-in could not be compared:" in text
    assert "E was not compared: it is gone" in text
    assert WARNING in text


def test_a_class_without_pairs_still_has_the_warning() -> None:
    """Nobody is listed, and it is still said what that means."""
    nothing = Found(pairs=(), groups=(), usual=0)
    text = to_text(table(nothing, {}, 1), 100, color=False)
    assert "0 pairs and 0 groups among 1 network." in text
    assert " ".join(WARNING.split()) in " ".join(text.split())


def chosen(student: str, seed: int, many: int, noise: float) -> Sketch:
    """`many` of 2,000 channels by one criterion, whose ranking training has shaken by `noise`."""
    scores = np.arange(2000) / 2000 + noise * np.random.default_rng(seed).normal(size=2000)
    channels = frozenset(int(each) for each in np.argsort(-scores)[:many])
    return Sketch(student=student, tensors={}, kept={"a": Kept(channels=channels, original=2000)})


@pytest.mark.parametrize("noise", [0.0, 0.02])
@pytest.mark.parametrize("step", [0, 40])
def test_a_class_that_chose_alike_lists_none(noise: float, step: int) -> None:
    """One base and one criterion: choices that are the same, or nested, or nearly, are no pair."""
    class_ = [chosen(chr(65 + number), number, 500 + step * number, noise) for number in range(20)]
    found = alike(class_, [])
    assert found.pairs == ()
    text = to_text(table(found, {}, 20), 200, color=False)
    assert ("as is usual in this class" in text) == bool(found.usual)


def test_a_copy_stands_out_of_a_class_that_chose_alike() -> None:
    """Where all agree by 95 in 100, the two that agree in every channel are listed."""
    class_ = [chosen(chr(65 + number), number, 1000, 0.03) for number in range(20)]
    class_.append(chosen("Z", 0, 1000, 0.03))
    (pair,) = alike(class_, []).pairs
    assert pair.students == ("A", "Z")
    assert pair.channels is not None
    assert pair.channels.share == 1.0
    assert pair.usual is not None
    assert 0.9 < pair.usual < 0.97


def test_many_groups_are_cut_off_and_counted() -> None:
    """Ten are shown with whom they hold; of a large one some are named."""
    groups = tuple(
        Group(students=tuple(f"s{each}" for each in range(40)), tensors=12 - number, questions=())
        for number in range(12)
    )
    text = to_text(table(Found(pairs=(), groups=groups, usual=0), {}, 40), 400, color=False)
    assert text.count("40 hand-ins share this") == 10
    assert "s29 and 10 more" in text
    assert "2 more groups share less." in text
