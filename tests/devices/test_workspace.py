"""A hand-in's folder on a device: what is in it, and that nothing of it stays."""

import hashlib
import os
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from grader.devices.connection import Command, Connection, ConnectionLost, DeviceFull
from grader.devices.limited import DeviceLimits, run_limited
from grader.devices.workspace import Tree, open_workspace
from grader.errors import HarnessError
from tests.devices.fixtures import Connect
from tests.devices.loopback_device import LoopbackDevice, emptied, gone, running
from tests.devices.proxy import Proxy

pytestmark = pytest.mark.system

LIMITS = DeviceLimits(seconds=60, cpu_seconds=60)
CACHE = Path(".cache", "edge-lab-grader")


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """The lab's tree, with names that a shell would take apart."""
    pool_files: dict[str, Path] = {}
    for name in ("model/mobilenet.pte", "xnn_executor_runner", 'it\'s a "name" $HOME'):
        pool_files[name] = tmp_path / str(len(pool_files))
        pool_files[name].write_bytes(name.encode())
    data = tmp_path / "test_batch.bin"
    data.write_bytes(os.urandom(200_000))
    return Tree(
        files=pool_files,
        executables=frozenset({"xnn_executor_runner"}),
        data=data,
        data_sha256=hashlib.sha256(data.read_bytes()).hexdigest(),
        data_path="data/test_batch.bin",
    )


def cache_of(connection: Connection) -> Path:
    """Where the device keeps what is ours; a loopback device's is in our own sight."""
    ended = connection.run(Command(arguments=("sh", "-c", "echo $HOME"), seconds=10))
    return Path(ended.output.decode().strip()) / CACHE


def test_exactly_the_labs_tree(either: Connection, tree: Tree) -> None:
    """Every file under its name and with its mode, the test set too, and nothing else."""
    with open_workspace(either, tree) as folder:
        place = Path(folder)
        found = {str(each.relative_to(place)) for each in place.rglob("*") if each.is_file()}
        assert found == {*tree.files, tree.data_path}
        for name, local in tree.files.items():
            mode = 0o700 if name in tree.executables else 0o600
            assert (place / name).read_bytes() == local.read_bytes()
            assert stat.S_IMODE((place / name).stat().st_mode) == mode
        assert (place / tree.data_path).read_bytes() == tree.data.read_bytes()
        assert stat.S_IMODE(place.stat().st_mode) == 0o700
    assert list((cache_of(either) / "hand-ins").iterdir()) == []


def test_the_test_set_is_brought_once(either: Connection, tree: Tree) -> None:
    """The second hand-in gets a link to the first's, though the file here is gone."""
    with open_workspace(either, tree):
        pass
    kept = cache_of(either) / "data" / tree.data_sha256
    before = kept.stat().st_ino
    with open_workspace(either, replace(tree, data=Path("gone"))) as folder:
        assert (Path(folder) / tree.data_path).stat().st_ino == before


def test_a_test_set_that_was_changed_there_is_brought_again(either: Connection, tree: Tree) -> None:
    """A hand-in that writes to the linked test set spoils its own run only."""
    with open_workspace(either, tree) as folder:
        linked = Path(folder) / tree.data_path
        linked.chmod(0o600)
        linked.write_bytes(b"all planes")
    with open_workspace(either, tree) as folder:
        assert (Path(folder) / tree.data_path).read_bytes() == tree.data.read_bytes()


def test_a_test_set_that_is_not_what_it_should_be(either: Connection, tree: Tree) -> None:
    """A wrong hash is an error of ours that names the device, and nothing is kept."""
    wrong = replace(tree, data_sha256="0" * 64)
    with (
        pytest.raises(HarnessError, match=f"{either.spec.name} .*test set"),
        open_workspace(either, wrong),
    ):
        raise AssertionError("never entered")
    assert not (cache_of(either) / "data" / wrong.data_sha256).exists()
    assert list((cache_of(either) / "hand-ins").iterdir()) == []


def test_what_the_hand_in_started_ends_with_it(either: Connection, tree: Tree) -> None:
    """A daemon with a session of its own is killed, and a folder without permissions removed."""
    script = "setsid sleep 63.01 >/dev/null 2>&1 & mkdir -p a/b; chmod 0 a/b a; echo started"
    with open_workspace(either, tree) as folder:
        done = run_limited(either, folder, ("sh", "-c", script), LIMITS)
        assert done.ended.output == b"started\n"
    assert gone("63.01", seconds=0)
    assert list((cache_of(either) / "hand-ins").iterdir()) == []


def test_an_exception_in_between_removes_it_too(either: Connection, tree: Tree) -> None:
    """Whatever happens here, nothing stays there."""
    with pytest.raises(ZeroDivisionError), open_workspace(either, tree):
        raise ZeroDivisionError
    assert list((cache_of(either) / "hand-ins").iterdir()) == []


def begin(connection: Connection, tree: Tree, then: Callable[[], None], word: str) -> None:
    """Run a program that only `then` ends, over a connection that it breaks."""
    script = f"setsid sleep {word} >/dev/null 2>&1 & echo begun; exec sleep {word}"
    with open_workspace(connection, tree) as folder:
        run_limited(connection, folder, ("sh", "-c", script), LIMITS, lambda _: then())


