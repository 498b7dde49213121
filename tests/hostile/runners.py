"""Hostile runners: a folder with a `runner.c` or `runner.sh` each, or a line here.

`expected.toml` may say more than a case's verdict: `prints`, a pattern found in the runner's last
output, `seconds`, the processor time it is given, and `spare_seconds`, what it has besides by the
clock.
"""

import functools
import platform
import shutil
import struct
import subprocess
import tempfile
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.evaluators.runner.here import SPARE_SECONDS
from grader.types import Status
from tests.hostile.case import HERE, Case

FOLDER = HERE / "runners"
_X86_64, _AARCH64 = 62, 183  # e_machine
_NATIVE, _FOREIGN = (_AARCH64, _X86_64) if platform.machine() == "aarch64" else (_X86_64, _AARCH64)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunnerCase(Case):
    """A case that is run: what its last output must be like, and the time it has."""

    prints: str = ""
    seconds: int = 20
    spare_seconds: float = SPARE_SECONDS


@functools.cache
def compiled(source: Path) -> bytes:
    """The program that the C compiler makes of `source`."""
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder, "runner")
        _compile(source, program)
        return program.read_bytes()


def _compile(source: Path, program: Path, *options: str) -> None:
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        pytest.skip("there is no C compiler to build it")
    command = [compiler, "-w", "-O1", "-pthread", "-o", str(program), str(source), *options]
    subprocess.run(command, check=True)


def lacking_a_library() -> bytes:
    """A program that is linked to a library which is gone."""
    with tempfile.TemporaryDirectory() as folder:
        library, program = Path(folder, "libgone.so"), Path(folder, "runner")
        source = Path(folder, "gone.c")
        source.write_text("int gone(void) { return 0; }")
        _compile(source, library, "-shared", "-fPIC")
        source.write_text("int gone(void); int main(void) { return gone(); }")
        _compile(source, program, f"-L{folder}", "-lgone")
        return program.read_bytes()


def elf(machine: int = _FOREIGN, kind: int = 2) -> bytes:
    """A header of a 64-bit, little-endian ELF file, and nothing behind it."""
    return b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HHI", kind, machine, 1) + bytes(40)


def _read(folder: Path) -> RunnerCase:
    expected = tomllib.loads((folder / "expected.toml").read_text(encoding="utf-8"))
    source, script = folder / "runner.c", folder / "runner.sh"
    return RunnerCase(
        name=folder.name,
        make=functools.partial(compiled, source) if source.is_file() else script.read_bytes,
        check=expected.pop("check"),
        status=Status(expected.pop("status", "failed")),
        **expected,
    )


def _line(
    name: str, make: Callable[[], bytes] | bytes, says: str, status: Status = Status.FAILED
) -> RunnerCase:
    bytes_of = (lambda: make) if isinstance(make, bytes) else make
    return RunnerCase(name=name, make=bytes_of, check="accuracy.runner", says=says, status=status)


CASES: tuple[RunnerCase, ...] = (
    *(_read(path.parent) for path in sorted(FOLDER.glob("*/expected.toml"))),
    _line("another architecture", elf(), "device", Status.SKIPPED),
    _line(
        "big-endian",
        b"\x7fELF\2\2\1" + bytes(10) + b"\2\0\x16" + bytes(44),
        "device",
        Status.SKIPPED,
    ),
    _line("object file", elf(kind=1), "program"),
    _line("header without a program", elf(machine=_NATIVE), "damaged"),
    _line("truncated header", elf()[:20], "program"),
    _line("not ELF", b"import torch", "program"),
    _line("for Windows", b"MZ\x90\0", "program"),
    _line("empty", b"", "program"),
    _line("missing library", lacking_a_library, "libgone.so"),
    _line("Windows line ends", b"#!/bin/sh\r\necho\r\n", "/bin/sh"),
    _line("script for a folder", b"#!/usr\n", "/usr"),
    _line(
        "speaks-for-the-box",
        b"#!/bin/sh\necho 'bwrap: no room' >&2; exit 1\n",
        "exit code 1",
    ),
    _line("script for nothing", b"#!\nAccuracy: 1.0", "damaged"),
)
