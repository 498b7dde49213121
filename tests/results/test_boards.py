"""The course's boards beside the answers of write-ups."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from grader.cli import app
from grader.results.boards import Board, beside, keep_boards, kept_boards
from grader.results.folder import BOARDS
from tests.writeup.pdfs import pdf, text
from tests.writeup.the_tables import LAB

PI = Board(name="pi4", model="Raspberry Pi 4 Model B Rev 1.4", os="Ubuntu 22.04.3 LTS")


def test_boards_come_back_from_the_disk(tmp_path: Path) -> None:
    """A folder without them has none."""
    assert kept_boards(tmp_path) == ()
    keep_boards((PI, Board(name="jetson")), tmp_path)
    assert kept_boards(tmp_path) == (PI, Board(name="jetson"))


@pytest.mark.parametrize("content", ["", "{}", "[3]", '[{"name": "a", "model": 3}]', "[{}]"])
def test_a_file_of_another_program_has_no_boards(content: str, tmp_path: Path) -> None:
    """It is not an error of the class."""
    (tmp_path / BOARDS).write_text(content)
    assert kept_boards(tmp_path) == ()


def test_each_board_says_its_value() -> None:
    """Only to the answers that ask for it, and only if the board knows it."""
    device, system, plot = LAB.answers[:3]
    boards = (PI, Board(name="jetson", os="L4T 32.7"))
    assert beside(device, boards) == ("pi4: Raspberry Pi 4 Model B Rev 1.4",)
    assert beside(system, boards) == ("pi4: Ubuntu 22.04.3 LTS", "jetson: L4T 32.7")
    assert beside(plot, boards) == ()


@pytest.mark.system
def test_grade_asks_the_boards_of_the_course(tmp_path: Path) -> None:
    """With `--device`; nothing of a write-up runs there."""
    (tmp_path / "B1.pdf").write_bytes(pdf(text("We use a Raspberry Pi 4.")))
    out = tmp_path / "out"
    given = [str(tmp_path / "B1.pdf"), "--lab", "on-device-2022", "--device", "local"]
    ran = CliRunner().invoke(app, ["grade", *given, "--out", str(out)])
    assert ran.exit_code == 0, ran.output
    (board,) = kept_boards(out)
    assert board.os
    assert board.torch
    assert json.loads((out / BOARDS).read_text())[0]["name"] == board.name
