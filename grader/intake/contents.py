"""The contents of a hand-in, whatever is asked for: its hash, its files and why it was refused."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from grader.errors import Fault
from grader.evidence.ids import ARCHIVE
from grader.evidence.intake import MOST_LISTED, ArchiveEvidence
from grader.evidence.run_check import failed
from grader.intake.archive import ZipContents, opened_zip
from grader.intake.folder import FolderContents, folder_sha256, opened_folder
from grader.intake.inside import name_inside, whole_of
from grader.labs.spec import LabSpec
from grader.text import shown
from grader.types import Measurement, Role, Status, SubmittedFile


def fingerprint(source: Path, lab: LabSpec) -> str:
    """Return the SHA-256 of a hand-in, without unpacking it.

    It is the hash of the archive's bytes, or of the folder's names and files up to the lab's
    limits. For a path into an archive it depends on the name in the archive, too. Raises `OSError`
    if `source` cannot be read.
    """
    if source.is_dir():
        return folder_sha256(source, lab.limits)
    with whole_of(source).open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    inside = name_inside(source)
    return sha256 if inside is None else hashlib.sha256(f"{sha256}\0{inside}".encode()).hexdigest()


def opened_contents(stack: ExitStack, source: Path, lab: LabSpec) -> ZipContents | FolderContents:
    """Open the zip or folder at `source` until `stack` ends. Raises `Fault` and `OSError`."""
    if source.is_dir():
        return opened_folder(source, lab.limits)
    return stack.enter_context(opened_zip(source, lab.limits))


def copy_file(chunks: Iterator[bytes], role: Role, name: str, path: Path) -> SubmittedFile:
    """Write the bytes to a new file at `path`; a file that is there is replaced."""
    sha256, size = hashlib.sha256(), 0
    path.unlink(missing_ok=True)  # else a symbolic link left there would be followed
    with path.open("xb") as copy:
        for chunk in chunks:
            copy.write(chunk)
            sha256.update(chunk)
            size += len(chunk)
    return SubmittedFile(role=role, name=name, path=path, size=size, sha256=sha256.hexdigest())


def refused(error: Fault | OSError, source: Path, seconds: float) -> Measurement:
    """Return the measurement of a hand-in that could not be opened: ERROR if that is our fault."""
    evidence = ArchiveEvidence(archive="folder" if source.is_dir() else "zip").json()
    if isinstance(error, Fault):
        return replace(failed(ARCHIVE, error, seconds), evidence=evidence)
    return Measurement(
        id=ARCHIVE,
        status=Status.ERROR,
        reason=f"The grader could not unpack {shown(source.name)}: {error.strerror or error}.",
        help="The hand-in did not cause this. Check the free disk space and the folder "
        "permissions, then grade it again.",
        evidence=evidence,
        seconds=seconds,
    )


def listed(names: Iterable[str]) -> tuple[str, ...]:
    """Return the first `MOST_LISTED` names, printable and sorted, and the number of the others."""
    first = [shown(name) for name in sorted(names)]
    rest = len(first) - MOST_LISTED
    return tuple(first) if rest <= 0 else (*first[:MOST_LISTED], f"and {rest} more")
