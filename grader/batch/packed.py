"""A hand-in as bytes that travel to another machine, and as files again there."""

import io
import os
import tarfile
from dataclasses import dataclass
from pathlib import Path

from grader.errors import HarnessError
from grader.intake.inside import name_inside, whole_of


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedHandIn:
    """The bytes of a file, or of a tar of a folder; `name` is the file's or the folder's name.

    `inside` is the name of the one file of an archive that the hand-in is, "" for the whole.
    """

    name: str
    content: bytes
    is_folder: bool
    inside: str = ""

    def unpack(self, into: Path) -> Path:
        """Write the hand-in below the folder `into`; return its path. Raises `OSError`."""
        into.mkdir(parents=True, exist_ok=True)
        path = into / self.name
        if self.is_folder:
            with tarfile.open(fileobj=io.BytesIO(self.content)) as archive:
                archive.extractall(into, filter=_inside)  # noqa: S202 - our own tar
        else:
            path.write_bytes(self.content)
        return path / self.inside if self.inside else path


def pack(source: Path) -> PackedHandIn:
    """Return the bytes of a hand-in. Raises `HarnessError` if it cannot be read."""
    whole = whole_of(source)
    try:
        if whole.is_dir():
            return PackedHandIn(name=whole.name, content=_tar(whole), is_folder=True)
        return PackedHandIn(
            name=whole.name,
            content=whole.read_bytes(),
            is_folder=False,
            inside=name_inside(source) or "",
        )
    except OSError as error:
        raise HarnessError(f"{whole.name} cannot be read: {error.strerror or error}") from error


def _tar(folder: Path) -> bytes:
    """Return a tar of the folder's files, folders and links; a link is not followed."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        archive.add(folder, arcname=folder.name, filter=_plain)
    return buffer.getvalue()


def _plain(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Leave out what is no file: a socket, or a device."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry if entry.isreg() or entry.isdir() or entry.issym() else None


def _inside(entry: tarfile.TarInfo, path: str) -> tarfile.TarInfo | None:
    """Refuse a name outside of `path`; a link keeps its target, which intake never follows."""
    target = os.path.abspath(os.path.join(path, entry.name))  # noqa: PTH100, PTH118 - no links
    return entry if target.startswith(os.path.abspath(path) + os.sep) else None  # noqa: PTH100
