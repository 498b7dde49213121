"""One pass over all images, in several processes as in one."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.evaluators import own_pass
from grader.evaluators.own_pass import HEAD_START, SHARED_FROM, program_logits, shares
from grader.inference import xnnpack
from grader.sandbox.start import Child, Isolation
from grader.sandbox.supervise import Outcome
from tests.small_networks import PREPROCESSING, sample, small, small_program, subject

IMAGES = 90


@pytest.fixture
def few_are_shared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Uses a few images instead of thousands."""
    monkeypatch.setattr(own_pass, "SHARED_FROM", IMAGES)
    monkeypatch.setattr(own_pass, "HEAD_START", 10)


@given(total=st.integers(1, 12_000), processes=st.integers(1, 16), beside=st.integers(0, 2_000))
def test_every_image_is_in_one_share(total: int, processes: int, beside: int) -> None:
    """In their order; the first share is the largest, because children start later."""
    pixels = np.arange(total, dtype=np.uint8)
    parts = shares(pixels, processes, beside)
    assert np.array_equal(np.concatenate(parts), pixels)
    first, *others = map(len, parts)
    if total < SHARED_FROM or processes == 1:
        assert others == []
    else:
        assert 1 <= len(others) < processes
        assert first >= max(others)


@pytest.mark.parametrize("beside", [0, 1_000])
def test_two_processes_end_together(beside: int) -> None:
    """The other one starts later, and its processor has other work."""
    own, other = map(len, shares(np.zeros(10_000, np.uint8), 2, beside))
    assert own == other + HEAD_START + beside


@pytest.mark.system
@pytest.mark.usefixtures("few_are_shared")
def test_shared_answers_are_those_of_one_process(tmp_path: Path) -> None:
    """Equal in every bit, and in the images' order."""
    heard: list[tuple[str, int, int]] = []
    asked = dataclasses.replace(
        subject(small(), tmp_path, images=IMAGES),
        threads=3,
        watch=lambda step, done, of: heard.append((step, done, of)),
    )
    pixels = sample().pixels[:IMAGES]
    xnnpack.use_threads(1)
    alone = xnnpack.logits(xnnpack.load(small_program()), pixels, PREPROCESSING)
    assert np.array_equal(program_logits(small_program(), pixels, asked), alone)
    assert heard[-1] == ("accuracy", IMAGES, IMAGES)
    assert len(list(tmp_path.glob("own-*.bin"))) == 2


@pytest.mark.usefixtures("few_are_shared")
@pytest.mark.parametrize(
    "ended",
    [
        Outcome(message=b"", stderr="", returncode=-9, stopped=None, seconds=1.0),
        Outcome(message=b"", stderr="", returncode=1, stopped=None, seconds=1.0),
    ],
)
def test_a_child_that_dies_costs_time_only(
    ended: Outcome, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its share is run here instead."""

    def run(child: Child, isolation: Isolation) -> Outcome:
        assert child.threads == 1
        assert isolation in Isolation
        return ended

    monkeypatch.setattr(own_pass, "run", run)
    asked = dataclasses.replace(subject(small(), tmp_path, images=IMAGES), threads=2)
    pixels = sample().pixels[:IMAGES]
    xnnpack.use_threads(1)
    alone = xnnpack.logits(xnnpack.load(small_program()), pixels, PREPROCESSING)
    assert np.array_equal(program_logits(small_program(), pixels, asked), alone)
