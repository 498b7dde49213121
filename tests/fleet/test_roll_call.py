"""Which boards a class is graded with, as `grader grade --device` finds them."""

import pytest

from grader.commands import grade as grading
from grader.errors import GraderError
from grader.fleet.roll_call import roll_call
from tests.devices.board import Board
from tests.fleet.test_fleet import AWAY, HERE

pytestmark = pytest.mark.system


def test_who_answers_is_told_before_anything_is_measured(board: Board) -> None:
    """Who may do so later, and who never will as things are."""
    stranger = board.spec(name="stranger", known_hosts=board.folder / "none")
    told = roll_call((HERE[0], AWAY, stranger))
    assert told.there == HERE[:1]
    assert [device for device, _ in told.away] == [AWAY]
    assert "stranger" in str(told.refused[0])


def test_boards_that_are_away_stop_no_class(capsys: pytest.CaptureFixture[str]) -> None:
    """All else is graded meanwhile, and what is waited for is said."""
    found = grading._boards([AWAY.address], None)
    assert [device.address for device in found.devices] == [AWAY.address]
    said = " ".join(capsys.readouterr().err.split())
    assert "127.0.0.1-9" in said
    assert "5 minutes" in said


def test_no_board_that_lets_us_in_is_for_the_user_to_mend(
    board: Board, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Its key is not trusted: said at once, before hours of measuring."""
    monkeypatch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
    with pytest.raises(GraderError, match=board.fingerprint):
        grading._boards([board.spec().address], None)
