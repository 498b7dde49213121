import json
from pathlib import Path

import pytest
from rich.console import Console

from grader.errors import GraderError
from reference.curves import plot, plot_sensitivity, read_logs, stage_table
from reference.recipe import RECIPE

PNG = b"\x89PNG"
LINE = {
    "stage": RECIPE[0].name,
    "epoch": 1,
    "train_accuracy": 0.5,
    "held_out_accuracy": 0.6,
    "mflops": 40.0,
    "seconds": 90.0,
}


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """A folder with two lines of the first stage's log."""
    text = "".join(json.dumps({**LINE, "epoch": epoch}) + "\n" for epoch in (1, 2))
    (tmp_path / f"{RECIPE[0].name}.jsonl").write_text(text)
    return tmp_path


def test_logs_count_epochs_over_all_stages(logs: Path) -> None:
    """Lines come in the recipe's order, numbered from 1."""
    assert [line["epochs"] for line in read_logs(logs)] == [1, 2]


def test_no_log_is_said(tmp_path: Path) -> None:
    """A folder without logs is an error that says what to run."""
    with pytest.raises(GraderError, match="log"):
        read_logs(tmp_path)


def test_plots_are_pictures(logs: Path, tmp_path: Path) -> None:
    """Each plot writes a PNG."""
    plot(read_logs(logs), tmp_path / "curve.png")
    scanned = [{"weight": "a", "sparsity": 0.5, "accuracy": 0.8}]
    plot_sensitivity(scanned, tmp_path / "sensitivity.png")
    pictures = sorted(tmp_path.glob("*.png"))
    assert len(pictures) == 2
    assert all(path.read_bytes().startswith(PNG) for path in pictures)


def test_table_has_a_row_for_each_stage(logs: Path) -> None:
    """Stages that ran show their last accuracy, the others none."""
    table = stage_table(logs)
    assert table.row_count == len(RECIPE)
    console = Console(width=120, record=True, file=None, quiet=False)
    with console.capture() as captured:
        console.print(table)
    assert f"2/{RECIPE[0].epochs}" in captured.get()
    assert "60.00%" in captured.get()
