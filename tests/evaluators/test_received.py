"""A hand-in whose checkpoint is read while this process does something else."""

from pathlib import Path

import pytest

from grader.errors import Fault
from grader.evaluators.received import received
from grader.networks.read_checkpoint import rebuild
from grader.types import Role
from tests.fake_stages import conditions
from tests.small_networks import saved, small, zipped

pytestmark = pytest.mark.system


def test_the_message_on_the_checkpoint_comes_later(tmp_path: Path) -> None:
    """It is what `rebuild` needs, and intake's measurements are there at once."""
    given = conditions(tmp_path / "conditions")
    with received(zipped(tmp_path, saved(small())), tmp_path, given, "B1") as hand_in:
        assert hand_in.submission.id == "B1"
        assert all(each.passed for each in hand_in.intake)
        assert hand_in.message is not None
        read = rebuild(hand_in.message.result(), "mobilenet.pth", given.lab.network)
    assert read.network.blueprint == small().blueprint
    assert hand_in.submission.file(Role.CHECKPOINT) is not None


def test_a_checkpoint_that_the_reader_cannot_end_with_is_said_at_its_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is raised before the message is asked for."""
    monkeypatch.setattr("grader.sandbox.start._RUN_MODULE", "import os; os.abort()")
    with received(zipped(tmp_path, b"x"), tmp_path, conditions(tmp_path / "c")) as hand_in:
        assert hand_in.message is not None
        with pytest.raises(Fault):
            hand_in.message.result()


def test_without_a_checkpoint_nothing_is_read(tmp_path: Path) -> None:
    """Intake has said so."""
    with received(zipped(tmp_path, None), tmp_path, conditions(tmp_path / "c")) as hand_in:
        assert hand_in.message is None
        assert not all(each.passed for each in hand_in.intake)
