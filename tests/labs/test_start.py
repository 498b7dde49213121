"""The lab file that a person starts from."""

from pathlib import Path

import pytest

from grader.labs import DEFAULT_LAB
from grader.labs.kinds import network_lab
from grader.labs.start import start


def test_it_is_valid_as_it_is(tmp_path: Path) -> None:
    """Nobody is late by it, and it measures what the lab measures that it extends."""
    path = tmp_path / "own.toml"
    path.write_text(start("own"), encoding="utf-8")
    lab, base = network_lab(str(path)), network_lab(DEFAULT_LAB)
    assert (lab.name, lab.title) == ("own", "own")
    assert lab.deadline is not None
    assert lab.deadline.due is None
    assert lab.measured_sha256 == base.measured_sha256
    assert lab.score == base.score


def test_every_name_is_filled_in() -> None:
    """Its own in the commands and paths, and no mark is left for it."""
    text = start("own")
    assert "@" not in text
    assert "grader lab check own.toml" in text
    assert '"own.ipynb"' in text


@pytest.mark.parametrize(
    "table",
    [
        '[deadline.late]\npolicy = "percent"\n',
        "[score]\nmflops_goal = 45.0\n",
        '[[questions]]\nid = "1.1"\npoints = 3.0\n',
    ],
)
def test_what_stands_there_as_a_comment_can_be_used(table: str) -> None:
    """Each table that it shows begins with these lines."""
    shown = "\n".join(
        line.removeprefix("# ").partition("  ")[0].rstrip() for line in start("own").splitlines()
    )
    assert table in f"{shown}\n"
