"""What a child in bubblewrap cannot do, tried from inside one."""

import json
import os
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.sandbox import bubblewrap
from tests.sandbox.conftest import Inside
from tests.sandbox.tiers import needs_bubblewrap

pytestmark = [pytest.mark.system, needs_bubblewrap]
CHECKOUT = Path(__file__).parents[2]
MOUNTED = (Path(sys.prefix), Path(sys.base_prefix), bubblewrap.PACKAGE)
LEADING = {path for place in MOUNTED for path in (place, *place.parents)}


def others_in(folder: Path) -> list[Path]:
    """What lies in `folder` but for what leads to this Python or to the package."""
    if folder == folder.parent:
        return []  # the root is made anew inside
    return [path for path in folder.iterdir() if path not in LEADING]


@pytest.fixture
def listener() -> Iterator[int]:
    """A port of this machine on which somebody answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def existing(inside: Inside, paths: list[Path]) -> list[str]:
    """Those of `paths` that can be seen from inside."""
    code = f"import os; print(*filter(os.path.exists, {[str(p) for p in paths]!r}), sep='\\n')"
    outcome = inside(code)
    assert outcome.ended_well, outcome.noise
    return outcome.message.decode().split()


def test_no_network(inside: Inside, listener: int) -> None:
    """Not even this machine's own ports can be reached."""
    socket.create_connection(("127.0.0.1", listener), timeout=5).close()
    outcome = inside(
        f"import socket; print([name for _, name in socket.if_nameindex()], flush=True)\n"
        f"socket.create_connection(('127.0.0.1', {listener}), timeout=5)"
    )
    assert outcome.message == b"['lo']\n"
    assert "Connection refused" in outcome.last_words


def test_nothing_of_the_checkout_but_the_package(inside: Inside) -> None:
    """No labels, no other submissions, no tests, no history."""
    siblings = others_in(CHECKOUT)
    assert {CHECKOUT / "data", CHECKOUT / "tests"} <= set(siblings)
    assert existing(inside, [*siblings, *others_in(CHECKOUT.parent)]) == []
    assert existing(inside, [CHECKOUT / "grader"]) == [str(CHECKOUT / "grader")]


def test_no_home_no_accounts_no_other_files(inside: Inside, tmp_path: Path) -> None:
    """The home folder, the system's accounts and the grader's scratch folders are out of sight."""
    (tmp_path / "other.pth").write_bytes(b"of another student")
    system = {Path("/etc/passwd"), Path("/var"), Path("/run"), Path("/boot")} - LEADING
    hidden = [tmp_path, tmp_path / "other.pth", *system, *others_in(Path.home())]
    assert existing(inside, hidden) == []


def test_labels_in_an_installed_package_are_hidden(
    inside: Inside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wheel carries the sample inside the package, where it is covered."""
    package = tmp_path / "grader"
    package.mkdir()
    (package / "sample_batch.bin").write_bytes(b"labels")
    (package / "code.py").write_bytes(b"code")
    monkeypatch.setattr(bubblewrap, "PACKAGE", package)
    assert inside(f"print(open({str(package / 'code.py')!r}).read())").message == b"code\n"
    outcome = inside(f"print(open({str(package / 'sample_batch.bin')!r}).read())")
    assert outcome.message in {b"", b"\n"}


def test_inputs_lie_read_only_at_places_of_their_own(inside: Inside, tmp_path: Path) -> None:
    """A child sees the files it was given, under numbers, and cannot change them."""
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_text("1")
    second.write_text("2")
    code = (
        "import os, sys\n"
        "print(sys.argv[3:-1], [open(path).read() for path in sys.argv[3:-1]], "
        "sorted(os.listdir('/in')))\n"
        "open(sys.argv[3], 'a')"
    )
    outcome = inside(code, inputs=(first, second))
    assert outcome.message.decode().strip() == "['/in/0', '/in/1'] ['1', '2'] ['0', '1']"
    assert "Read-only file system" in outcome.last_words


def test_nothing_can_be_written_but_scratch_that_is_thrown_away(inside: Inside) -> None:
    """The system, Python and the package are read-only; what lands in /tmp goes with the child."""
    places = ["/", "/dev", "/dev/shm", "/etc", "/in", "/usr", "/bin", "/proc", "/proc/sys/kernel"]  # noqa: S108 - the child's own
    places += [sys.prefix, str(bubblewrap.PACKAGE), str(bubblewrap.PACKAGE.parent)]
    # A checkout below /tmp has its mount points in the child's own scratch.
    places = [place for place in places if not place.startswith("/tmp/")]  # noqa: S108 - the same
    code = (
        "import json, os\n"
        f"def writes(place):\n"
        "    try: open(os.path.join(place, 'left-behind'), 'w').close()\n"
        "    except OSError: return False\n"
        "    return True\n"
        f"print(json.dumps([place for place in {[*places, '/tmp']!r} if writes(place)]))"  # noqa: S108
    )
    assert json.loads(inside(code).message) == ["/tmp"]  # noqa: S108 - the child's own
    assert not Path("/tmp/left-behind").exists()  # noqa: S108 - the machine's


def test_scratch_space_is_limited(inside: Inside) -> None:
    """A child cannot fill the machine's memory through its scratch folder."""
    code = (
        "import itertools\n"
        "for number in itertools.count():\n"
        "    with open(f'/tmp/{number}', 'wb') as file: file.write(bytes(60 << 20))"
    )
    assert "No space left on device" in inside(code).last_words


def test_environment_is_cleared(inside: Inside, monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of the grader's reaches a child."""
    monkeypatch.setenv("GRADER_SECRET", "42")
    names = inside("import os; print(*os.environ)").message.decode().split()
    known = {"PATH", "HOME", "LANG", "OMP_NUM_THREADS", "PYTHONDONTWRITEBYTECODE", "PWD"}
    assert set(names) <= known


def test_other_processes_can_be_neither_seen_nor_signalled(inside: Inside) -> None:
    """The grader's process does not exist in there."""
    code = (
        "import os\n"
        "print(sum(name.isdigit() for name in os.listdir('/proc')), flush=True)\n"
        f"os.kill({os.getpid()}, 9)"
    )
    outcome = inside(code)
    assert int(outcome.message) <= 3
    assert "ProcessLookupError" in outcome.last_words or outcome.killed_by is not None


def test_no_capability_is_left(inside: Inside) -> None:
    """Even where the grader runs as root, its children have none of root's powers."""
    code = "print(*(line.split()[1] for line in open('/proc/self/status') if 'Cap' in line[:3]))"
    capabilities = inside(code).message.split()
    assert len(capabilities) == 5
    assert {int(each, 16) for each in capabilities} == {0}


def test_daemon_dies_with_its_child(inside: Inside) -> None:
    """Whatever session a process flees to, it ends with the child's namespace."""
    token = f"daemon-of-{time.monotonic_ns()}"
    code = (
        "import subprocess, sys\n"
        f"command = [sys.executable, '-c', 'import time; time.sleep(60)', {token!r}]\n"
        "subprocess.Popen(command, start_new_session=True)\n"
        "print('started')"
    )
    outcome = inside(code)
    assert outcome.message == b"started\n"
    assert outcome.ended_well
    deadline = time.monotonic() + 5
    while _running(token) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _running(token)


def _running(token: str) -> bool:
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and token.encode() in (entry / "cmdline").read_bytes():
                return True
        except OSError:  # it ended while we looked
            continue
    return False
