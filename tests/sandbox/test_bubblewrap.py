"""Attempts from inside bubblewrap that must fail."""

import dataclasses
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from grader.sandbox import bubblewrap
from grader.sandbox.supervise import Outcome
from tests.places import ROOT
from tests.sandbox.fixtures import Inside
from tests.sandbox.tiers import LIMITS, needs_bubblewrap, needs_disable_userns

pytestmark = [pytest.mark.system, needs_bubblewrap]
CHECKOUT = ROOT
MOUNTED = (Path(sys.prefix), Path(sys.base_prefix), bubblewrap.PACKAGE)
LEADING = {path for place in MOUNTED for path in (place, *place.parents)}


def others_in(folder: Path) -> list[Path]:
    """The content of `folder`, without paths to this Python or to the package."""
    if folder == folder.parent:
        return []  # the root is made anew inside
    return [path for path in folder.iterdir() if path not in LEADING]


@pytest.fixture
def listener() -> Iterator[int]:
    """A port of this machine on which somebody answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def calling(inside: Inside, call: str) -> Outcome:
    """The outcome of a call of the C library, whose error line is the error."""
    return inside(
        "import ctypes, os, sys\n"
        f"failed = ctypes.CDLL(None, use_errno=True).{call}\n"
        "sys.exit(os.strerror(ctypes.get_errno()) if failed else 'it worked')"
    )


def existing(inside: Inside, paths: list[Path]) -> list[str]:
    """Those of `paths` that can be seen from inside."""
    code = f"import os; print(*filter(os.path.exists, {[str(p) for p in paths]!r}), sep='\\n')"
    outcome = inside(code)
    assert outcome.ended_well, outcome.stderr
    return [line for line in outcome.message.decode().splitlines() if line]


def test_no_network(inside: Inside, listener: int) -> None:
    """Not even this machine's own ports can be reached."""
    socket.create_connection(("127.0.0.1", listener), timeout=5).close()
    outcome = inside(
        f"import socket; print([name for _, name in socket.if_nameindex()], flush=True)\n"
        f"socket.create_connection(('127.0.0.1', {listener}), timeout=5)"
    )
    assert outcome.message == b"['lo']\n"
    assert "Connection refused" in outcome.error_line


def test_no_way_out_of_the_network(inside: Inside) -> None:
    """No address has a route, and sockets without an address are another world's."""
    name = f"\0grader-{os.getpid()}"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(name)
        server.listen()
        outcome = inside(
            "import socket\n"
            "def ends(kind, address):\n"
            "    with socket.socket(*kind) as each:\n"
            "        try: each.connect(address)\n"
            "        except OSError as error: return error.strerror\n"
            "print(ends([socket.AF_INET], ('192.0.2.1', 80)))\n"
            "print(ends([socket.AF_INET, socket.SOCK_DGRAM], ('192.0.2.1', 53)))\n"
            f"print(ends([socket.AF_UNIX], {name!r}))\n"
            "socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)"
        )
    refused = ["Network is unreachable"] * 2 + ["Connection refused"]
    assert outcome.message.decode().splitlines() == refused
    assert outcome.error_line.startswith("PermissionError")


@pytest.mark.parametrize("kind", ["cgroup", "ipc", "mnt", "net", "pid", "user", "uts"])
def test_every_namespace_is_its_own(inside: Inside, kind: str) -> None:
    """Of everything that Linux can part, a child has one that is not the grader's."""
    theirs = inside(f"import os; print(os.readlink('/proc/self/ns/{kind}'))").message.decode()
    assert theirs.strip() not in {"", os.readlink(f"/proc/self/ns/{kind}")}  # noqa: PTH115 - no path


def test_nothing_of_the_checkout_but_the_package(inside: Inside) -> None:
    """No labels, no other submissions, no tests, no history."""
    siblings = others_in(CHECKOUT)
    assert {CHECKOUT / "data", CHECKOUT / "tests"} <= set(siblings)
    assert existing(inside, [*siblings, *others_in(CHECKOUT.parent)]) == []
    assert existing(inside, [CHECKOUT / "grader"]) == [str(CHECKOUT / "grader")]


def test_no_home_no_accounts_no_other_files(inside: Inside, tmp_path: Path) -> None:
    """Neither home, the system's accounts nor the grader's scratch folders exist there."""
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
    assert "Read-only file system" in outcome.error_line


def test_nothing_can_be_written_but_scratch_that_is_thrown_away(inside: Inside) -> None:
    """The system, Python and the package are read-only; memory is not, and goes with the child."""
    places = ["/", "/dev", "/dev/shm", "/etc", "/in", "/usr", "/bin", "/proc", "/proc/sys/kernel"]  # noqa: S108 - the child's own
    places += [sys.prefix, str(bubblewrap.PACKAGE), str(bubblewrap.PACKAGE.parent)]
    # A checkout below /tmp has its mount points in the child's own /tmp.
    places = [place for place in places if not place.startswith("/tmp/")]  # noqa: S108 - the same
    code = (
        "import json, os\n"
        f"def writes(place):\n"
        "    try: open(os.path.join(place, 'left-behind'), 'w').close()\n"
        "    except OSError: return False\n"
        "    return True\n"
        f"print(json.dumps([place for place in {[*places, '/tmp']!r} if writes(place)]))"  # noqa: S108
    )
    assert json.loads(inside(code).message) == ["/dev/shm", "/tmp"]  # noqa: S108 - the child's own
    assert inside("open('left-behind', 'w')").ended_well
    assert not Path("/tmp/left-behind").exists()  # noqa: S108 - the machine's


