"""Writes files atomically, and makes reproducible zip entries."""

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
    """Yield a temporary path to write to; at the end its file replaces `path`.

    A reader of `path` sees the old content or the new, never a part of it. If the block raises, the
    temporary file is deleted and `path` does not change. Processes and threads that write the same
    `path` wait for each other; the last one wins. The next writer overwrites a temporary file that
    a killed writer left. Creates the folders above `path`. Raises `OSError`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    with _claimed(part):
        try:
            yield part
            part.replace(path)
        except BaseException:  # not `finally`: after the replace, `part` may be the next writer's
            part.unlink(missing_ok=True)
            raise


def replace_file(path: Path, content: bytes) -> None:
    """Write `content` to `path` atomically. Raises `OSError`, then `path` has not changed."""
    with whole_file(path) as part:
        part.write_bytes(content)


def zip_entry(
    name: str, *, mode: int = 0o644, method: int = zipfile.ZIP_DEFLATED, size: int = 0
) -> zipfile.ZipInfo:
    """Return a zip entry that does not depend on the system or the time.

    So equal files give equal zips. `mode` has the permissions, `method` is a constant of `zipfile`.
    `size` in bytes is needed only for an entry that is written in parts.
    """
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.create_system = 3  # Unix, on every system
    entry.external_attr = mode << 16
    entry.compress_type = method
    entry.file_size = size
    return entry


@contextmanager
def _claimed(part: Path) -> Iterator[None]:
    """Lock `part` for one writer at a time; the system unlocks it if the writer is killed."""
    if sys.platform == "win32":  # Windows cannot rename a file that is open
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
        # The writer before may have renamed or deleted the locked file: then open the new one.
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(held.fileno()), part.stat()):
                return held
        held.close()
