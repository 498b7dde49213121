import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from grader.errors import HarnessError
from grader.evaluators import Subject
from grader.structure.rebuild import Network
from tests.networks import logits_of_the_lab, narrow, sample, small, small_program, subject


class Branching(nn.Module):
    """A network that no exporter can follow: its way depends on the image."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Ten logits for each image."""
        return images[:, 0, 1, :10] if images.sum() > 0 else images[:, 1, 1, :10]


def test_each_thing_is_computed_once_and_only_if_asked_for(tmp_path: Path) -> None:
    """The program is not exported before it is needed, and its answers are not asked for again."""
    asked = subject(small(), tmp_path, images=8)
    assert "program" not in vars(asked)
    vars(asked)["program"] = small_program()
    assert asked.program_logits is asked.program_logits
    assert asked.decided is asked.decided


def test_the_watch_follows_the_export_and_the_images(tmp_path: Path) -> None:
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


def test_without_a_program_pytorch_still_decides(tmp_path: Path) -> None:
    """A network that cannot be exported has no program, and PyTorch's classes all the same."""
    branching = Network(blueprint=narrow(1), module=Branching())
    asked: Subject = subject(branching, tmp_path, images=8)
    with pytest.raises(HarnessError, match="could not be exported"):
        assert asked.program
    expected = logits_of_the_lab(branching, sample().pixels[:8]).argmax(axis=1)
    assert np.array_equal(asked.decided.classes, expected)
    assert asked.decided.decided_again == 8
