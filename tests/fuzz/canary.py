"""Records the audit events of the interpreter while hostile bytes are read."""

import codecs
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


@dataclass(frozen=True, slots=True)
class Heard:
    """One audit event (PEP 578): `open`, `import`, `os.system`, …, with its arguments."""

    event: str
    arguments: tuple[object, ...]

    @property
    def only_reads(self) -> bool:
        """Whether this opens a file and cannot change it."""
        if self.event != "open":
            return False
        _, mode, flags = self.arguments
        return not (isinstance(flags, int) and flags & _WRITING) and not (
            isinstance(mode, str) and set(mode) & set("wax+")
        )

    def is_below(self, folder: Path) -> bool:
        """Whether this is about `folder` or a place below it."""
        path = self.arguments[0] if self.arguments else None
        return isinstance(path, str | os.PathLike) and Path(path).resolve().is_relative_to(folder)


_OF_HYPOTHESIS = {"object.__getattr__"}  # which looks at frames to see where a test went
_ears: list[list[Heard]] = []


def _hook(event: str, arguments: tuple[object, ...]) -> None:
    for heard in _ears if event not in _OF_HYPOTHESIS else ():
        heard.append(Heard(event, arguments))


for _encoding in ("cp437", "cp950", "gbk", "unicode_escape"):
    codecs.lookup(_encoding)  # which runs a module of Python's, once and not while we listen
sys.addaudithook(_hook)  # for good: Python takes none away; without ears it does nothing


@contextmanager
def listening() -> Iterator[list[Heard]]:
    """Collects every audit event of this process."""
    heard: list[Heard] = []
    _ears.append(heard)
    try:
        yield heard
    finally:
        _ears.remove(heard)


@contextmanager
def little_memory(most: int) -> Iterator[None]:
    """Lets this process map at most `most` bytes more than it has; a no-op but on Linux."""
    if sys.platform != "linux":
        yield
        return
    import resource

    mapped = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    before, ceiling = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (mapped + most, ceiling))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (before, ceiling))


def sing(*_arguments: object) -> NoReturn:
    """What no pickle may get to call, though every pickle may name it."""
    raise AssertionError("a pickle called a function")


class Cage:
    """The same for a class."""

    def __init__(self, *_arguments: object) -> None:
        sing()
