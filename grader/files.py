"""Files written whole, and zips whose bytes depend on nothing but what is in them."""

import os
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

if sys.platform != "win32":
    import fcntl

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a zip can hold


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A path to write to; the file there takes the place of `path` unless anything is raised.

    Whoever reads `path` finds the old content or the new, never half of it. Processes and threads
    that write the same `path` wait for each other, and the last to end wins. A part that a killed
    writer left is written over by the next one. Folders above `path` are made. Raises `OSError`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    with _claimed(part):
        try:
            yield part
            part.replace(path)
        except BaseException:  # not `finally`: once replaced, the next writer has made its part
            part.unlink(missing_ok=True)
            raise


def replace_file(path: Path, content: bytes) -> None:
    """Make `path` hold `content`: all of it, or what was there before. Raises `OSError`."""
    with whole_file(path) as part:
        part.write_bytes(content)


def zip_entry(
    name: str, *, mode: int = 0o644, method: int = zipfile.ZIP_DEFLATED, size: int = 0
) -> zipfile.ZipInfo:
    """An entry of a zip that is the same on every system and at any time: equal files, equal bytes.

    `mode` has the rights, `method` is zipfile's; `size` is needed for what is written in pieces.
    """
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.create_system = 3  # Unix, whatever this runs on
    entry.external_attr = mode << 16
    entry.compress_type = method
    entry.file_size = size
    return entry


@contextmanager
def _claimed(part: Path) -> Iterator[None]:
    """Holds `part` for one writer at a time; a writer that is killed lets go of it."""
    if sys.platform == "win32":  # which cannot rename a file that is open
        yield
        return
    held = _held(part)
    try:
        yield
    finally:
        held.close()


def _held(part: Path) -> BinaryIO:
    while True:
        held = part.open("ab")
        with suppress(OSError):  # a file system without locks
            fcntl.flock(held, fcntl.LOCK_EX)
        # Whoever held it before has renamed or deleted it: then there is another part by now.
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(held.fileno()), part.stat()):
                return held
        held.close()
