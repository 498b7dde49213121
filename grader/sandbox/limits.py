"""Where a child of the sandbox is stopped."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a child may use of the machine: times in seconds, sizes in bytes.

    Every process by itself, on any Linux and macOS: `memory_bytes` of address space (torch alone
    maps 3 GB of it, and uses little), `cpu_seconds` of processor time, `open_files`, and
    `file_bytes` in one file.

    The child and whatever it started, together: `wall_seconds`; `message_bytes` of answer, and
    `noise_bytes` on stderr; `scratch_bytes` in its folders (bubblewrap only); `processes`, threads
    counted; `cpu_seconds` again; and `total_bytes` of memory really in use, scratch files included
    (control groups only). `grader doctor` says which of these hold on a machine.
    """

    wall_seconds: float
    cpu_seconds: int
    memory_bytes: int = 6 << 30
    total_bytes: int = 4 << 30
    processes: int = 2_048  # torch and XNNPACK start one thread a processor each
    open_files: int = 256
    file_bytes: int = 64 << 20
    scratch_bytes: int = 256 << 20
    message_bytes: int = 256 << 20
    noise_bytes: int = 64 << 20
