"""The behaviour of every connection, local and over SSH."""

import os
import signal
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.devices.connection import Command, Connection, DeviceFull
from grader.errors import HarnessError
from tests.devices.loopback_device import gone, running

pytestmark = pytest.mark.system

AWKWARD = ("a b", "it's", 'say "hi"', "$HOME `id` $(id)", "-n", "*", "ü\\n", "", "a\nb", "#!;|&<>")


def test_a_program_ends_with_its_own_code(either: Connection) -> None:
    """Exit code, stdout and stderr are returned separately."""
    script = "echo out; echo err >&2; exit 3"
    ended = either.run(Command(arguments=("sh", "-c", script), seconds=10))
    assert (ended.returncode, ended.output, ended.errors) == (3, b"out\n", b"err\n")
    assert ended.stopped is None
    assert ended.seconds > 0


def test_a_killed_program_ends_as_the_shell_says(either: Connection) -> None:
    """A signal gives 128 plus its number."""
    ended = either.run(Command(arguments=("sh", "-c", "kill -SEGV $$"), seconds=10))
    assert ended.returncode == 128 + 11


def test_a_program_that_is_not_there(either: Connection) -> None:
    """The exit code is that of the shell, and nothing is raised."""
    assert either.run(Command(arguments=("/no such program",), seconds=10)).returncode == 127


def test_a_folder_that_is_not_there(either: Connection) -> None:
    """The program does not start in another folder."""
    command = Command(arguments=("pwd",), seconds=10, folder=PurePosixPath("/no such folder"))
    ended = either.run(command)
    assert (ended.returncode, ended.output) == (125, b"")


def test_arguments_arrive_as_they_are(either: Connection) -> None:
    """Spaces, quotes, line ends and all characters that are special for a shell."""
    ended = either.run(Command(arguments=("printf", "<%s>", *AWKWARD), seconds=10))
    assert ended.output.decode() == "".join(f"<{each}>" for each in AWKWARD)


