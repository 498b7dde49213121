"""A Dask cluster on this machine whose workers do not see a test's folder."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.places import ROOT

START = 60.0  # seconds in which a scheduler or a worker must be there


@dataclass(slots=True, kw_only=True)
class Cluster:
    """A scheduler and its workers; `hidden` is a folder that the workers see empty."""

    folder: Path
    hidden: Path
    scheduler: "subprocess.Popen[bytes] | None" = None
    workers: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    @property
    def address(self) -> str:
        """The scheduler's address."""
        found = json.loads((self.folder / "scheduler.json").read_text())
        return str(found["address"])

    def start(self, workers: int) -> None:
        """Start the scheduler and its workers, with one thread each."""
        self.scheduler = self._started(
            "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
            "--scheduler-file", str(self.folder / "scheduler.json"),
        )  # fmt: skip
        ends = time.monotonic() + START
        while not (self.folder / "scheduler.json").exists():
            assert time.monotonic() < ends, (self.folder / "scheduler.log").read_text()
            time.sleep(0.05)
        for number in range(workers):
            self.add_worker(f"worker-{number}")

    def add_worker(self, name: str, *options: str) -> None:
        """Start a worker, in a mount namespace of its own in which the hidden folder is empty."""
        self.workers.append(
            self._started(
                "worker", self.address, "--nthreads", "1", "--no-dashboard", "--name", name,
                "--local-directory", str(self.folder / name), *options,
                before=hiding(self.hidden),
            )
        )  # fmt: skip

    def _started(
        self, command: str, *arguments: str, before: tuple[str, ...] = ()
    ) -> "subprocess.Popen[bytes]":
        paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        with (self.folder / f"{command}.log").open("ab") as log:
            return subprocess.Popen(
                [*before, sys.executable, "-m", "distributed.cli.dask_" + command, *arguments],
                stdout=log,
                stderr=log,
                cwd="/",
                env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            )

    def stop(self) -> None:
        """End all processes."""
        for process in (*self.workers, *filter(None, [self.scheduler])):
            process.terminate()
        for process in (*self.workers, *filter(None, [self.scheduler])):
            with suppress(subprocess.TimeoutExpired):
                process.wait(10)
            process.kill()


def hiding(folder: Path) -> tuple[str, ...]:
    """The start of a command line that runs a program for which `folder` is empty."""
    user = () if os.geteuid() == 0 else ("--map-root-user",)
    return (
        *("unshare", *user, "--mount", "sh", "-c"),
        f'mount -t tmpfs none "{folder}" && exec "$@"',
        "sh",
    )


def can_hide(folder: Path) -> bool:
    """True if this system allows such a namespace here."""
    with suppress(OSError):
        found = subprocess.run([*hiding(folder), "true"], capture_output=True, check=False)
        return found.returncode == 0
    return False


@contextmanager
def cluster(folder: Path, hidden: Path, workers: int) -> Iterator[Cluster]:
    """Yield a running cluster. Skips the test if the system allows no mount namespace."""
    folder.mkdir(parents=True)
    hidden.mkdir(parents=True, exist_ok=True)
    if not can_hide(hidden):
        pytest.skip("no mount namespace here")
    made = Cluster(folder=folder, hidden=hidden)
    try:
        made.start(workers)
        yield made
    finally:
        made.stop()
