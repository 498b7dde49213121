"""`grader experiment compare`."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from grader.cli import app
from grader.commands.experiment_compare import compare_write_up
from grader.errors import GraderError
from tests.commands.test_experiment import results
from tests.experiments.tables_read import LAB
from tests.experiments.tiny import lab_experiment
from tests.writeup.pdfs import pdf, text
from tests.writeup.table_pdf import drawn_table

SPEC = lab_experiment()
TABLE = (
    ("Q", "dtype", "Size (MB)", "Accuracy", "Latency B1", "B64"),
    ("--", "float32", "5.885", "0.9812", "2.41 ms", "21.3 ms"),
    ("D", "float16", "2.942", "0.9812", "2.40 ms", "21.2 ms"),
    ("D", "qint8", "1.481", "0.9812", "1.12 ms", "14.9 ms"),
    ("S", "qint8", "1.483", "0.9812", "0.88 ms", "9.7 ms"),
)


def write(folder: Path, *sentences: str) -> Path:
    """A write-up with the quantization table, and sentences on its second page."""
    path = folder / "report.pdf"
    path.write_bytes(pdf(drawn_table(TABLE), text(*sentences or ("We used a board.",))))
    return path


@pytest.mark.system
def test_a_write_up_is_beside_the_results_of_a_run(tmp_path: Path) -> None:
    """All on standard output, no line longer than 80 characters."""
    path, out = write(tmp_path), results(tmp_path / "out")
    ran = CliRunner().invoke(
        app,
        ["experiment", "compare", str(path), "--results", str(out)],
        env={"COLUMNS": "80"},
    )
    assert ran.exit_code == 0, ran.output
    for word in ("equal", "contradicts", ".half()", "measured", "1.481", "was not found"):
        assert word in ran.output
    table = ran.output.partition("Measured:")[0]
    assert max(map(len, table.splitlines())) <= 80


@pytest.mark.system
def test_the_comparison_can_be_markdown(tmp_path: Path) -> None:
    """A table with a heading."""
    ran = CliRunner().invoke(
        app,
        ["experiment", "compare", str(write(tmp_path)), "--lab", "on-device-2023", "--markdown"],
    )
    assert ran.exit_code == 0, ran.output
    assert "| float32 | size (MB) | 5.885 | 5.885 | +0.000 | equal |" in ran.output


@pytest.mark.system
def test_a_declared_change_changes_what_is_expected(tmp_path: Path) -> None:
    """The size of the lab's own network contradicts it, and its accuracies are not compared."""
    path = write(tmp_path, "We used a hidden size of 512.")
    found = compare_write_up(path, LAB, SPEC, results(tmp_path / "out"))
    rows = {(row[0], row[1]): row for row in found.tables[0].rows}
    assert rows["float32", "size (MB)"][3:] == ("1.895", "+3.990", "contradicts")
    assert rows["float32", "accuracy"][-1] == "no reference"
    assert any("We used a hidden size of 512." in note for note in found.notes)


def test_without_bands_this_is_said_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exact values are compared all the same."""
    monkeypatch.setattr("grader.commands.experiment_compare.bands_for", lambda _spec: None)
    found = compare_write_up(write(tmp_path), LAB, SPEC, None)
    assert found.tables[0].rows[0][-1] == "equal"
    assert sum("No bands" in note for note in found.notes) == 1


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """A missing one, one that is no PDF, a lab without tables of write-ups."""
    other = tmp_path / "other.pdf"
    other.write_bytes(b"not a PDF")
    for arguments in (
        [str(tmp_path / "missing.pdf")],
        [str(other)],
        [str(other), "--lab", "prune-mobilenet-2024"],
        [str(write(tmp_path)), "--results", str(tmp_path)],
    ):
        ran = CliRunner().invoke(app, ["experiment", "compare", *arguments])
        assert isinstance(ran.exception, GraderError)
        assert ran.exception.help
