"""The pool file, and the selection of devices."""

import sys
from pathlib import Path

import platformdirs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.devices import pool
from grader.devices.pool import DeviceSpec, Pool, load_pool
from grader.errors import GraderError

THREE = """
[[devices]]
name = "desk"
address = "ssh://pi@raspberrypi.local"
labels = ["pi4", "lab"]
runner = "/home/pi/xnn_executor_runner"
known_hosts = "keys/known_hosts"

[[devices]]
name = "shelf"
address = "ssh://nano:2222"
labels = ["lab"]
profile = "jetson-nano"
environment = { OMP_NUM_THREADS = "1" }

[[devices]]
name = "here"
"""


@pytest.fixture
def three(tmp_path: Path) -> Pool:
    """A pool of three."""
    file = tmp_path / "devices.toml"
    file.write_text(THREE, encoding="utf-8")
    return load_pool(file)


def test_a_pool_is_read(three: Pool, tmp_path: Path) -> None:
    """Every key arrives, what is left out has its default, and paths are the file's."""
    desk, shelf, here = three.devices
    assert (desk.user, desk.host, desk.port) == ("pi", "raspberrypi.local", None)
    assert desk.known_hosts == tmp_path / "keys" / "known_hosts"
    assert (shelf.user, shelf.host, shelf.port) == (None, "nano", 2222)
    assert shelf.environment == {"OMP_NUM_THREADS": "1"}
    assert (here.scheme, here.python, here.runner) == ("local", "python3", None)


def test_trusting_a_listed_device_names_it_and_the_file(tmp_path: Path) -> None:
    """An address alone would store the key elsewhere than the file says."""
    folder = tmp_path / "lab 2"
    folder.mkdir()
    file = folder / "devices.toml"
    file.write_text(THREE, encoding="utf-8")
    three = load_pool(file)
    listed, unlisted = three.chosen(["ssh://nano:2222", "ssh://pi@other"])
    assert listed.trust_command == f"grader device trust shelf --devices '{file}'"
    assert unlisted.trust_command == "grader device trust ssh://pi@other"


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (["all"], ["desk", "shelf", "here"]),
        (["lab"], ["desk", "shelf"]),
        (["here", "pi4", "lab"], ["here", "desk", "shelf"]),
        (["ssh://nano:2222"], ["shelf"]),
        (["ssh://pi@other:22"], ["other-22"]),
        (["ssh://pi@[::1]"], ["1"]),
        ([], []),
    ],
)
def test_devices_are_chosen(three: Pool, wanted: list[str], found: list[str]) -> None:
    """By name, label, address or all of them; each once, in the order of asking."""
    assert [each.name for each in three.chosen(wanted)] == found


def test_this_machine_is_always_there() -> None:
    """`local` needs no file, and is timed by the grader's own Python."""
    assert Pool().chosen(["local"]) == (DeviceSpec(name="local", python=sys.executable),)


