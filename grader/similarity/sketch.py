"""Reduce a hand-in's network to a sketch of some kilobytes, to compare it with others."""

import hashlib
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from grader.errors import Fault, GraderError, HarnessError
from grader.intake import receive
from grader.labs.network_lab import NetworkLab
from grader.sandbox.start import Isolation
from grader.similarity.channels import Kept, kept_channels
from grader.similarity.kernels import kernels_of
from grader.types import Role, SubmittedFile

if TYPE_CHECKING:
    from grader.networks.network import Network

SAMPLED = 256  # weights of a tensor, evenly spaced
FEWEST = 16  # weights: smaller tensors can be equal by chance

Weights = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tensor:
    """One tensor of a network: `sha256` of its bytes, `sample` of at most `SAMPLED` weights."""

    shape: tuple[int, ...]
    sha256: str
    sample: Weights


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """One network: its tensors by their name in the rebuilt network, kernels and kept channels.

    `kernels` are those of `kernels_of`. `kept` has only the hidden layers whose channels were found
    in the base.
    """

    student: str
    tensors: Mapping[str, Tensor]
    kernels: Mapping[str, Weights] = field(default_factory=dict)
    kept: Mapping[str, Kept] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class GradedSource:
    """A hand-in that was graded: its student, its path and its SHA-256 then."""

    student: str
    path: Path
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Reads networks in the sandbox, as grading does, and runs nothing of a hand-in.

    `base` has the tensors of the unpruned network that the class started from, or is None.
    """

    lab: NetworkLab
    isolation: Isolation
    work: Path
    base: Mapping[str, Weights] | None = None

    def sketch(self, source: GradedSource) -> Sketch | str:
        """Return the sketch of one hand-in, or the reason why there is none."""
        work = self.work / hashlib.sha256(f"{source.student}\0{source.path}".encode()).hexdigest()
        try:
            submission, _ = receive(source.path, work, self.lab)
        except OSError as error:
            return f"the hand-in cannot be read: {error.strerror or error}"
        if submission.sha256 != source.sha256:
            return "the hand-in is missing or has changed since it was graded"
        checkpoint = submission.file(Role.CHECKPOINT)
        if checkpoint is None:
            return "the hand-in has no checkpoint"
        try:
            network = _network(checkpoint, self)
        except Fault as fault:
            return fault.reason
        except HarnessError as error:
            return f"the grader could not read it: {error}"
        finally:
            shutil.rmtree(work, ignore_errors=True)  # the files of a whole class can fill the disk
        tensors = dict(_tensors(network))
        found = kept_channels(tensors, self.base) if self.base else {}
        return replace(sketch_of(source.student, tensors), kept=found)


def read_base(path: Path, reader: Reader) -> dict[str, Weights]:
    """Read the unpruned network in `path`. Raises `GraderError` if it is not one."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise GraderError(f"{path} cannot be read: {error.strerror or error}.") from error
    checkpoint = SubmittedFile(
        role=Role.CHECKPOINT,
        name=path.name,
        path=path.absolute(),
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )
    try:
        return dict(_tensors(_network(checkpoint, reader)))
    except Fault as fault:
        raise GraderError(
            f"{path} is not an unpruned network of this lab: {fault.reason}", help=fault.help
        ) from fault


def sketch_of(student: str, tensors: Mapping[str, Weights]) -> Sketch:
    """Return the sketch of a network's `tensors`, by name in the order of its state_dict."""
    distinct = {name: _sketched(each) for name, each in tensors.items() if _distinguishes(each)}
    return Sketch(student=student, tensors=distinct, kernels=kernels_of(tensors))


def _network(checkpoint: SubmittedFile, reader: Reader) -> "Network":
    from grader.networks.read_checkpoint import read_checkpoint  # which imports torch

    return read_checkpoint(checkpoint, reader.lab, reader.isolation).network


def _tensors(network: "Network") -> Iterator[tuple[str, Weights]]:
    for name, tensor in network.module.state_dict().items():
        if not name.endswith("num_batches_tracked"):
            yield name, tensor.numpy()


def _distinguishes(tensor: Weights) -> bool:
    """True if the tensor can distinguish networks: large enough and not constant."""
    return tensor.size >= FEWEST and float(np.ptp(tensor)) > 0


def _sketched(tensor: Weights) -> Tensor:
    flat = np.ascontiguousarray(tensor).ravel()
    positions = np.linspace(0, flat.size - 1, min(flat.size, SAMPLED)).astype(np.int64)
    return Tensor(
        shape=tensor.shape,
        sha256=hashlib.sha256(flat.tobytes()).hexdigest(),
        sample=flat[positions],
    )