@pytest.mark.parametrize("name", ["clone", "中文 目錄"])
def test_the_scratch_folder_shows_nothing_of_the_machine(
    inside: Inside, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """It is empty, also where the package lies below /tmp: then it is another folder."""
    package = tmp_path / name / "grader"
    package.mkdir(parents=True)
    (package / "code.py").write_bytes(b"code")
    monkeypatch.setattr(bubblewrap, "PACKAGE", package)
    folder = bubblewrap.scratch()
    assert not package.is_relative_to(folder)
    outcome = inside(
        "import os, tempfile\n"
        f"print(open({str(package / 'code.py')!r}).read())\n"
        "print(os.listdir(), os.getcwd(), tempfile.gettempdir(), os.environ['HOME'])\n"
        "open('x', 'w'), open('/tmp/x', 'w')"
    )
    assert outcome.ended_well, outcome.stderr
    assert outcome.message.decode() == f"code\n[] {folder} {folder} {folder}\n"


@pytest.mark.parametrize(("folder", "whole_files"), [("/tmp", 2), ("/dev/shm", 4)])  # noqa: S108
def test_scratch_space_is_limited(inside: Inside, folder: str, whole_files: int) -> None:
    """A child cannot fill the machine's memory through its scratch folders."""
    code = (
        "for number in range(8):\n"
        f"    with open(f'{folder}/{{number}}', 'wb') as file: file.write(bytes(15 << 20))\n"
        "    print(number + 1, flush=True)"
    )
    outcome = inside(code, limits=dataclasses.replace(LIMITS, scratch_bytes=32 << 20))
    assert "No space left on device" in outcome.error_line
    assert outcome.message.split()[-1] == str(whole_files).encode()


def test_kernel_settings_cannot_be_written(inside: Inside) -> None:
    """A child of root's owns the files of /proc/sys and can change none, core_pattern least."""
    code = (
        "import os\n"
        "def opens(path):\n"
        "    try: os.close(os.open(path, os.O_WRONLY | os.O_NONBLOCK))\n"
        "    except OSError: return False\n"
        "    return True\n"
        "files = [os.path.join(place, name) for place, _, names in os.walk('/proc')"
        " if '/fd' not in place for name in names]\n"
        "print('/proc/sys/kernel/core_pattern' in files, [*filter(opens, files)])"
    )
    assert inside(code).message == b"True []\n"


def test_kernel_tells_no_secrets(inside: Inside) -> None:
    """Neither its addresses nor root's keys can be read, and of its devices only the processors."""
    code = (
        "import os\n"
        "for name in ('kallsyms', 'keys', 'slabinfo', 'kcore'):\n"
        "    try: print(open(f'/proc/{name}').read(), end='')\n"
        "    except OSError: pass\n"
        "print(os.listdir('/sys'), os.listdir('/sys/devices/system'))"
    )
    assert inside(code).message == b"['devices'] ['cpu']\n"


def test_environment_is_cleared(inside: Inside, monkeypatch: pytest.MonkeyPatch) -> None:
    """No variable of the grader's reaches a child."""
    monkeypatch.setenv("GRADER_SECRET", "42")
    names = inside("import os; print(*os.environ)").message.decode().split()
    known = {"PATH", "HOME", "TMPDIR", "LANG", "OMP_NUM_THREADS", "PYTHONDONTWRITEBYTECODE", "PWD"}
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
    assert "ProcessLookupError" in outcome.error_line or outcome.killed_by is not None


def test_no_capability_is_left(inside: Inside) -> None:
    """Even where the grader runs as root, its children have none of root's powers."""
    code = "print(*(line.split()[1] for line in open('/proc/self/status') if 'Cap' in line[:3]))"
    capabilities = inside(code).message.split()
    assert len(capabilities) == 5
    assert {int(each, 16) for each in capabilities} == {0}


def test_nothing_can_be_mounted(inside: Inside) -> None:
    """A child cannot cover, uncover or remount what it sees."""
    outcome = calling(inside, "mount(b'none', b'/tmp', b'tmpfs', 0, None)")
    assert outcome.error_line == "Operation not permitted"


@needs_disable_userns
def test_no_namespace_within_the_box(inside: Inside) -> None:
    """A user namespace of its own would make it root again there, with more of the kernel open."""
    outcome = calling(inside, "unshare(0x10000000)")
    assert outcome.error_line in {"No space left on device", "Operation not permitted"}


def test_other_processes_cannot_be_traced(inside: Inside) -> None:
    """The grader's memory is out of reach, by its number and by every number there is."""
    attach = 16  # linux/ptrace.h
    outcome = calling(inside, f"ptrace({attach}, {os.getpid()}, None, None)")
    assert outcome.error_line in {"No such process", "Operation not permitted"}


def test_signal_to_everybody_reaches_the_box_alone(inside: Inside) -> None:
    """`kill -9 -1` as the same user ends nothing outside."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as bystander:
        inside("import os, time; os.kill(-1, 9); print('done')")
        assert bystander.poll() is None
        bystander.communicate(b"\n")
    assert bystander.returncode == 0


def test_session_is_its_own(inside: Inside) -> None:
    """Its leader is inside, where 0 would stand for one outside: no terminal is shared."""
    assert int(inside("import os; print(os.getsid(0))").message) > 0


def test_daemon_dies_with_its_child(inside: Inside) -> None:
    """Whatever session a process flees to, it ends with the child's namespace."""
    token = f"daemon-of-{time.monotonic_ns()}"
    code = (
        "import os, sys\n"
        "if os.fork() == 0:\n"
        "    os.setsid()\n"
        "    if os.fork(): os._exit(0)\n"
        "    sink = os.open('/dev/null', os.O_RDWR); os.dup2(sink, 1); os.dup2(sink, 2)\n"
        "    os.execl(sys.executable, sys.executable, '-c', 'import time; time.sleep(60)', "
        f"{token!r})\n"
        "os.wait(); print('started')"
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