def test_a_connection_that_drops(
    ssh_device: LoopbackDevice, wire: Proxy, reach: Connect, tree: Tree
) -> None:
    """The folder and every process are gone from the device, though nobody can tell it so."""
    connection = reach(ssh_device.spec(port=wire.port))
    with pytest.raises(ConnectionLost):
        begin(connection, tree, wire.drop, "63.02")
    assert gone("63.02")
    assert emptied(ssh_device.home / CACHE / "hand-ins")


def test_a_connection_that_stalls(
    ssh_device: LoopbackDevice, wire: Proxy, reach: Connect, tree: Tree
) -> None:
    """It is lost here at once; the device cleans up as soon as it notices."""
    connection = reach(ssh_device.spec(port=wire.port, stall_seconds=2))
    with pytest.raises(ConnectionLost):
        begin(connection, tree, wire.stall, "63.03")
    wire.drop()
    assert gone("63.03")
    assert emptied(ssh_device.home / CACHE / "hand-ins")


def test_what_was_lost_goes_before_the_next_hand_in(
    ssh_device: LoopbackDevice, wire: Proxy, reach: Connect, tree: Tree
) -> None:
    """A device that does not know yet that a connection stalled spoils nobody's timings."""
    stalled = reach(ssh_device.spec(port=wire.port, stall_seconds=2))
    with pytest.raises(ConnectionLost):
        begin(stalled, tree, wire.stall, "63.04")
    assert running("63.04")
    with open_workspace(reach(ssh_device.spec()), tree) as folder:
        assert gone("63.04", seconds=1)
        assert Path(folder, "xnn_executor_runner").is_file()
        hand_ins = ssh_device.home / CACHE / "hand-ins"
        assert {each.name for each in hand_ins.iterdir()} == {folder.name, f"{folder.name}.keeper"}


def test_a_connection_that_drops_in_the_middle_of_a_file(
    ssh_device: LoopbackDevice, wire: Proxy, reach: Connect, tree: Tree, tmp_path: Path
) -> None:
    """What came of it is removed, from the folder and from the cache."""
    large = tmp_path / "large"
    large.write_bytes(os.urandom(2 << 20))
    connection = reach(ssh_device.spec(port=wire.port))
    wire.after(1 << 20, stall=False)
    with (
        pytest.raises(ConnectionLost),
        open_workspace(connection, replace(tree, files={"large": large})),
    ):
        raise AssertionError("never entered")
    assert emptied(ssh_device.home / CACHE / "hand-ins")
    assert not list((ssh_device.home / CACHE / "data").glob("*.part"))


def test_what_a_switched_off_device_left_goes_first(
    own_ssh_device: LoopbackDevice, reach: Connect, tree: Tree
) -> None:
    """A folder whose keeper is no more is removed when the next hand-in comes."""
    hand_ins = own_ssh_device.home / CACHE / "hand-ins"
    (hand_ins / "0123").mkdir(parents=True)
    (hand_ins / "0123.keeper").write_text("4194305\n", encoding="ascii")  # above every pid
    (hand_ins / "89ab").mkdir()
    (hand_ins / "4567").mkdir()
    (hand_ins / "4567.keeper").write_text("1\n", encoding="ascii")  # somebody else's by now
    with open_workspace(reach(own_ssh_device.spec()), tree) as folder:
        assert {each.name for each in hand_ins.iterdir()} == {folder.name, f"{folder.name}.keeper"}


def test_a_neighbours_folder_is_left_alone(
    own_ssh_device: LoopbackDevice, reach: Connect, tree: Tree
) -> None:
    """Two graders may use one device: neither removes what is the other's."""
    with (
        open_workspace(reach(own_ssh_device.spec(name="ours")), tree) as first,
        open_workspace(reach(own_ssh_device.spec(name="theirs")), tree) as second,
    ):
        assert Path(first, "xnn_executor_runner").is_file()
        assert Path(second, "xnn_executor_runner").is_file()


def test_a_full_disk_is_told(
    own_ssh_device: LoopbackDevice, small_disk: Path, reach: Connect, tree: Tree, tmp_path: Path
) -> None:
    """No room for the hand-in is an error that names the device, and what came of it is gone."""
    connection = reach(own_ssh_device.spec(environment={"HOME": str(small_disk)}))
    large = tmp_path / "large"
    large.write_bytes(os.urandom(2 << 20))
    with (
        pytest.raises(DeviceFull, match="own"),
        open_workspace(connection, replace(tree, files={"large": large})),
    ):
        raise AssertionError("never entered")
    assert list((small_disk / CACHE / "hand-ins").iterdir()) == []


def test_a_home_that_cannot_be_written(
    own_ssh_device: LoopbackDevice, reach: Connect, tree: Tree
) -> None:
    """A device that gives no folder says why, by its name."""
    connection = reach(own_ssh_device.spec(environment={"HOME": "/proc"}))
    with (
        pytest.raises(HarnessError, match=r"own .*mkdir"),
        open_workspace(connection, tree),
    ):
        raise AssertionError("never entered")
