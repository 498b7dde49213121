"""Child: tries what a hand-in might, for `grader doctor`.

`look_around {"try": …, …}`. The message is JSON: what came of it. Some attempts are meant to end
this child before it can answer.
"""

import ctypes
import json
import os
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from grader.sandbox.child.message import message_pipe

_CLONE_NEWUSER = 0x10000000  # linux/sched.h


def main() -> None:
    """Try what the settings name, and answer."""
    with message_pipe() as pipe:
        settings = json.loads(sys.argv[-1])
        pipe.write(json.dumps(ATTEMPTS[settings["try"]](settings)).encode())


def surroundings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """What can be reached: a port, a process, files, folders to write in, and more namespaces."""
    return {
        "network": _succeeds(socket.create_connection, ("127.0.0.1", settings["port"]), 5),
        "process": _succeeds(os.kill, settings["process"], 0),
        "files": [path for path in settings["files"] if Path(path).is_file()],
        "writable": [path for path in settings["read_only"] if _succeeds(_write_in, path)],
        "capabilities": _capabilities(),
        "nested": _succeeds(_unshare_user),
    }


def processes(settings: Mapping[str, Any]) -> dict[str, Any]:
    """How many of `count` processes can be there at the same time."""
    started = []
    try:
        for _ in range(settings["count"]):
            pid = os.fork()
            if pid == 0:
                signal.pause()
            started.append(pid)
    except OSError:
        pass
    finally:
        for pid in started:
            os.kill(pid, signal.SIGKILL)
    return {"started": len(started)}


def memory(settings: Mapping[str, Any]) -> dict[str, Any]:
    """How many of `count` processes can hold `bytes` of memory at the same time."""
    holders = [_hold(settings["bytes"]) for _ in range(settings["count"])]
    held = [os.read(ready, 1) for _, ready in holders]
    for pid, _ in holders:
        os.kill(pid, signal.SIGKILL)
    return {"held": held.count(b"1")}


def processor(_: Mapping[str, Any]) -> dict[str, Any]:
    """Compute without end."""
    while True:
        pass


def file(settings: Mapping[str, Any]) -> dict[str, Any]:
    """How large a file can be, up to `bytes`."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    path = Path("large")
    with path.open("wb", buffering=0) as large:
        _succeeds(large.write, bytes(settings["bytes"]))
    return {"written": path.stat().st_size}


def runtime(_: Mapping[str, Any]) -> dict[str, Any]:
    """Which backends ExecuTorch has. Its part in C++ alone: the exporter takes 5 s to import."""
    from grader.inference.xnnpack import registered_backends  # torch: only this attempt needs it

    return {"backends": registered_backends()}


ATTEMPTS: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "surroundings": surroundings,
    "processes": processes,
    "memory": memory,
    "processor": processor,
    "file": file,
    "runtime": runtime,
}


def _succeeds(attempt: Callable[..., object], *arguments: object) -> bool:
    try:
        attempt(*arguments)
    except OSError:
        return False
    return True


def _write_in(folder: str) -> None:
    path = Path(folder, f"grader-doctor-{os.getpid()}")
    path.touch(exist_ok=False)
    path.unlink()


def _capabilities() -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1], 16) for line in lines if line.startswith("CapEff"))


def _unshare_user() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWUSER):
        raise OSError(ctypes.get_errno(), "unshare")


def _hold(size: int) -> tuple[int, int]:
    """A process that holds so much memory, and the pipe on which it says that it does."""
    ready, say = os.pipe()
    pid = os.fork()
    if pid == 0:
        held = b"1" * size  # written, and so really there
        os.write(say, held[:1])
        signal.pause()
    os.close(say)
    return pid, ready


if __name__ == "__main__":
    main()
