"""The resource limits of a sandbox child."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxLimits:
    """The resources that a child may use: times in seconds, sizes in bytes.

    For each process, on Linux and macOS: `memory_bytes` of address space (torch alone maps 3 GB and
    uses little of it), `cpu_seconds` of processor time, `open_files`, and `file_bytes` in one file.

    For the child and all its descendants together: `wall_seconds`; `message_bytes` on stdout and
    `stderr_bytes` on stderr; `scratch_bytes` in its folders (bubblewrap only); `processes`, threads
    included; `cpu_seconds` again; and `total_bytes` of resident memory, scratch files included
    (control groups only). `grader doctor` says which of these limits hold on a machine.
    """

    wall_seconds: float
    cpu_seconds: int
    memory_bytes: int = 6 << 30
    total_bytes: int = 4 << 30
    processes: int = 2_048  # torch and XNNPACK each start one thread for every processor
    open_files: int = 256
    file_bytes: int = 64 << 20
    scratch_bytes: int = 256 << 20
    message_bytes: int = 256 << 20
    stderr_bytes: int = 64 << 20
