"""QEMU's user mode: programs for a board's processor on this one, slowly."""

import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from grader.sandbox import Isolation, is_visible_inside

# The emulator of each kind of processor, and where Debian's cross libraries for it lie.
_EMULATORS = {
    "aarch64": ("qemu-aarch64", "aarch64-linux-gnu"),
    "armv7l": ("qemu-arm", "arm-linux-gnueabihf"),
    "riscv64": ("qemu-riscv64", "riscv64-linux-gnu"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Emulator:
    """A program that runs those of another processor.

    `libraries` is the folder in whose `lib` a program that is not static finds its loader.
    """

    program: Path
    libraries: Path | None

    @property
    def command(self) -> tuple[str, ...]:
        """What to put before the program's own command."""
        below = () if self.libraries is None else ("-L", str(self.libraries))
        return (str(self.program), *below)


def emulator(machine: str, isolation: Isolation) -> Emulator | None:
    """What runs programs for `machine` here and can be started in the sandbox; None if nothing."""
    if sys.platform != "linux" or machine not in _EMULATORS:
        return None
    name, triplet = _EMULATORS[machine]
    found = shutil.which(name) or shutil.which(f"{name}-static")
    if found is None or (isolation is Isolation.BUBBLEWRAP and not is_visible_inside(Path(found))):
        return None
    libraries = Path("/usr", triplet)
    return Emulator(program=Path(found), libraries=libraries if libraries.is_dir() else None)
