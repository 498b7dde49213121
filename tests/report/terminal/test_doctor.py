"""The doctor's findings on a terminal."""

import pytest
from rich.cells import cell_len

from grader.report.terminal.doctor import render
from grader.sandbox.diagnosis import ISOLATION, LIMITS, Check, Diagnosis
from grader.sandbox.start import Isolation
from grader.types import Status

HELP = "Start the grader where there are control groups, or as root, and look whether they hold."
FOUND = Diagnosis(
    isolation=Isolation.BUBBLEWRAP,
    checks=(
        Check(area=ISOLATION, name="network", status=Status.PASSED, found="out of reach"),
        Check(area=LIMITS, name="memory", status=Status.FAILED, found="not limited", help=HELP),
        Check(area=LIMITS, name="clock", status=Status.SKIPPED, found="\x1b[2Jwrong", help="Set."),
    ),
)


@pytest.mark.parametrize("width", [60, 80, 120])
def test_findings_fit_the_terminal(width: int) -> None:
    """No line is longer than the terminal, and no word of the help is cut."""
    text = render(FOUND, width)
    assert max(map(cell_len, text.splitlines())) <= width
    assert all(word in text.split() for word in HELP.split())


@pytest.mark.parametrize("line", ["✓  network  out of reach", "✗  memory   not limited"])
def test_a_mark_says_what_is_missing(line: str) -> None:
    """It can be told without colour."""
    assert line in render(FOUND).splitlines()


def test_areas_are_headed_and_the_meaning_comes_last() -> None:
    """Each area's name stands above its checks, once; the last line says what it comes to."""
    lines = render(FOUND).splitlines()
    assert [line for line in lines if line in {ISOLATION, LIMITS}] == [ISOLATION, LIMITS]
    assert " ".join(lines).endswith(FOUND.meaning)


def test_found_text_is_inert() -> None:
    """What a system answers cannot drive the terminal."""
    assert "\x1b" not in render(FOUND)
    assert "\x1b[31m✗" in render(FOUND, color=True)
