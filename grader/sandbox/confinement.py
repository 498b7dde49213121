"""The container around the grader, and the options that let bubblewrap work inside it.

By default Docker confines a container in three ways that each stop bubblewrap: a seccomp filter
refuses new namespaces, mounts that cover parts of /proc (/proc/sys read-only, others empty) keep
the kernel from giving a new namespace a /proc of its own, and AppArmor refuses mounts.
"""

from pathlib import Path

SECCOMP = "--security-opt seccomp=unconfined"
SYSTEM_PATHS = "--security-opt systempaths=unconfined"
APPARMOR = "--security-opt apparmor=unconfined"
_FILTER = "Seccomp:\t2"  # a line of /proc/self/status: mode 2 is a filter
_MOUNT_POINT = 4  # the number of this field in a line of /proc/self/mountinfo
# On most machines the system mounts it; the kernel lets it be, as its folder is empty.
_USUAL = "/proc/sys/fs/binfmt_misc"


def missing_options(fault: str, process: Path = Path("/proc/self")) -> tuple[str, ...]:
    """Return the options of `docker run` that bubblewrap needs and that this container lacks.

    `fault` is bubblewrap's error, `process` a process's folder in /proc. On a machine without such
    confinement, or without /proc, there are none.
    """
    # Where it got as far as /proc, the filter allowed its namespaces: --cap-add SYS_ADMIN does so.
    filtered = _FILTER in _text(process / "status").splitlines() and "mount proc" not in fault
    found = {
        SECCOMP: filtered,
        SYSTEM_PATHS: any(map(_covers_proc, _text(process / "mountinfo").splitlines())),
        APPARMOR: "docker-default" in _text(process / "attr" / "current"),
    }
    return tuple(option for option, is_missing in found.items() if is_missing)


def _covers_proc(line: str) -> bool:
    fields = line.split()
    point = fields[_MOUNT_POINT] if len(fields) > _MOUNT_POINT else ""
    return point.startswith("/proc/") and point != _USUAL


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
