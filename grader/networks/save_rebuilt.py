"""The network rebuilt from a hand-in, saved as the lab saves one."""

from pathlib import Path

import torch

from grader.errors import Fault, GraderError
from grader.intake import receive
from grader.labs.network_lab import NetworkLab
from grader.networks.read_checkpoint import read_checkpoint
from grader.sandbox.start import best_isolation
from grader.types import Role


def save_rebuilt(source: Path, lab: NetworkLab, work: Path, target: Path) -> None:
    """Save the network rebuilt from a hand-in as `target`. Raises `GraderError`."""
    submission, measurements = receive(source, work, lab)
    checkpoint = submission.file(Role.CHECKPOINT)
    if checkpoint is None:
        fault = next((each for each in measurements if each.reason), None)
        reason = (fault and fault.reason) or "There is no checkpoint to view."
        raise GraderError(reason, help=fault.help if fault else None)
    try:
        network = read_checkpoint(checkpoint, lab, best_isolation()).network
    except Fault as fault:
        raise GraderError(fault.reason, help=fault.help) from fault
    torch.save(network.module, target)