@settings(
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0")), max_size=4))
def test_any_arguments_arrive_as_they_are(over_ssh: Connection, texts: list[str]) -> None:
    """The remote shell does not change any argument."""
    ended = over_ssh.run(Command(arguments=("printf", "%s\\0", *texts, "end"), seconds=10))
    assert ended.output.decode().split("\0") == [*texts, "end", ""]


def test_a_program_runs_in_its_folder(either: Connection, tmp_path: Path) -> None:
    """A folder with spaces and quotes is entered as it is."""
    folder = tmp_path / "it's a 'folder' $HOME"
    folder.mkdir()
    command = Command(arguments=("pwd",), seconds=10, folder=PurePosixPath(folder))
    assert either.run(command).output.decode() == f"{folder}\n"


def test_lines_are_told_as_they_come(either: Connection) -> None:
    """Each complete line is passed on in order, without the line end; the unfinished one is not."""
    told: list[str] = []
    command = Command(
        arguments=("printf", "one\\ntwo\\r\\n\\nlast"), seconds=10, on_line=told.append
    )
    ended = either.run(command)
    assert told == ["one", "two", ""]
    assert ended.output == b"one\ntwo\r\n\nlast"


def test_a_program_that_never_ends_is_stopped(either: Connection) -> None:
    """It stops after its time limit; its output is kept, and no process remains."""
    script = "sleep 62.01 & echo begun; exec sleep 62.01"
    ended = either.run(Command(arguments=("sh", "-c", script), seconds=0.5))
    assert (ended.returncode, ended.stopped, ended.output) == (None, "time", b"begun\n")
    assert gone("62.01")


@pytest.mark.parametrize("stream", ["1", "2"])
def test_a_program_that_prints_without_end_is_stopped(either: Connection, stream: str) -> None:
    """Output up to the limit is kept."""
    script = f"exec yes 62.02 >&{stream}"
    command = Command(arguments=("sh", "-c", script), seconds=30, output_bytes=100_000)
    ended = either.run(command)
    assert (ended.returncode, ended.stopped) == (None, "output")
    kept = ended.output if stream == "1" else ended.errors
    assert kept == (b"62.02\n" * 100_000)[:100_000]
    assert gone("62.02")


def test_output_of_exactly_the_limit_is_no_fault(either: Connection) -> None:
    """Only what is above the limit stops a program."""
    ended = either.run(Command(arguments=("printf", "12345"), seconds=10, output_bytes=5))
    assert (ended.returncode, ended.stopped, ended.output) == (0, None, b"12345")


def test_what_a_program_leaves_behind_is_killed(either: Connection) -> None:
    """A program in the background ends with the one that started it."""
    script = "sleep 62.03 >/dev/null 2>&1 & echo started"
    assert either.run(Command(arguments=("sh", "-c", script), seconds=10)).returncode == 0
    assert gone("62.03")


def test_what_holds_the_output_open_keeps_nobody_waiting(either: Connection) -> None:
    """A child in its own session keeps stdout open; the end of the program counts."""
    script = "setsid sleep 62.05 & sleep 0.5; echo done; exit 3"
    ended = either.run(Command(arguments=("sh", "-c", script), seconds=60))
    for pid in running("62.05"):
        os.kill(pid, signal.SIGKILL)
    assert (ended.returncode, ended.stopped, ended.output) == (3, None, b"done\n")


def test_a_program_has_no_input(either: Connection) -> None:
    """Stdin is empty."""
    ended = either.run(Command(arguments=("cat",), seconds=10))
    assert (ended.returncode, ended.output) == (0, b"")


@pytest.mark.parametrize(("executable", "mode"), [(False, 0o600), (True, 0o700)])
def test_a_file_arrives_whole(
    either: Connection, tmp_path: Path, executable: bool, mode: int
) -> None:
    """Byte by byte, with its mode, under a name with spaces and quotes, and over an older one."""
    source = tmp_path / "source"
    source.write_bytes(os.urandom(300_001))
    target = tmp_path / 'it\'s "the" file'
    target.write_bytes(b"older")
    either.put(source, PurePosixPath(target), executable=executable)
    assert target.read_bytes() == source.read_bytes()
    assert stat.S_IMODE(target.stat().st_mode) == mode
    assert {each.name for each in tmp_path.iterdir()} >= {source.name, target.name}
    assert not list(tmp_path.glob(".*.part"))


def test_a_file_for_no_folder_is_refused(either: Connection, tmp_path: Path) -> None:
    """A missing folder is an error that names the device."""
    source = tmp_path / "source"
    source.write_bytes(b"bytes")
    with pytest.raises(HarnessError, match=either.spec.name):
        either.put(source, PurePosixPath(tmp_path / "none" / "file"))


def test_a_full_disk_is_named(either: Connection, small_disk: Path, tmp_path: Path) -> None:
    """A file that finds no room is refused with the device's name, and no part of it stays."""
    source = tmp_path / "source"
    source.write_bytes(bytes(2 << 20))
    with pytest.raises(DeviceFull, match=either.spec.name):
        either.put(source, PurePosixPath(small_disk / "file"))
    assert list(small_disk.iterdir()) == []


@pytest.fixture
def held(either: Connection) -> Iterator[Connection]:
    """A connection on which a companion program runs."""
    beside = either.start_companion(("sh", "-c", "echo 'at hand'; cat; exec sleep 0"), 10)
    assert beside.first_line == "at hand"
    yield either
    beside.close()


def test_a_held_program_runs_beside_others(held: Connection) -> None:
    """Other programs are run meanwhile."""
    assert held.run(Command(arguments=("echo", "hi"), seconds=10)).output == b"hi\n"


def test_a_held_program_that_says_nothing(either: Connection) -> None:
    """A companion that ends or stays silent before its first line is an error."""
    with pytest.raises(HarnessError, match="start"):
        either.start_companion(("true",), 10)
    with pytest.raises(HarnessError, match="start"):
        either.start_companion(("sh", "-c", "cat; : 62.04"), 0.2)
    assert not running("62.04")
