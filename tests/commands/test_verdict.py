import io
from pathlib import Path
from typing import Any

import pytest
import typer
from rich.console import Console

from grader.commands import verdict
from grader.commands.conditions import MeasuringOptions
from grader.commands.verdict import HandIn, checked, leave, show
from grader.labs.spec import LabSpec
from grader.report.terminal.acceptance import LINES, CheckScreen
from grader.report.terminal.class_table import to_text
from grader.types import Report, Status
from tests.places import SAMPLE
from tests.report.examples import LAB, failed, passed
from tests.report.measured import NOT_MOBILENET, OUR_ERROR
from tests.report.write_ups import LAB as WRITE_UP_LAB

GOOD = passed("B1", 44.0, 9300, 0.4)


@pytest.mark.parametrize(
    ("report", "code"),
    [(GOOD, 0), (failed("B1", NOT_MOBILENET), 1), (failed("B1", OUR_ERROR), 3)],
)
def test_the_exit_code_is_the_verdict(report: Report, code: int) -> None:
    """Accepted, not accepted, or a fault of the grader."""
    with pytest.raises(typer.Exit) as left:
        leave(report)
    assert left.value.exit_code == code


@pytest.mark.parametrize(("hint", "is_detailed"), [(None, True), ("See more.", False)])
def test_the_details_are_above_the_verdict(
    monkeypatch: pytest.MonkeyPatch, hint: str | None, is_detailed: bool
) -> None:
    """Or the hint how to see them is below it."""
    written = io.StringIO()
    monkeypatch.setattr(verdict, "screen", Console(file=written, width=100))
    show(GOOD, LAB, "grader check B1.zip", hint)
    text = written.getvalue()
    assert "would be accepted" in text
    assert ("structure.lineage" in text) is is_detailed
    assert ("See more." in text) is not is_detailed


def test_the_command_to_run_again_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that it can be copied; a terminal continues it below."""
    written = io.StringIO()
    monkeypatch.setattr(verdict, "screen", Console(file=written, width=60))
    again = f"grader check {'folder/' * 20}B1.zip --quick"
    show(failed("B1", NOT_MOBILENET), LAB, again, "See more.")
    lines = written.getvalue().splitlines()
    assert f"  {again}" in lines
    assert sum(max(1, -(-len(line) // 60)) for line in lines) <= LINES


@pytest.mark.parametrize("lab", [LAB, WRITE_UP_LAB], ids=lambda lab: str(lab.name))
def test_a_bad_file_has_a_report(tmp_path: Path, lab: Any) -> None:
    """In both kinds of lab."""
    path = tmp_path / "B1.zip"
    path.write_bytes(b"Rar!\x1a\x07\x00")
    options = MeasuringOptions(data=SAMPLE if lab is LAB else None)
    report = checked(HandIn(path=path, student="B7", lab=lab), options)
    assert report.submission.id == "B7"
    archive = report.measurement("intake.archive")
    assert archive is not None
    assert archive.status is Status.FAILED


def screen_of(path: Path, lab: LabSpec, options: MeasuringOptions) -> str:
    """What a student sees, at 80 columns."""
    report = checked(HandIn(path=path, student=None, lab=lab), options)
    screen = CheckScreen(report=report, lab=lab, again="grader check X", hint="More.")
    return to_text(screen, 80, color=False)


@pytest.mark.system
@pytest.mark.slow
@pytest.mark.parametrize("folder", ["write-ups", "mutants", "hostile"])
def test_real_write_ups_have_a_verdict(write_ups: Path, folder: str) -> None:
    """One line says if it is accepted, whatever the PDF is; all fits a terminal."""
    paths = sorted((write_ups / folder).glob("*.pdf"))
    assert paths
    for path in paths:
        text = screen_of(path, WRITE_UP_LAB, MeasuringOptions())
        said = [line for line in text.splitlines() if path.name in line and "accepted" in line]
        assert len(said) == 1, path.name
        assert ("NOT" in said[0]) is (said[0][0] == "✗")
        assert ("thing" in said[0]) is ("NOT" in said[0])
        assert len(text.splitlines()) <= LINES


@pytest.mark.system
@pytest.mark.parametrize(
    ("case", "things"),
    [
        ("attacks/svgbomb.zip", "1 thing to fix"),
        ("attacks/workflow-command.zip", "1 thing to fix"),
        ("checkpoints/dynamic_quantized.pth", "1 thing to fix"),
        ("notebooks/q4-unanswered-other-words.ipynb", "1 thing to fix"),
    ],
)
def test_real_hand_ins_that_lack_something_are_told(cases: Path, case: str, things: str) -> None:
    """How many things to fix, in the space of a terminal."""
    text = screen_of(cases / case, LAB, MeasuringOptions(quick=True))
    assert things in text
    assert len(text.splitlines()) <= LINES
