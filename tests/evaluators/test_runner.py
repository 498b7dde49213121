import dataclasses
from pathlib import Path

import pytest

from grader.errors import Skip
from grader.evaluators.runner import measure_runner
from grader.types import HandedInFile, Role
from tests.networks import small, subject


def test_a_runner_without_a_device_is_skipped_and_never_a_zero(tmp_path: Path) -> None:
    """The reason says what is missing; where none was handed in, that."""
    made = subject(small(), tmp_path)
    with pytest.raises(Skip, match="No runner was handed in"):
        measure_runner(made)
    runner = HandedInFile(
        role=Role.RUNNER, name="xnn_executor_runner", path=tmp_path / "r", size=1, sha256="0"
    )
    files = (*made.submission.files, runner)
    with_runner = dataclasses.replace(
        made, submission=dataclasses.replace(made.submission, files=files)
    )
    with pytest.raises(Skip, match="xnn_executor_runner needs a device"):
        measure_runner(with_runner)
