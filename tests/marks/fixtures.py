"""Where marks are kept: a file, and a real PostgreSQL server of the tests' own on loopback."""

import os
import shutil
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest


def programs() -> Path | None:
    """The folder of PostgreSQL's own programs: Debian keeps them off the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    own = shutil.which("initdb")
    return found[-1].parent if found else Path(own).parent if own else None


def as_somebody(command: list[str]) -> list[str]:
    """PostgreSQL does not run as root: then it is started as Debian's own user for it."""
    return ["runuser", "-u", "postgres", "--", *command] if os.getuid() == 0 else command


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a fresh server, without its database; it ends with the tests."""
    bin_ = programs()
    if bin_ is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt install postgresql)")
    folder = Path("/tmp", f"marks-{uuid.uuid4().hex}")  # noqa: S108 - its user reaches no other
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    data = folder / "data"
    initialise = [str(bin_ / "initdb"), "-D", str(data), "-U", "ta", "-A", "trust", "-E", "UTF8"]
    subprocess.run(as_somebody(initialise), check=True, capture_output=True, cwd=folder)
    options = ["-p", str(port), "-k", str(folder), "-c", "listen_addresses=127.0.0.1"]
    start = [str(bin_ / "postgres"), "-D", str(data), *options, "-c", "fsync=off"]
    with subprocess.Popen(
        as_somebody(start), cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            _wait_for(bin_, port)
            yield f"postgresql://ta@127.0.0.1:{port}"
        finally:
            stop = [str(bin_ / "pg_ctl"), "stop", "-D", str(data), "-m", "immediate"]
            subprocess.run(as_somebody(stop), check=False, capture_output=True, cwd=folder)
            process.wait(timeout=30)
            shutil.rmtree(folder, ignore_errors=True)


def _wait_for(bin_: Path, port: int) -> None:
    deadline = time.monotonic() + 60
    ready = [str(bin_ / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    while subprocess.run(ready, check=False).returncode:
        assert time.monotonic() < deadline, "the server does not start"
        time.sleep(0.1)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where to keep marks, empty, for `Marks.open`."""
    if request.param == "sqlite":
        return str(tmp_path / "marks.db")
    address: str = request.getfixturevalue("server")
    psycopg = pytest.importorskip("psycopg")
    name = f"marks_{uuid.uuid4().hex}"
    with psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{address}/{name}"
