"""The bwrap command: the system and this Python read-only, the inputs, and nothing else."""

import functools
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from grader.sandbox.limits import Limits

PACKAGE = Path(__file__).resolve().parent.parent
_SYSTEM = ("usr", "lib", "lib64", "bin", "sbin")
# Of a Python or a virtual environment no more than this: its folder may hold anything besides.
_PYTHON = ("bin", "lib", "lib64", "pyvenv.cfg")
# What tells a child of root's where the kernel lies, and which keys root holds.
_SECRETS = ("kallsyms", "kcore", "keys", "sched_debug", "slabinfo", "timer_list", "vmallocinfo")
_SHARED_BYTES = 64 << 20  # of /dev/shm, where programs keep semaphores and shared memory


def box(inputs: Sequence[Path], environment: Mapping[str, str], limits: Limits) -> list[str]:
    """What to put before a command so that it runs boxed, with `inputs` at `/in/0`, `/in/1`, …."""
    program = shutil.which("bwrap") or "bwrap"
    command = [program, "--unshare-all", "--unshare-user", *_no_boxes_within(program)]
    command += ["--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv"]
    command += ["--hostname", "sandbox", "--proc", "/proc", "--dev", "/dev"]
    command += ["--size", str(_SHARED_BYTES), "--tmpfs", "/dev/shm"]  # noqa: S108 - inside
    command += ["--size", str(limits.scratch_bytes), "--tmpfs", "/tmp"]  # noqa: S108 - inside
    command += ["--chdir", "/tmp", *_system()]  # noqa: S108 - inside
    for place in _places():
        command += ["--ro-bind-try", str(place), str(place)]
    for hidden in _hidden():
        command += ["--ro-bind", "/dev/null", str(hidden)]
    for name, value in environment.items():
        command += ["--setenv", name, value]
    for number, path in enumerate(inputs):
        command += ["--ro-bind", str(path.resolve()), f"/in/{number}"]
    # bwrap's own root and /dev are memory without a limit of size. In /proc/sys a child of root's
    # could write as root, capabilities or not, and kernel.core_pattern names a program that the
    # kernel starts outside of every box.
    for folder in ("/", "/dev", "/proc"):
        command += ["--remount-ro", folder]
    return [*command, "--"]


@functools.cache
def _no_boxes_within(program: str) -> tuple[str, ...]:
    """Forbids namespaces within the box, where more of the kernel is in reach; from 0.8 on."""
    option = "--disable-userns"
    told = subprocess.run([program, "--help"], capture_output=True, text=True, check=False)
    return (option,) if option in told.stdout else ()


def _system() -> Iterator[str]:
    for place in (Path("/", name) for name in _SYSTEM):
        if place.is_symlink():
            yield from ("--symlink", str(place.readlink()), str(place))
        elif place.exists():
            yield from ("--ro-bind", str(place), str(place))


def in_sight(path: Path) -> bool:
    """Whether a boxed program could read `path` because it lies in what every box is shown."""
    shown = [*(Path("/", name) for name in _SYSTEM), *_places()]
    resolved = path.resolve()
    return resolved not in _hidden() and any(
        resolved.is_relative_to(place.resolve()) for place in shown
    )


def _places() -> Iterator[Path]:
    yield Path("/etc/ld.so.cache")  # where the loader finds a libpython outside /usr/lib
    yield Path("/sys/devices/system/cpu")  # where XNNPACK counts the cores
    pythons = dict.fromkeys([Path(sys.base_prefix), Path(sys.prefix)])
    for place in [*(python / part for python in pythons for part in _PYTHON), PACKAGE]:
        if not place.is_relative_to("/usr"):
            yield place


def _hidden() -> Iterator[Path]:
    yield from PACKAGE.glob("*.bin")  # a wheel keeps the sample, labels and all, in the package
    for secret in (Path("/proc", name) for name in _SECRETS):
        if secret.exists():
            yield secret
