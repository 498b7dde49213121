"""A checkpoint that is read, rebuilt and compared with its own module, in real children."""

import dataclasses
import hashlib
from pathlib import Path

from grader.evidence.lineage import LineageEvidence
from grader.labs.kinds import network_lab
from grader.networks.network import Network
from grader.networks.own_logits import compare
from grader.networks.read_checkpoint import read_checkpoint
from grader.sandbox.start import Isolation, best_isolation
from grader.types import Role, SubmittedFile
from tests.networks.checkpoints import NAME


def submitted(path: Path) -> SubmittedFile:
    """The checkpoint at `path` as intake hands it on."""
    content = path.read_bytes()
    return SubmittedFile(
        role=Role.CHECKPOINT,
        name=f"model/{NAME}",
        path=path,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """A checkpoint that was read, and compared with its own module."""

    network: Network
    evidence: LineageEvidence
    review: str | None


def examined(path: Path, isolation: Isolation | None = None) -> Examined:
    """The result of `read_checkpoint` and `compare` with real child processes."""
    checkpoint, lab, isolation = submitted(path), network_lab(), isolation or best_isolation()
    read = read_checkpoint(checkpoint, lab, isolation)
    comparison = compare(checkpoint, read.description, read.network, lab.network, isolation)
    return Examined(
        network=read.network,
        evidence=read.evidence(comparison, isolation),
        review=read.review(comparison),
    )
