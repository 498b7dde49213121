"""Loopback devices, and proxies to them that can break the connection."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from grader.devices.connection import Connection
from grader.devices.pool import DeviceSpec
from grader.devices.reach import connect
from tests.devices.loopback_device import SSHD, LoopbackDevice, make_loopback_device
from tests.devices.proxy import Proxy


def _started(name: str, folder: Path) -> Iterator[LoopbackDevice]:
    if not SSHD.is_file():
        pytest.skip("no OpenSSH server is installed (Debian: apt install openssh-server)")
    ssh_device = make_loopback_device(name, folder)
    ssh_device.start()
    yield ssh_device
    ssh_device.kill()


@pytest.fixture(scope="session")
def ssh_device(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoopbackDevice]:
    """A device that all tests share and must not change."""
    yield from _started("first", tmp_path_factory.mktemp("first-device"))


@pytest.fixture(scope="session")
def second_ssh_device(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoopbackDevice]:
    """A second shared device."""
    yield from _started("second", tmp_path_factory.mktemp("second-device"))


@pytest.fixture
def own_ssh_device(tmp_path: Path) -> Iterator[LoopbackDevice]:
    """A device for one test, which may kill or change it."""
    yield from _started("own", tmp_path / "own device")


@pytest.fixture
def wire(ssh_device: LoopbackDevice) -> Iterator[Proxy]:
    """A proxy to the first device; its port is in known_hosts, too."""
    proxy = Proxy(ssh_device.port)
    ssh_device.know(proxy.port)
    yield proxy
    proxy.close()


@pytest.fixture(scope="module")
def over_ssh(ssh_device: LoopbackDevice) -> Iterator[Connection]:
    """One connection to the first device, for a module whose tests do not change the device."""
    with connect(ssh_device.spec()) as connection:
        yield connection


@pytest.fixture(params=["local", "ssh"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Connection]:
    """A connection of either kind, with its own home folder."""
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
    """Return a function that connects; the connections are closed after the test."""
    made: list[Connection] = []

    def start(spec: DeviceSpec) -> Connection:
        made.append(connect(spec))
        return made[-1]

    yield start
    for connection in made:
        connection.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte; skips if it cannot be mounted."""
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
