"""The kinds of labs, and how a lab file is read as its kind."""

from collections.abc import Mapping
from pathlib import Path

from grader.errors import GraderError
from grader.labs import DEFAULT_LAB
from grader.labs.extends import resolve
from grader.labs.files import lab_path
from grader.labs.network_lab import NetworkLab
from grader.labs.spec import LabSpec
from grader.labs.table import TableFile, validated
from grader.labs.write_up_lab import WriteUpLab

NETWORK = "network"
KINDS: Mapping[str, type[LabSpec]] = {NETWORK: NetworkLab, "write-up": WriteUpLab}


def load_lab(name: str = DEFAULT_LAB) -> LabSpec:
    """Read and validate a lab, by its name or the path of its file.

    Raises `GraderError` that lists every wrong key with its fault.
    """
    return read_lab(lab_path(name))


def kind_of(lab: LabSpec) -> str:
    """Return the name of the lab's kind."""
    return next(name for name, kind in KINDS.items() if isinstance(lab, kind))


def network_lab(name: str = DEFAULT_LAB) -> NetworkLab:
    """As `load_lab`, for what only a lab of networks has. Raises `GraderError` for other kinds."""
    return as_network_lab(load_lab(name))


def as_network_lab(lab: LabSpec) -> NetworkLab:
    """Return `lab`. Raises `GraderError` if its hand-ins are not networks."""
    if not isinstance(lab, NetworkLab):
        raise GraderError(
            f"The hand-ins of {lab.name} are not networks.",
            help="Choose a lab of networks with --lab; `grader lab list` names the labs.",
        )
    return lab


def as_write_up_lab(lab: LabSpec) -> WriteUpLab:
    """Return `lab`. Raises `GraderError` if its hand-ins are not write-ups."""
    if not isinstance(lab, WriteUpLab):
        raise GraderError(
            f"The hand-ins of {lab.name} are not write-ups.",
            help="Choose a lab of write-ups with --lab; `grader lab list` names the labs.",
        )
    return lab


def read_lab(path: Path) -> LabSpec:
    """Read and validate the lab file at `path`, with what it extends. Raises as `load_lab`."""
    found = resolve(path)
    file = TableFile(path=path, content=found.content, context=found.folders, faults=found.faults)
    kind = found.content.get("kind", NETWORK)
    return validated(
        file, KINDS.get(str(kind), NetworkLab), help="`grader lab show` prints a valid lab."
    )
