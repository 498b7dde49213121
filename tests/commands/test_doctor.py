from pathlib import Path

import pytest
from typer.testing import CliRunner

from grader.cli import app
from grader.commands import doctor
from grader.sandbox.diagnosis import Check, Diagnosis
from grader.sandbox.start import Isolation
from grader.types import Status


def machine(status: Status) -> Diagnosis:
    """A machine with one check of this status."""
    isolation = Isolation.BUBBLEWRAP if status is Status.PASSED else Isolation.PROCESS
    check = Check(area="sandbox", name="bubblewrap", status=status, found="as it is")
    return Diagnosis(isolation=isolation, checks=(check,))


@pytest.mark.parametrize(("status", "code"), [(Status.PASSED, 0), (Status.FAILED, 1)])
def test_the_exit_code_says_whether_programs_may_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, status: Status, code: int
) -> None:
    """The checks are printed in both cases, and the options reach the diagnosis."""
    asked: list[tuple[Path | None, Path]] = []

    def diagnose(data: Path | None, out: Path) -> Diagnosis:
        asked.append((data, out))
        return machine(status)

    monkeypatch.setattr(doctor, "diagnose", diagnose)
    monkeypatch.delenv("GRADER_DATA", raising=False)
    ran = CliRunner().invoke(app, ["doctor", "--out", str(tmp_path)])
    assert ran.exit_code == code, ran.output
    assert asked == [(None, tmp_path)]
    assert "bubblewrap" in ran.output
