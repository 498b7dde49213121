"""How the reader may end, and whose fault it is."""

from pathlib import Path

import pytest

from grader.errors import Fault, HarnessError
from tests.networks.checkpoints import NAME, module_of, saved, uneven
from tests.networks.examined import examined


@pytest.mark.system
def test_reader_that_is_stopped_is_a_fault_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reason says why the reader stopped."""
    path = saved(module_of(uneven()), tmp_path)
    for code, story in (
        ("import os; os.abort()", r"the reader crashed \(SIGABRT\)"),
        ("print('x' * (300 << 20))", "the reader answered with more than"),
    ):
        monkeypatch.setattr("grader.sandbox.start._RUN_MODULE", code)
        with pytest.raises(Fault, match=rf"Reading model/{NAME} stopped: {story}"):
            examined(path)


@pytest.mark.system
@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("import os; os.kill(os.getpid(), 9)", "interrupted"),
        ("raise LookupError('ours')", "ended with exit code 1: LookupError: ours"),
        ("print('no safetensors')", "malformed"),
        ("pass", "malformed"),
    ],
)
def test_reader_that_fails_is_a_fault_of_ours(
    code: str, error: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error of the reader itself is a HarnessError."""
    path = saved({}, tmp_path)
    monkeypatch.setattr("grader.sandbox.start._RUN_MODULE", code)
    with pytest.raises(HarnessError, match=error):
        examined(path)
