"""Identifies the type of a program from its first bytes, without running it."""

import platform
import struct
import sys
from dataclasses import dataclass

from grader.errors import Fault
from grader.types import SubmittedFile

# e_machine and the word size of an ELF file, and the name platform.machine() has for them.
_MACHINES = {
    (3, 32): "i686",
    (40, 32): "armv7l",
    (62, 64): "x86_64",
    (183, 64): "aarch64",
    (243, 64): "riscv64",
}
_LINKED = (2, 3)  # e_type: ET_EXEC, and ET_DYN for position-independent code
_NOT_LINKED = {1: "an object file, not linked", 4: "a core dump"}
_HEADER_BYTES = 52  # of 32-bit ELF; 64-bit ELF has twelve more
_LINE_BYTES = 256  # Linux reads this much of the first line of a script
_OTHERS = {
    b"MZ": "a program for Windows",
    b"\xcf\xfa\xed\xfe": "a program for macOS",
    b"\xca\xfe\xba\xbe": "a program for macOS",
    b"!<arch>\n": "a library of object files",
    b"PK\x03\x04": "a zip archive",
    b"\x1f\x8b": "a gzip archive",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Executable:
    """A program for the processor `machine`, or a script (None) for an `interpreter`."""

    machine: str | None = None
    interpreter: str | None = None

    @property
    def is_for_this_machine(self) -> bool:
        """True if this system could start it."""
        if self.machine is None:
            return True
        return sys.platform == "linux" and self.machine == platform.machine()


def identify(file: SubmittedFile) -> Executable:
    """Return the type of the program in `file`. Raises `Fault` if it is no program."""
    with file.path.open("rb") as opened:
        head = opened.read(_LINE_BYTES)
    if head.startswith(b"\x7fELF"):
        return Executable(machine=_machine(file.name, head))
    if head.startswith(b"#!"):
        line = head[2:].split(b"\n", 1)[0].decode("utf-8", "replace").strip(" \t")
        return Executable(interpreter=line)
    raise _no_program(file.name, _other(head))


def _machine(name: str, head: bytes) -> str:
    """Return the machine in the ELF header (System V ABI, chapter 4).

    Raises `Fault` if it cannot be run.
    """
    bits = {1: 32, 2: 64}.get(head[4]) if len(head) >= _HEADER_BYTES else None
    order = {1: "<", 2: ">"}.get(head[5]) if bits else None
    if bits is None or order is None:
        raise _no_program(name, "a damaged ELF file")
    kind, machine = struct.unpack_from(f"{order}HH", head, 16)
    if kind not in _LINKED:
        raise _no_program(name, _NOT_LINKED.get(kind, "a damaged ELF file"))
    known = _MACHINES.get((machine, bits), f"ELF machine {machine}, {bits} bits")
    return known if order == "<" else f"{known}, big-endian"


def _other(head: bytes) -> str:
    if not head:
        return "an empty file"
    for magic, what in _OTHERS.items():
        if head.startswith(magic):
            return what
    return "text" if head.isascii() and b"\0" not in head else f"begins with {head[:8].hex(' ')}"


def _no_program(name: str, actual: str) -> Fault:
    return Fault(
        f"{name} is not a program.",
        help="Hand in the runner you built in the lab, or a script that begins with #!.",
        expected="an ELF program, or a script",
        actual=actual,
    )