@pytest.mark.parametrize("wanted", ["nobody", "all"])
def test_what_means_no_device_says_what_there_is(wanted: str) -> None:
    """A name that nobody has, and all of none."""
    with pytest.raises(GraderError, match="no device"):
        Pool().chosen([wanted])


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("name = 'x'", "name: there is no such key"),
        ("[[devices]]\naddress = 'local'", r"devices\[number 1\]\.name: this key is missing"),
        ("[[devices]]\nname = 'all'", r"devices\[all\]\.name: 'all' stands for every device"),
        ("[[devices]]\nname = 'a b'", r"devices\[a b\]\.name: "),
        ("[[devices]]\nname = 'x'\nport = 22", r"devices\[x\]\.port: there is no such key"),
        ("[[devices]]\nname = 'x'\nprofile = 'vax'", r"devices\[x\]\.profile: "),
        ("[[devices]]\nname = 'x'\nstall_seconds = 0", r"devices\[x\]\.stall_seconds: "),
        ("[[devices]]\nname = 'x'\nknown_hosts = 3", r"devices\[x\]\.known_hosts: "),
        ("[[devices]]\nname = 'x'\n[[devices]]\nname = 'x'", "two devices"),
        ("[[devices]]\nname = 'x'\nlabels = ['x']", "'x' is a label"),
        ("[[devices]]\nname = 'x'\naddress = 'telnet://x'", r"devices\[x\]\.address: give"),
        ("[[devices]]\nname = 'x'\naddress = 'ssh://'", r"devices\[x\]\.address: give"),
        ("[[devices]]\nname = 'x'\naddress = 'ssh://h:0'", r"devices\[x\]\.address: give"),
        ("[[devices]]\nname = 'x'\naddress = 'ssh://h:99999'", r"devices\[x\]\.address: the port"),
        ("[[devices]]\nname = 'x'\naddress = 'ssh://h/path'", r"devices\[x\]\.address: give"),
        ("[[devices]]\nname = 'x'\naddress = 'ssh://-oProxyCommand=x'", "address: give"),
        ("[[devices]]\nname = 'x'\naddress = 'ssh://-x@h'", "address: give"),
        ("devices = 3", "devices: "),
        ("devices = [3]", r"devices\[number 1\]: "),
        ("[[devices]", "is not TOML"),
    ],
)
def test_a_wrong_file_names_the_wrong_key(tmp_path: Path, text: str, where: str) -> None:
    """And says what is wrong with it."""
    file = tmp_path / "devices.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(GraderError, match=where):
        load_pool(file)


@given(st.text(st.characters(codec="ascii", min_codepoint=33), min_size=6))
def test_a_password_is_refused_and_never_repeated(password: str) -> None:
    """No message contains it, neither ours nor that of the library."""
    address = f"ssh://pi:{password}@raspberrypi"
    with pytest.raises(GraderError) as refused:
        Pool().chosen([address])
    error: BaseException | None = refused.value
    assert password not in f"{error} {refused.value.help}" or password in "grader device address"
    assert error is not None
    assert error.__suppress_context__


def test_a_password_in_the_file_is_refused_and_never_repeated(tmp_path: Path) -> None:
    """The message says that keys log in."""
    file = tmp_path / "devices.toml"
    file.write_text(
        '[[devices]]\nname = "x"\naddress = "ssh://pi:raspberry@device"\n', encoding="utf-8"
    )
    with pytest.raises(GraderError, match="key") as refused:
        load_pool(file)
    assert "raspberry" not in f"{refused.value} {refused.value.help}"


def test_a_pool_that_cannot_be_read(tmp_path: Path) -> None:
    """A file that was named and is not there is no empty pool."""
    with pytest.raises(GraderError, match=r"none\.toml"):
        load_pool(tmp_path / "none.toml")


def test_where_the_pool_is_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The current folder comes first, then the user's configuration; else the pool is empty."""
    users = tmp_path / "config"
    monkeypatch.setattr(platformdirs, "user_config_path", lambda name: users / name)
    monkeypatch.chdir(tmp_path)
    assert load_pool() == Pool()
    (users / "edge-lab-grader").mkdir(parents=True)
    (users / "edge-lab-grader" / pool.FILE).write_text(
        '[[devices]]\nname = "users"\n', encoding="utf-8"
    )
    assert load_pool().devices[0].name == "users"
    Path(pool.FILE).write_text('[[devices]]\nname = "near"\n', encoding="utf-8")
    assert load_pool().devices[0].name == "near"


def test_two_users_of_one_host_are_two_devices() -> None:
    """Each address is kept, under a name of its own, and the same one twice is one."""
    addresses = ["ssh://ta@pi", "ssh://tb@pi", "ssh://ta@pi"]
    chosen = Pool().chosen(addresses)
    assert [device.address for device in chosen] == addresses[:2]
    assert len({device.name for device in chosen}) == 2
