"""Opens the network rebuilt from a hand-in in Netron."""

from collections.abc import Callable
from pathlib import Path

from grader.errors import Fault, GraderError
from grader.intake import receive
from grader.lab import LabSpec
from grader.sandbox import best_isolation
from grader.types import Role


def serve(source: Path, lab: LabSpec, work: Path, browse: bool, say: Callable[[str], None]) -> None:
    """Serve the network of `source` on loopback until Ctrl-C; `say` is told the address.

    Netron is given our own rebuilt network, saved as the lab saves it, never a file of the
    student's. Raises `GraderError` where there is no network to show.
    """
    import netron

    rebuilt = work / "rebuilt.pth"
    save_rebuilt(source, lab, work, rebuilt)
    host, port = netron.start(str(rebuilt), address=("127.0.0.1", 0), browse=browse, verbosity=0)
    say(f"http://{host}:{port}  (Ctrl-C ends it)")
    try:
        netron.wait()
    finally:
        netron.stop()


def save_rebuilt(source: Path, lab: LabSpec, work: Path, target: Path) -> None:
    """Save the network rebuilt from a hand-in as `target`. Raises `GraderError`."""
    import torch

    from grader.structure.examine import examine

    submission, measurements = receive(source, work, lab)
    checkpoint = submission.file(Role.CHECKPOINT)
    if checkpoint is None:
        reason = next((each.reason for each in measurements if each.reason), None)
        raise GraderError(reason or "There is no checkpoint to view.")
    try:
        network = examine(checkpoint, lab, best_isolation()).network
    except Fault as fault:
        raise GraderError(fault.reason, help=fault.help) from fault
    torch.save(network.module, target)
