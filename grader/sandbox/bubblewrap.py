"""The bwrap command: it shows only the system, this Python and the inputs, all read-only.

Of this package it shows all modules, or only those that a child names: the box in which a hand-in's
own code runs has no check to read.
"""

import functools
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, count
from pathlib import Path

from grader.sandbox.limits import SandboxLimits

PACKAGE = Path(__file__).resolve().parent.parent
_SYSTEM = ("usr", "lib", "lib64", "bin", "sbin")
# Only these parts of a Python or a virtual environment: its folder may hold other files too.
_PYTHON = ("bin", "lib", "lib64", "pyvenv.cfg")
_LIBRARIES = ("purelib", "platlib")  # sysconfig's names for the folders of installed packages
# If root runs the grader, a child could read kernel addresses and root's keys here.
_SECRETS = ("kallsyms", "kcore", "keys", "sched_debug", "slabinfo", "timer_list", "vmallocinfo")
_TEMPORARY = "/tmp"  # noqa: S108 - inside
_SHARED_BYTES = 64 << 20  # of /dev/shm, where programs keep semaphores and shared memory


def bubblewrap_command(
    inputs: Sequence[Path],
    environment: Mapping[str, str],
    limits: SandboxLimits,
    modules: Sequence[Path] = (),
) -> list[str]:
    """Return the words to put before a command so that it runs in bubblewrap.

    The command finds `inputs` at `/in/0`, `/in/1`, …. If there are `modules`, files of this
    package, it finds no other file of the package.
    """
    program = shutil.which("bwrap") or "bwrap"
    command = [program, "--unshare-all", "--unshare-user", *_disable_namespaces(program)]
    command += ["--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv"]
    command += ["--hostname", "sandbox", "--proc", "/proc", "--dev", "/dev"]
    command += ["--size", str(_SHARED_BYTES), "--tmpfs", "/dev/shm"]  # noqa: S108 - inside
    for folder in dict.fromkeys((scratch(), _TEMPORARY)):
        command += ["--size", str(limits.scratch_bytes), "--tmpfs", folder]
    command += ["--chdir", scratch(), *_system()]
    for path in _read_only_paths():
        command += ["--ro-bind-try", str(path), str(path)]
    command += _only(modules) if modules else _whole_package()
    for secret in _secrets():
        command += ["--ro-bind", "/dev/null", str(secret)]
    for name, value in environment.items():
        command += ["--setenv", name, value]
    for number, path in enumerate(inputs):
        command += ["--ro-bind", str(path.resolve()), f"/in/{number}"]
    # bwrap's own root and /dev are in memory, without a size limit. If root runs the grader, a
    # child could write to /proc/sys even without capabilities, and kernel.core_pattern names a
    # program that the kernel starts outside of the sandbox.
    for folder in ("/", "/dev", "/proc"):
        command += ["--remount-ro", folder]
    return [*command, "--"]


def scratch() -> str:
    """Return the folder inside where a command starts and may write; it is empty at first.

    It is /tmp, unless paths that are shown inside are below /tmp: then a folder beside it, and /tmp
    has the mount points of these paths.
    """
    shown = [Path("/in"), *_read_only_paths(), PACKAGE]
    names = chain([_TEMPORARY, "/scratch"], (f"/scratch-{number}" for number in count(1)))
    return next(name for name in names if not any(path.is_relative_to(name) for path in shown))


@functools.cache
def _disable_namespaces(program: str) -> tuple[str, ...]:
    """The option that forbids further namespaces, which expose more of the kernel; from 0.8 on."""
    option = "--disable-userns"
    listed = subprocess.run([program, "--help"], capture_output=True, text=True, check=False)
    return (option,) if option in listed.stdout else ()


def _system() -> Iterator[str]:
    for folder in (Path("/", name) for name in _SYSTEM):
        if folder.is_symlink():
            yield from ("--symlink", str(folder.readlink()), str(folder))
        elif folder.exists():
            yield from ("--ro-bind", str(folder), str(folder))


def _whole_package() -> Iterator[str]:
    if not PACKAGE.is_relative_to("/usr"):
        yield from ("--ro-bind-try", str(PACKAGE), str(PACKAGE))
    for hidden in _labels():
        yield from ("--ro-bind", "/dev/null", str(hidden))


def _only(modules: Sequence[Path]) -> Iterator[str]:
    """The options that cover this package, where this Python has it too, and show `modules`."""
    packages = {PACKAGE, *(Path(sysconfig.get_path(each), PACKAGE.name) for each in _LIBRARIES)}
    covered = sorted(each for each in packages if each.is_dir())
    for package in covered:
        yield from ("--tmpfs", str(package))
    for module in modules:
        yield from ("--ro-bind", str(module), str(module))
    for package in covered:
        yield from ("--remount-ro", str(package))


def is_visible_inside(path: Path) -> bool:
    """True if every program in bubblewrap can read `path`: it is below a folder shown to all."""
    shown = [*(Path("/", name) for name in _SYSTEM), *_read_only_paths(), PACKAGE]
    resolved = path.resolve()
    return resolved not in {*_labels(), *_secrets()} and any(
        resolved.is_relative_to(each.resolve()) for each in shown
    )


def _read_only_paths() -> Iterator[Path]:
    yield Path("/etc/ld.so.cache")  # the loader finds a libpython outside /usr/lib here
    yield Path("/sys/devices/system/cpu")  # XNNPACK counts the cores here
    pythons = dict.fromkeys([Path(sys.base_prefix), Path(sys.prefix)])
    for path in (python / part for python in pythons for part in _PYTHON):
        if not path.is_relative_to("/usr"):
            yield path


def _labels() -> Iterator[Path]:
    yield from PACKAGE.glob("*.bin")  # a wheel has the sample with its labels in the package


def _secrets() -> Iterator[Path]:
    for secret in (Path("/proc", name) for name in _SECRETS):
        if secret.exists():
            yield secret
