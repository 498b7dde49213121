"""Databases of marks: a file, and a real PostgreSQL server on loopback."""

import os
import shutil
import socket
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def programs() -> Path | None:
    """The folder of PostgreSQL's programs, which Debian does not put on the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    own = shutil.which("initdb")
    return found[-1].parent if found else Path(own).parent if own else None


def as_postgres(command: list[str]) -> list[str]:
    """The command as the user postgres if we are root: PostgreSQL does not run as root."""
    return ["runuser", "-u", "postgres", "--", *command] if os.getuid() == 0 else command


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of a new server, without a database name; it stops after the tests."""
    bin_ = programs()
    if bin_ is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt install postgresql)")
    with running(bin_, "-c", "fsync=off") as address:
        yield address


@contextmanager
def running(bin_: Path, *more: str) -> Iterator[str]:
    """The address of a new server of the programs in `bin_`, started with the options `more`."""
    folder = Path("/tmp", f"marks-{uuid.uuid4().hex}")  # noqa: S108 - postgres reads no other
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    data = folder / "data"
    initialise = [str(bin_ / "initdb"), "-D", str(data), "-U", "ta", "-A", "trust", "-E", "UTF8"]
    subprocess.run(as_postgres(initialise), check=True, capture_output=True, cwd=folder)
    options = ["-p", str(port), "-k", str(folder), "-c", "listen_addresses=127.0.0.1", *more]
    start = [str(bin_ / "postgres"), "-D", str(data), *options]
    with subprocess.Popen(
        as_postgres(start), cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            _wait_for(bin_, port)
            yield f"postgresql://ta@127.0.0.1:{port}"
        finally:
            stop = [str(bin_ / "pg_ctl"), "stop", "-D", str(data), "-m", "immediate"]
            subprocess.run(as_postgres(stop), check=False, capture_output=True, cwd=folder)
            process.wait(timeout=30)
            shutil.rmtree(folder, ignore_errors=True)


def _wait_for(bin_: Path, port: int) -> None:
    deadline = time.monotonic() + 60
    ready = [str(bin_ / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    while subprocess.run(ready, check=False).returncode:
        assert time.monotonic() < deadline, "the server does not start"
        time.sleep(0.1)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database, for `Marks.open`."""
    if request.param == "sqlite":
        return str(tmp_path / "marks.db")
    pytest.importorskip("psycopg")
    return empty_database(request.getfixturevalue("server"))


def empty_database(address: str) -> str:
    """The address of a new database in the server at `address`."""
    import psycopg

    name = f"marks_{uuid.uuid4().hex}"
    with psycopg.connect(f"{address}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{address}/{name}"
