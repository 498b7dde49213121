"""Runs a command confined as `docker run` confines a container by default; only for root.

    python -m tests.sandbox.container CONFINEMENT… -- COMMAND…

`capabilities` leaves Docker's default capabilities; `seccomp` installs a filter that refuses what
Docker's default profile refuses without CAP_SYS_ADMIN of the calls for namespaces and mounts;
`read-only` mounts /proc/sys read-only, and `masked` covers other parts of /proc.
"""

import ctypes
import os
import platform
import struct
import sys
from collections.abc import Callable
from pathlib import Path

LIBC = ctypes.CDLL(None, use_errno=True)
# Numbers of calls, from the kernel's headers.
CLONE = {"x86_64": 56, "aarch64": 220}
REFUSED = {  # mount, umount2, pivot_root, unshare, setns
    "x86_64": (165, 166, 155, 272, 308),
    "aarch64": (40, 39, 41, 97, 268),
}
CLONE3 = 435
NAMESPACE_FLAGS = 0x7E020000
CLONE_NEWNS = 0x20000
MS_RDONLY, MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 1, 32, 4096, 16384, 1 << 18
PR_SET_SECCOMP, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS = 22, 24, 38
SECCOMP_MODE_FILTER = 2
LOAD, JUMP_IF_EQUAL, JUMP_IF_SET, RETURN = 0x20, 0x15, 0x45, 0x06
ALLOW, EPERM, ENOSYS = 0x7FFF0000, 0x00050001, 0x00050026
# chown, dac_override, fowner, fsetid, kill, setgid, setuid, setpcap, net_bind_service, net_raw,
# sys_chroot, mknod, audit_write, setfcap
DOCKERS_CAPABILITIES = {0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 27, 29, 31}


def _checked(result: int) -> None:
    if result:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _mount(source: str | None, target: str, kind: str | None, flags: int) -> None:
    words = (each and each.encode() for each in (source, target, kind))
    _checked(LIBC.mount(*words, ctypes.c_ulong(flags), None))


def _read_only() -> None:
    _mount("/proc/sys", "/proc/sys", None, MS_BIND)
    _mount(None, "/proc/sys", None, MS_BIND | MS_REMOUNT | MS_RDONLY)


def _masked() -> None:
    _mount("/dev/null", "/proc/version", None, MS_BIND)
    _mount("tmpfs", "/proc/tty", "tmpfs", MS_RDONLY)


def _capabilities() -> None:
    last = int(Path("/proc/sys/kernel/cap_last_cap").read_text(encoding="ascii"))
    for each in {*range(last + 1)} - DOCKERS_CAPABILITIES:
        _checked(LIBC.prctl(PR_CAPBSET_DROP, each, 0, 0, 0))


def _seccomp() -> None:
    machine = platform.machine()
    program = [(LOAD, 0, 0, 0)]
    for call, answer in (*((each, EPERM) for each in REFUSED[machine]), (CLONE3, ENOSYS)):
        program += [(JUMP_IF_EQUAL, 0, 1, call), (RETURN, 0, 0, answer)]
    program += [
        (JUMP_IF_EQUAL, 0, 3, CLONE[machine]),
        (LOAD, 0, 0, 16),  # the first argument
        (JUMP_IF_SET, 0, 1, NAMESPACE_FLAGS),
        (RETURN, 0, 0, EPERM),
        (RETURN, 0, 0, ALLOW),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *each) for each in program))
    whole = ctypes.create_string_buffer(
        struct.pack("HxxxxxxP", len(program), ctypes.addressof(code))
    )
    _checked(LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    _checked(LIBC.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(whole), 0, 0))


CONFINEMENTS: dict[str, Callable[[], None]] = {
    "read-only": _read_only,
    "masked": _masked,
    "capabilities": _capabilities,
    "seccomp": _seccomp,
}


def main() -> None:
    """Confine this process, and become the command."""
    at = sys.argv.index("--")
    _checked(LIBC.unshare(CLONE_NEWNS))
    _mount(None, "/", None, MS_PRIVATE | MS_REC)
    for name, confine in CONFINEMENTS.items():
        if name in sys.argv[1:at]:
            confine()
    os.execvp(sys.argv[at + 1], sys.argv[at + 1 :])  # noqa: S606 - the command of the test


if __name__ == "__main__":
    main()
