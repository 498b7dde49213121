"""QEMU user mode: runs programs for another processor on this machine, slowly."""

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from grader.sandbox.bubblewrap import is_visible_inside
from grader.sandbox.start import Isolation

# The emulator for each processor type, and the folder of Debian's cross libraries for it.
_EMULATORS = {
    "aarch64": ("qemu-aarch64", "aarch64-linux-gnu"),
    "armv7l": ("qemu-arm", "arm-linux-gnueabihf"),
    "riscv64": ("qemu-riscv64", "riscv64-linux-gnu"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Emulator:
    """An emulator of another processor.

    `libraries` is the folder whose `lib` has the loader of dynamically linked programs.
    """

    program: Path
    libraries: Path | None

    @property
    def command(self) -> tuple[str, ...]:
        """The arguments that go before the command of the program."""
        below = () if self.libraries is None else ("-L", str(self.libraries))
        return (str(self.program), *below)


def emulator(machine: str, isolation: Isolation) -> Emulator | None:
    """Return the emulator for `machine` that can be started in the sandbox, or None."""
    if sys.platform != "linux" or machine not in _EMULATORS:
        return None
    name, triplet = _EMULATORS[machine]
    found = shutil.which(name) or shutil.which(f"{name}-static")
    if found is None or (isolation is Isolation.BUBBLEWRAP and not is_visible_inside(Path(found))):
        return None
    libraries = Path("/usr", triplet)
    return Emulator(program=Path(found), libraries=libraries if libraries.is_dir() else None)
