"""Timing and running on this machine as a device, whose tools are scripts where it needs others."""

import hashlib
import os
import sys
from pathlib import Path

import pytest

from grader.devices import session
from grader.devices.connection import Connection
from grader.devices.limited import DeviceLimits
from grader.devices.pool import DeviceSpec
from grader.devices.reach import connect
from grader.devices.session import Programs, machine, run_runner, time_program
from grader.devices.workspace import Tree
from grader.errors import HarnessError, Skip
from tests.small_networks import small_program

TIMES = '{"threads": 1, "warm_up": 10, "program": [2.0], "beside": [8.0]}'

pytestmark = pytest.mark.system


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The device's home folder, whose `bin` comes first on its PATH."""
    (tmp_path / "home" / "bin").mkdir(parents=True)
    return tmp_path / "home"


@pytest.fixture
def programs(tmp_path: Path) -> Programs:
    """The small network's program, beside itself."""
    paths = tmp_path / "program.pte", tmp_path / "unpruned.pte"
    for path in paths:
        path.write_bytes(small_program())
    sha256 = hashlib.sha256(small_program()).hexdigest()
    return Programs(program=paths[0], unpruned=paths[1], unpruned_sha256=sha256)


def put(home: Path, name: str, *lines: str) -> str:
    """A script on the device's PATH."""
    path = home / "bin" / name
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    path.chmod(0o755)
    return str(path)


def local_device(home: Path, **said: object) -> Connection:
    """A connection to this machine, with that home."""
    environment = {"HOME": str(home), "PATH": f"{home / 'bin'}:{os.environ['PATH']}"}
    return connect(DeviceSpec.model_validate({"name": "pi", "environment": environment, **said}))


@pytest.fixture(autouse=True)
def _briefly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "COOLING_SECONDS", 0.0)
    monkeypatch.setattr(session, "OTHER_WORK_SECONDS", 0.0)
    monkeypatch.setattr(session, "RUNS", 2)


def left(home: Path) -> list[Path]:
    """What hand-ins left on the device."""
    return list((home / ".cache" / "edge-lab-grader" / "hand-ins").iterdir())


def test_the_wheel_of_the_device_times_programs(home: Path, programs: Programs) -> None:
    """By a script of ours, in turn with the unpruned network's; nothing stays but the latter."""
    with local_device(home, python=sys.executable) as connection:
        timing = time_program(connection, programs)
    assert (timing.times.by, timing.times.threads) == ("executorch", 1)
    assert timing.attempts in {1, 2}  # this machine may be busy
    assert len(timing.times.program) == len(timing.times.unpruned) == 2
    assert left(home) == []
    kept = (home / ".cache" / "edge-lab-grader" / "data").iterdir()
    assert [each.name for each in kept] == [programs.unpruned_sha256]


def test_the_devices_own_runner_is_asked_as_the_references_is(
    home: Path, programs: Programs
) -> None:
    """With both programs beside it, for so many runs on one thread."""
    runner = put(home, "runner", 'echo "$@" >$HOME/asked; ls >>$HOME/asked', f"echo '{TIMES}'")
    with local_device(home, runner=runner) as connection:
        timing = time_program(connection, programs)
    assert (timing.times.by, timing.times.program) == ("runner", (2.0,))
    asked, *files = (home / "asked").read_text().splitlines()
    assert asked == (
        "--model_path program.pte --latency --beside unpruned.pte --runs 2 --threads 1"
    )
    assert {"program.pte", "unpruned.pte"} <= {*files}


@pytest.mark.parametrize("python", ["no-such-python", "python-without", "/etc/hostname", "/usr"])
def test_a_device_without_executorch_is_skipped_with_what_to_install(
    home: Path, programs: Programs, python: str
) -> None:
    """No Python, one that cannot import it, or a file that may not be executed (126): no error."""
    put(home, "python-without", "echo No module named executorch >&2; exit 3")
    with local_device(home, python=python) as connection, pytest.raises(Skip) as caught:
        time_program(connection, programs)
    assert "ExecuTorch" in caught.value.reason
    assert "docs/devices.md" in str(caught.value.help)
    assert left(home) == []


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (("echo Illegal instruction >&2; exit 132",), "132.* Illegal instruction"),
        (("echo ready",), "on pi .*JSON"),
        (("kill -KILL $$",), "on pi .*137"),
    ],
)
def test_a_runner_without_times_is_an_error(
    home: Path, programs: Programs, lines: tuple[str, ...], says: str
) -> None:
    """The message says which device, by what, and its error line."""
    runner = put(home, "runner", *lines)
    with local_device(home, runner=runner) as connection, pytest.raises(HarnessError, match=says):
        time_program(connection, programs)
    assert left(home) == []


@pytest.mark.parametrize(
    ("throttled", "attempts", "held_back"),
    [
        (["0x0"] * 4, 1, False),
        (["0x0", "0x40004", "0x40000", "0x40000"], 2, False),
        (["0x4"] * 4, 2, True),
    ],
)
def test_a_throttled_run_is_repeated_once(
    home: Path, programs: Programs, throttled: list[str], attempts: int, held_back: bool
) -> None:
    """What happened before the run does not count, and the second is told as it is."""
    (home / "states").write_text("\n".join(throttled) + "\n")
    put(home, "vcgencmd", 'echo "throttled=$(head -n1 $HOME/states)"', "sed -i 1d $HOME/states")
    runner = put(home, "runner", f"echo '{TIMES}'")
    with local_device(home, runner=runner) as connection:
        timing = time_program(connection, programs)
    assert (timing.attempts, timing.throttled) == (attempts, held_back)


@pytest.mark.parametrize(
    ("middle", "attempts", "median"),
    [(["2.1"], 1, 2.1), (["9.0", "2.2"], 2, 2.2), (["8.0", "9.0"], 2, 8.0)],
)
def test_a_busy_run_is_repeated_once(
    home: Path, programs: Programs, middle: list[str], attempts: int, median: float
) -> None:
    """If the second one is no better, the first one stays."""
    lines = [
        f'{{"threads": 1, "warm_up": 10, "program": [2.0, {each}, {each}], "beside": [8, 8, 8]}}'
        for each in middle
    ]
    (home / "lines").write_text("\n".join(lines) + "\n")
    runner = put(home, "runner", "head -n1 $HOME/lines", "sed -i 1d $HOME/lines")
    with local_device(home, runner=runner) as connection:
        timing = time_program(connection, programs)
    assert (timing.attempts, timing.times.latency.p50) == (attempts, median)


def test_a_runner_runs_in_the_labs_tree_and_leaves_nothing(home: Path, tmp_path: Path) -> None:
    """Exactly the lab's files are there, and its lines are heard as they come."""
    for name, content in (("runner", "#!/bin/sh\nfind . -type f | sort\n"), ("data", "images")):
        (tmp_path / name).write_text(content)
    tree = Tree(
        files={
            "xnn_executor_runner": tmp_path / "runner",
            "model/mobilenet.pte": tmp_path / "data",
        },
        data=tmp_path / "data",
        data_sha256=hashlib.sha256(b"images").hexdigest(),
        data_path="data/test_batch.bin",
        executables=frozenset({"xnn_executor_runner"}),
    )
    heard: list[str] = []
    limits = DeviceLimits(seconds=60, cpu_seconds=20)
    with local_device(home) as connection:
        found = run_runner(connection, tree, ("./xnn_executor_runner",), limits, heard.append)
        assert machine(connection) == os.uname().machine
    assert heard == ["./data/test_batch.bin", "./model/mobilenet.pte", "./xnn_executor_runner"]
    assert found.limited.ended.returncode == 0
    assert left(home) == []
