"""Boards on loopback, and wires to them that can be cut."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.devices.connection import Connection
from grader.devices.pool import DeviceSpec
from grader.devices.reach import connect
from tests.devices.board import SSHD, Board, make_board
from tests.devices.proxy import Proxy


def _started(name: str, folder: Path) -> Iterator[Board]:
    if not SSHD.is_file():
        pytest.skip("no OpenSSH server is installed (Debian: apt install openssh-server)")
    board = make_board(name, folder)
    board.start()
    yield board
    board.kill()


@pytest.fixture(scope="session")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    """A board that every test may use and none may harm."""
    yield from _started("first", tmp_path_factory.mktemp("first-board"))


@pytest.fixture(scope="session")
def second_board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Board]:
    """Another such board."""
    yield from _started("second", tmp_path_factory.mktemp("second-board"))


@pytest.fixture
def own_board(tmp_path: Path) -> Iterator[Board]:
    """A board of this test's own, to be killed or changed."""
    yield from _started("own", tmp_path / "own board")


@pytest.fixture
def wire(board: Board) -> Iterator[Proxy]:
    """A wire to the first board, whose key is known at its end, too."""
    proxy = Proxy(board.port)
    board.know(proxy.port)
    yield proxy
    proxy.close()


@pytest.fixture(scope="module")
def over_ssh(board: Board) -> Iterator[Connection]:
    """One connection to the first board, for a module whose tests leave the board as it was."""
    with connect(board.spec()) as connection:
        yield connection


@pytest.fixture(params=["local", "ssh"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Connection]:
    """A connection of either kind, with a home of its own."""
    if request.param == "ssh":
        connection: Connection = request.getfixturevalue("over_ssh")
        yield connection
        return
    home = tmp_path / "home"
    home.mkdir()
    spec = DeviceSpec(name="here", environment={"HOME": str(home)})
    with connect(spec) as connection:
        yield connection


Connect = Callable[[DeviceSpec], Connection]


@pytest.fixture
def reach() -> Iterator[Connect]:
    """Connects, and closes at the test's end."""
    made: list[Connection] = []

    def start(spec: DeviceSpec) -> Connection:
        made.append(connect(spec))
        return made[-1]

    yield start
    for connection in made:
        connection.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte; skips where none may be mounted."""
    place = tmp_path / "small disk"
    place.mkdir()
    mount, unmount = shutil.which("mount"), shutil.which("umount")
    if os.getuid() or not mount or not unmount:
        pytest.skip("only root may mount a small disk")
    command = [mount, "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)]
    if subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip("no disk may be mounted in here")
    yield place
    subprocess.run([unmount, "-l", str(place)], check=True)
