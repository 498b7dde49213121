import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from reference.commands import app


def test_help_lists_the_verbs() -> None:
    """The help names every verb."""
    result = CliRunner().invoke(app, ["--help"])
    assert result.exit_code == 0
    for verb in ("data", "train", "stage", "prune", "export", "plot", "sensitivity"):
        assert verb in result.output


@pytest.mark.system
def test_missing_data_is_one_line_and_its_help(tmp_path: Path) -> None:
    """Without the training images `train` exits with 2, names the file, shows no traceback."""
    command = [sys.executable, "-m", "reference", "train", "--data", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr.startswith(f"error: {tmp_path}")
    assert "Traceback" not in done.stderr
