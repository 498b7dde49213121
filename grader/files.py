"""Files written whole: whoever reads one finds the old content or the new, never half of it."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A path to write to; the file there takes the place of `path` unless anything is raised.

    Several processes and threads may write the same `path`: the last to end wins. Folders above
    `path` are made. Raises `OSError`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.part")
    try:
        yield part
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def replace_file(path: Path, content: bytes) -> None:
    """Make `path` hold `content`: all of it, or what was there before. Raises `OSError`."""
    with whole_file(path) as part:
        part.write_bytes(content)
