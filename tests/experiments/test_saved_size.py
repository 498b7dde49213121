"""The size of a file."""

from pathlib import Path

import torch

from grader.experiments.saved_size import saved_size


def test_it_is_the_size_that_the_labs_function_prints(tmp_path: Path) -> None:
    """The text of the lab saves to `temp.p`."""
    state = {"weight": torch.zeros(100, 10)}
    torch.save(state, tmp_path / "temp.p")
    assert saved_size(state) == (tmp_path / "temp.p").stat().st_size > 4_000
