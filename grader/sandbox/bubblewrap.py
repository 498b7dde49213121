"""The bwrap command: the system and this Python read-only, the inputs, and nothing else."""

import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
_SYSTEM = ("usr", "lib", "lib64", "bin", "sbin")
# Of a Python or a virtual environment no more than this: its folder may hold anything besides.
_PYTHON = ("bin", "lib", "lib64", "pyvenv.cfg")
_SCRATCH_BYTES = 256 << 20


def box(inputs: Sequence[Path], environment: Mapping[str, str]) -> list[str]:
    """What to put before a command so that it runs boxed, with `inputs` at `/in/0`, `/in/1`, …."""
    command = [shutil.which("bwrap") or "bwrap", "--unshare-all", "--die-with-parent"]
    command += ["--new-session", "--cap-drop", "ALL", "--clearenv", "--hostname", "sandbox"]
    command += ["--proc", "/proc", "--dev", "/dev", "--size", str(_SCRATCH_BYTES)]
    command += ["--tmpfs", "/tmp", "--chdir", "/tmp"]  # noqa: S108 - inside
    for name in _SYSTEM:
        place = Path("/", name)
        if place.is_symlink():
            command += ["--symlink", str(place.readlink()), str(place)]
        elif place.exists():
            command += ["--ro-bind", str(place), str(place)]
    for place in _places():
        command += ["--ro-bind-try", str(place), str(place)]
    for labels in PACKAGE.glob("*.bin"):  # a wheel keeps the sample, labels and all, in the package
        command += ["--ro-bind", "/dev/null", str(labels)]
    for name, value in environment.items():
        command += ["--setenv", name, value]
    for number, path in enumerate(inputs):
        command += ["--ro-bind", str(path.resolve()), f"/in/{number}"]
    # bwrap's own root and /dev are memory without a limit of size.
    return [*command, "--remount-ro", "/", "--remount-ro", "/dev", "--"]


def _places() -> Iterator[Path]:
    yield Path("/etc/ld.so.cache")  # where the loader finds a libpython outside /usr/lib
    yield Path("/sys/devices/system/cpu")  # where XNNPACK counts the cores
    pythons = dict.fromkeys([Path(sys.base_prefix), Path(sys.prefix)])
    for place in [*(python / part for python in pythons for part in _PYTHON), PACKAGE]:
        if not place.is_relative_to("/usr"):
            yield place
