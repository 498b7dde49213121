"""The user at the other end of a connection on this machine."""

import os
from pathlib import Path

TABLES = ("/proc/net/tcp", "/proc/net/tcp6")  # Linux only: proc(5)
_ROOT = 0
_ADDRESSES, _UID = slice(1, 3), 7  # the columns of a line


def is_of_another_user(peer: tuple[str, int], ours: tuple[str, int]) -> bool:
    """Return True if the socket at `peer` belongs to another user than this process or root.

    `peer` and `ours` are the two ends of a connection, each a host and a port. A program of another
    user may have learnt the secret of the session, for example because a browser sends the cookies
    of 127.0.0.1 to every port. Where the system has no table of its sockets the answer is False.
    """
    uid = _uid(peer[1], ours[1])
    return uid is not None and uid not in {_ROOT, os.geteuid()}


def _uid(local: int, remote: int) -> int | None:
    """Return the uid of the socket with these ports; None if it is in no table."""
    for table in TABLES:
        try:
            lines = Path(table).read_text(encoding="ascii").splitlines()[1:]
        except OSError:
            continue
        for line in lines:
            columns = line.split()
            ports = [int(address.rpartition(":")[2], 16) for address in columns[_ADDRESSES]]
            if ports == [local, remote]:
                return int(columns[_UID])
    return None
