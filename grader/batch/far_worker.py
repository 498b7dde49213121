"""What runs in a worker of a Dask cluster: it gets bytes, measures, and returns bytes.

A worker shares no disk with the machine that grades. It keeps the test set, by its hash, until it
ends.
"""

import ctypes
import functools
import hashlib
import os
import sys
import tempfile
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from grader.batch.packed import PackedHandIn
from grader.errors import HarnessError
from grader.evaluators.conditions import Conditions, NetworkConditions, Watch
from grader.files import replace_file
from grader.pipeline import setup_now
from grader.sandbox.start import Isolation, best_isolation
from grader.types import Measured, Setup

PROCESS = uuid.uuid4().hex  # of this process: a worker that is started again has another one

_TRIM = "MALLOC_TRIM_THRESHOLD_"  # of glibc, in bytes
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # of malloc.h

Function = Callable[[Path, Conditions, Watch], Measured]


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A worker: its process, what its measurements depend on, and whether it has the test set."""

    process: str
    setup: Setup
    has_data: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Far:
    """The result of a hand-in: its pages by name, and its exported program, None without one."""

    measured: Measured
    pages: Mapping[str, bytes]
    program: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FarTask:
    """A hand-in for the worker of this `process`; `name` labels its events."""

    name: str
    function: Function
    hand_in: PackedHandIn
    conditions: Conditions
    process: str


class Moved(Exception):
    """Another process has this worker's address now."""


def describe(conditions: Conditions) -> Described:
    """Return what this worker is, for the conditions of a class."""
    _keep_freed_memory()
    setup = setup_now(replace(conditions, isolation=_isolation(conditions)))
    sha256 = conditions.data.sha256 if conditions.data else ""
    return Described(
        process=PROCESS, setup=setup, has_data=not sha256 or _data_path(sha256).exists()
    )


def keep_data(sha256: str, content: bytes) -> None:
    """Keep the test set of this hash. Raises `HarnessError` if it was damaged on the way."""
    if hashlib.sha256(content).hexdigest() != sha256:
        raise HarnessError("The test set was damaged on its way to the worker.")
    replace_file(_data_path(sha256), content)


def measure_there(task: FarTask, watch: Watch) -> Far:
    """Call the task's function in a folder of its own. Raises `Moved`, and what it raises."""
    if task.process != PROCESS:
        raise Moved
    with tempfile.TemporaryDirectory(prefix="grader-") as folder:
        work = Path(folder)
        source = task.hand_in.unpack(work / "in")
        pages = work / "pages"
        here = _here(task.conditions, work / "work", pages)
        here.work.mkdir()
        measured = task.function(source, here, watch)
        program = None
        if isinstance(here, NetworkConditions):
            with suppress(OSError):
                program = here.program_path(measured.submission).read_bytes()
        kept = {each.name: each.read_bytes() for each in pages.glob("[!.]*")}
        return Far(measured=measured, pages=kept, program=program)


def _here(conditions: Conditions, work: Path, pages: Path) -> Conditions:
    """Return the conditions with this machine's paths and isolation."""
    here = replace(conditions, work=work, pages=pages, isolation=_isolation(conditions))
    if isinstance(here, NetworkConditions):
        return replace(here, data=replace(here.data, path=_data_path(here.data.sha256)))
    return here


def _isolation(conditions: Conditions) -> Isolation:
    """Return the isolation of this machine; programs run without one only if the class says so."""
    best = best_isolation()
    asked = conditions.isolation
    is_allowed = asked is Isolation.UNSANDBOXED and best is Isolation.PROCESS
    return asked if is_allowed else best


def _keep_freed_memory() -> None:
    """Let this process and its children keep freed memory, as outside of Dask.

    Dask's nanny makes glibc return it at once: a network's pass then waits for new pages.
    """
    if os.environ.pop(_TRIM, None) is not None and sys.platform == "linux":
        with suppress(AttributeError, OSError):  # another C library
            libc = ctypes.CDLL(None)
            libc.mallopt(_M_MMAP_THRESHOLD, 32 << 20)  # what glibc itself comes to
            libc.mallopt(_M_TRIM_THRESHOLD, 64 << 20)


def _data_path(sha256: str) -> Path:
    return Path(_kept().name) / f"{sha256}.bin"


@functools.cache
def _kept() -> "tempfile.TemporaryDirectory[str]":
    """The folder of this process for test sets; the grading machine makes none."""
    return tempfile.TemporaryDirectory(prefix="grader-test-set-")
