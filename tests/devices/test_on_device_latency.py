"""The script that a device's Python runs."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from grader.devices import on_device_latency
from grader.devices.times import read_times
from tests.small_networks import small_program

pytestmark = pytest.mark.system
SCRIPT = Path(on_device_latency.__file__)


def run(
    folder: Path, *arguments: str, packages: Path | None = None
) -> subprocess.CompletedProcess[bytes]:
    """The script alone, as on a device: without the grader, and with other packages where given."""
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(packages or "")}
    return subprocess.run(
        [sys.executable, str(SCRIPT), *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        check=False,
        timeout=120,
    )


@pytest.mark.slow  # torch and the runtime are imported
def test_two_programs_are_timed_in_turn(tmp_path: Path) -> None:
    """Its last line has so many times of each, in milliseconds, without those of the warm-up."""
    (tmp_path / "a.pte").write_bytes(small_program())
    (tmp_path / "b.pte").write_bytes(small_program())
    ran = run(tmp_path, "a.pte", "b.pte", "3", "1")
    assert ran.returncode == 0, ran.stderr
    said = json.loads(ran.stdout.splitlines()[-1])
    assert (said["runtime"], said["threads"]) == ("executorch", 1)
    times = read_times(ran.stdout, "executorch", "pi")
    assert (len(times.program), len(times.unpruned)) == (3, 3)
    assert times.warm_up == on_device_latency.WARM_UP
    assert max(times.program) < 60_000


@pytest.mark.parametrize("missing", ["torch", "executorch"])
def test_without_executorch_it_says_so_by_its_exit_code(tmp_path: Path, missing: str) -> None:
    """The device is skipped: this is no error."""
    packages = tmp_path / "packages"
    packages.mkdir()
    (packages / "torch.py").touch()
    (packages / f"{missing}.py").write_text(f"raise ImportError('no {missing}')")
    (tmp_path / "a.pte").touch()
    ran = run(tmp_path, "a.pte", "a.pte", "3", "1", packages=packages)
    assert ran.returncode == on_device_latency.NO_RUNTIME
    assert f"no {missing}" in ran.stderr.decode()
    assert ran.stdout == b""
