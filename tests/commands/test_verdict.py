import io
from pathlib import Path
from typing import Any

import pytest
import typer
from rich.console import Console

from grader.commands import verdict
from grader.commands.conditions import MeasuringOptions
from grader.commands.verdict import HandIn, checked, leave, show
from grader.types import Report, Status
from tests.places import SAMPLE
from tests.report import write_ups
from tests.report.examples import LAB, failed, passed
from tests.report.measured import NOT_MOBILENET, OUR_ERROR

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


@pytest.mark.parametrize("lab", [LAB, write_ups.LAB], ids=lambda lab: str(lab.name))
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
