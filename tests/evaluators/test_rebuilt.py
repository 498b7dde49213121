import dataclasses
from pathlib import Path

import numpy as np
import pytest

from grader.errors import Fault, HarnessError, Skip
from grader.evaluators import rebuilt
from grader.evaluators.executorch import measure_exported, measure_submitted
from grader.evaluators.latency import unpruned_program
from grader.evaluators.registry import RebuiltSubmission
from grader.inference import xnnpack
from grader.sandbox.start import Isolation
from tests.small_networks import logits_of_the_lab, sample, small, small_program, subject


def test_each_thing_is_computed_once_and_only_if_asked_for(tmp_path: Path) -> None:
    """The program is not made before it is needed, and its answers are not asked for again."""
    asked = subject(small(), tmp_path, images=8)
    assert "program" not in vars(asked)
    vars(asked)["program"] = small_program()
    assert asked.program_logits is asked.program_logits
    assert asked.decided is asked.decided


def test_the_watch_follows_the_images(tmp_path: Path) -> None:
    """It hears of the step, the images done and the images in all."""
    heard: list[tuple[str, int, int]] = []
    asked = dataclasses.replace(
        subject(small(), tmp_path, images=70),
        watch=lambda step, done, of: heard.append((step, done, of)),
    )
    vars(asked)["program"] = small_program()
    assert asked.program_logits.shape == (70, 10)
    assert heard == [("accuracy", 64, 70), ("accuracy", 70, 70)]


@pytest.mark.parametrize("threads", [2, 1])
def test_the_program_runs_on_the_subjects_threads(tmp_path: Path, threads: int) -> None:
    """Workers beside each other share the processors: each uses its own part only."""
    from executorch.extension.pybindings import portable_lib

    asked = dataclasses.replace(subject(small(), tmp_path, images=1), threads=threads)
    vars(asked)["program"] = small_program()
    assert asked.program_logits.shape == (1, 10)
    assert portable_lib._threadpool_get_thread_count() == threads


def test_without_a_program_that_runs_pytorch_still_decides(tmp_path: Path) -> None:
    """If the runtime refuses the program, PyTorch's classes are still computed."""
    asked: RebuiltSubmission = subject(small(), tmp_path, images=8)
    vars(asked)["program"] = small_program()[:1_000]
    with pytest.raises(HarnessError, match="refused"):
        assert asked.program_logits
    expected = logits_of_the_lab(small(), sample().pixels[:8]).argmax(axis=1)
    assert np.array_equal(asked.decided.classes, expected)
    assert asked.decided.decided_again == 8


def test_a_network_that_is_far_too_large_is_not_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It fails with both numbers, before any pass; one of eight times the lab's is still run."""
    asked = subject(small(), tmp_path, images=8)
    vars(asked)["program"] = small_program()
    unpruned = asked.lab.network.unpruned_mflops
    monkeypatch.setattr(rebuilt, "count", lambda _module, _example: (9e6 * unpruned, 0))
    for measure in (lambda: asked.program_logits, lambda: asked.decided):
        with pytest.raises(Fault, match="too large") as refused:
            measure()
        assert f"{9 * unpruned:,.0f}" in (refused.value.actual or "")
    monkeypatch.setattr(rebuilt, "count", lambda _module, _example: (8e6 * unpruned, 0))
    assert len(asked.decided.classes) == 8


def test_without_executorch_pytorch_decides_and_programs_are_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The classes are the lab's; the evidence says why, and each skip how to get ExecuTorch."""
    monkeypatch.setattr(xnnpack, "why_unusable", lambda: "ExecuTorch is not installed.")
    asked = dataclasses.replace(
        subject(small(), tmp_path, images=8, program=b"a program"), isolation=Isolation.BUBBLEWRAP
    )
    expected = logits_of_the_lab(small(), sample().pixels[:8]).argmax(axis=1)
    assert np.array_equal(asked.decided.classes, expected)
    assert asked.decided.all_because == "ExecuTorch is not installed."
    for measure in (measure_exported, measure_submitted):
        with pytest.raises(Skip, match="not installed") as skip:
            measure(asked)
        assert "edge-lab-grader[executorch]" in (skip.value.help or "")
    with pytest.raises(Skip, match="not installed"):
        unpruned_program(asked.lab)
