import contextlib
import platform
import struct
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import Fault
from grader.evaluators.runner.executable import Executable, identify
from grader.types import Role
from tests.small_networks import handed_in


def elf(machine: int, *, kind: int = 2, bits: int = 64, order: str = "<") -> bytes:
    """The header of an ELF file (System V ABI, chapter 4), as far as anything reads it."""
    identity = bytes([bits // 32, 1 if order == "<" else 2, 1]) + bytes(9)
    return b"\x7fELF" + identity + struct.pack(f"{order}HHI", kind, machine, 1) + bytes(40)


def identified(folder: Path, content: bytes) -> Executable:
    """What a file of `content` is taken for."""
    path = folder / "runner"
    path.write_bytes(content)
    return identify(handed_in(Role.RUNNER, "xnn_executor_runner", path))


@pytest.mark.parametrize(
    ("content", "machine"),
    [
        (elf(62), "x86_64"),
        (elf(62, kind=3), "x86_64"),
        (elf(183), "aarch64"),
        (elf(40, bits=32), "armv7l"),
        (elf(62, bits=32), "ELF machine 62, 32 bits"),
        (elf(183, order=">"), "aarch64, big-endian"),
        (elf(4242), "ELF machine 4242, 64 bits"),
    ],
)
def test_a_program_is_for_the_machine_in_its_header(
    tmp_path: Path, content: bytes, machine: str
) -> None:
    """Class, byte order and machine together; it runs here only where all are this machine's."""
    found = identified(tmp_path, content)
    assert found == Executable(machine=machine)
    here = sys.platform == "linux" and machine == platform.machine()
    assert found.is_for_this_machine is here


@pytest.mark.parametrize(
    ("content", "interpreter"),
    [
        (b"#!/usr/bin/env python3\nimport torch\n", "/usr/bin/env python3"),
        (b"#! /bin/sh -e", "/bin/sh -e"),
        (b"#!/bin/sh\r\n", "/bin/sh\r"),
        (b"#!" + b"x" * 1_000, "x" * 254),
    ],
)
def test_a_script_is_for_the_interpreter_in_its_first_line(
    tmp_path: Path, content: bytes, interpreter: str
) -> None:
    """Up to the letter where Linux stops reading; which machine it is for is not its matter."""
    found = identified(tmp_path, content)
    assert found == Executable(interpreter=interpreter)
    assert found.is_for_this_machine


@pytest.mark.parametrize(
    ("content", "actual"),
    [
        (b"", "an empty file"),
        (b"Accuracy: 0.9234\n", "text"),
        (b"MZ\x90\x00", "a program for Windows"),
        (b"\xcf\xfa\xed\xfe\x07", "a program for macOS"),
        (b"PK\x03\x04", "a zip archive"),
        (b"\x80\x02}q", "begins with 80 02 7d 71"),
        (elf(183, kind=1), "an object file, not linked"),
        (elf(183, kind=4), "a core dump"),
        (elf(183, kind=0), "a damaged ELF file"),
        (elf(183)[:30], "a damaged ELF file"),
        (b"\x7fELF\x03\x01" + bytes(60), "a damaged ELF file"),
        (b"\x7fELF\x02\x00" + bytes(60), "a damaged ELF file"),
    ],
)
def test_what_is_no_program_is_a_fault_that_says_what_it_is(
    tmp_path: Path, content: bytes, actual: str
) -> None:
    """Expected and actual stand side by side, and there is something to do."""
    with pytest.raises(Fault, match="xnn_executor_runner") as caught:
        identified(tmp_path, content)
    assert caught.value.help
    assert caught.value.expected
    assert caught.value.actual == actual


@given(start=st.sampled_from([b"", b"\x7fELF", b"#!"]), rest=st.binary(max_size=300))
def test_any_bytes_are_a_program_or_a_fault(
    tmp_path_factory: pytest.TempPathFactory, start: bytes, rest: bytes
) -> None:
    """Nothing else comes of looking at a file."""
    with contextlib.suppress(Fault):
        found = identified(tmp_path_factory.getbasetemp(), start + rest)
        assert (found.machine is None) is not (found.interpreter is None)
