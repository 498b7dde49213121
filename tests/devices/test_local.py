import errno
import shutil
import stat
from pathlib import Path, PurePosixPath

import pytest

from grader.devices.connection import Command, DeviceFull
from grader.devices.local import LocalConnection
from grader.devices.pool import DeviceSpec
from grader.errors import HarnessError

SPEC = DeviceSpec(name="here")


def test_a_program_runs_and_says_how_it_ended() -> None:
    """Its exit code and both its outputs."""
    command = Command(arguments=("sh", "-c", "echo out; echo err >&2; exit 3"), seconds=20)
    with LocalConnection(SPEC) as here:
        ended = here.run(command)
    assert (ended.returncode, ended.stopped) == (3, None)
    assert (ended.output, ended.errors) == (b"out\n", b"err\n")


@pytest.mark.parametrize(("executable", "mode"), [(False, 0o600), (True, 0o700)])
def test_a_file_is_put_whole(tmp_path: Path, executable: bool, mode: int) -> None:
    """For its owner only; the name of the part that was being written is gone."""
    (tmp_path / "program").write_bytes(b"content")
    target = tmp_path / "there" / "program"
    target.parent.mkdir()
    LocalConnection(SPEC).put(tmp_path / "program", PurePosixPath(target), executable=executable)
    assert target.read_bytes() == b"content"
    assert stat.S_IMODE(target.stat().st_mode) == mode
    assert list(target.parent.iterdir()) == [target]


def test_a_file_that_cannot_be_put_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No room is told apart from every other trouble."""
    (tmp_path / "program").write_bytes(b"content")
    here, target = LocalConnection(SPEC), PurePosixPath(tmp_path / "there" / "program")
    with pytest.raises(HarnessError, match="cannot store"):
        here.put(tmp_path / "program", target)
    (tmp_path / "there").mkdir()

    def no_room(_: Path, to: Path) -> None:
        to.write_bytes(b"con")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", no_room)
    with pytest.raises(DeviceFull, match="disk space"):
        here.put(tmp_path / "program", target)
    assert not list((tmp_path / "there").iterdir())
