"""An unzipped hand-in: judged like a zip, its links not followed, its files read once."""

import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from grader.errors import Fault
from grader.intake.names import (
    NameKey,
    check_distinct,
    checked,
    decode_path,
    is_ignored,
    same_on_some_system,
)
from grader.labs.spec import HandInLimits
from grader.text import shown

CHUNK = 1 << 18
# Not through a link, and without waiting for a pipe's other end. Windows has neither, but O_BINARY.
ITSELF = sum(getattr(os, flag, 0) for flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One thing below the folder, not followed: `mode` and `size` are of the link itself."""

    name: str
    path: Path
    mode: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderContents:
    """The files of a folder that has been judged, without what systems leave behind."""

    placed: Mapping[str, Found]
    ignored: tuple[str, ...]
    kind: str = "folder"

    @property
    def entries(self) -> int:
        """The number of files, those ignored left out."""
        return len(self.placed)

    @property
    def sizes(self) -> dict[str, int]:
        """The files' names and bytes."""
        return {name: found.size for name, found in self.placed.items()}

    def read(self, name: str) -> Iterator[bytes]:
        """The file's bytes in pieces.

        Raises `Fault` where it is no longer the file that was judged.
        """
        found = self.placed[name]
        left = found.size
        with _open_itself(found.path) as stream:
            while piece := stream.read(CHUNK):
                left -= len(piece)
                if left < 0:
                    break
                yield piece
        if left:
            raise Fault(
                f"{shown(name)} changed while it was read.",
                help="Wait until nothing writes to the folder, then try again.",
            )


def _open_itself(path: Path) -> BufferedReader:
    return os.fdopen(os.open(path, os.O_RDONLY | ITSELF), "rb")


def opened_folder(
    source: Path, limits: HandInLimits, same: NameKey = same_on_some_system
) -> FolderContents:
    """The hand-in below `source`, judged and ready to read; no two names may be the `same`.

    Raises `Fault` for links, pipes and devices, unsafe names and sizes beyond the lab's limits;
    `OSError` where a folder cannot be read.
    """
    found, ignored = _scan(source, limits.entries)
    if len(found) > limits.entries:
        raise Fault(
            f"{shown(source.name)} holds more than {limits.entries:,} files, the most that the lab "
            "accepts.",
            help="`grader pack` makes a zip of only the files the lab asks for.",
        )
    placed = {checked(each.name): each for each in found}
    for name, each in placed.items():
        if not stat.S_ISREG(each.mode):
            what = "a symbolic link" if stat.S_ISLNK(each.mode) else "a pipe, socket or device"
            raise Fault(
                f"{shown(name)} is {what}, not a file.",
                help="Put the file itself there, under that name, or leave it out.",
            )
    check_distinct((each.name for each in found), same)
    size = sum(each.size for each in found)
    if size > limits.unpacked_bytes:
        raise Fault(
            f"{shown(source.name)} is too large.",
            help="`grader pack` makes a zip of only the files the lab asks for.",
            expected=f"at most {limits.unpacked_bytes:,} bytes",
            actual=f"{size:,} bytes",
        )
    return FolderContents(placed=placed, ignored=ignored)


def _scan(source: Path, most: int) -> tuple[tuple[Found, ...], tuple[str, ...]]:
    """What lies below `source`, sorted by name, up to one more than `most`; and what is ignored."""
    found: list[Found] = []
    ignored: list[str] = []
    pending = [(source, "")]
    while pending and len(found) <= most:
        folder, prefix = pending.pop()
        with os.scandir(folder) as entries:
            for entry in entries:
                if len(found) > most:
                    break
                name = prefix + decode_path(entry.name)
                if is_ignored(name):
                    ignored.append(name)
                elif entry.is_dir(follow_symlinks=False):
                    pending.append((Path(entry.path), f"{name}/"))
                else:
                    about = entry.stat(follow_symlinks=False)
                    path = Path(entry.path)
                    found.append(
                        Found(name=name, path=path, mode=about.st_mode, size=about.st_size)
                    )
    return tuple(sorted(found, key=lambda each: each.name)), tuple(sorted(ignored))


def folder_sha256(source: Path, limits: HandInLimits) -> str:
    """Identifies a folder's content: SHA-256 over its sorted names, sizes and files' hashes.

    What `opened_folder` refuses unread is not read here either: a link counts by where it points,
    and files beyond the lab's limits by their names and sizes.
    """
    total = hashlib.sha256()
    left = limits.unpacked_bytes
    for each in _scan(source, limits.entries)[0]:
        left -= each.size
        if stat.S_ISLNK(each.mode):
            content = f"link to {os.fsencode(each.path.readlink()).hex()}"
        elif stat.S_ISREG(each.mode) and left >= 0:
            with _open_itself(each.path) as stream:
                content = hashlib.file_digest(stream, "sha256").hexdigest()
        else:
            content = f"mode {each.mode:o}"
        total.update(f"{each.name}\0{each.size}\0{content}\n".encode())
    return total.hexdigest()
