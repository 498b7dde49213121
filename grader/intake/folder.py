"""An unzipped hand-in: checked like a zip. No link is followed, every file is read once."""

import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path

from grader.errors import Fault
from grader.intake.names import (
    ENVIRONMENT_FILES,
    NameKey,
    check_distinct,
    checked,
    decode_path,
    is_ignored,
    same_on_some_system,
)
from grader.labs.hand_in_limits import ArchiveLimits
from grader.text import shown

CHUNK = 1 << 18
# Do not follow a link and do not wait for a pipe. Windows has neither flag, but needs O_BINARY.
ITSELF = sum(getattr(os, flag, 0) for flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY"))


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderEntry:
    """One entry below the folder. Of a link, `mode` and `size` are those of the link itself."""

    name: str
    path: Path
    mode: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderContents:
    """The files of a folder that has passed all checks, without those ignored."""

    files: Mapping[str, FolderEntry]
    ignored: tuple[str, ...]
    links: tuple[str, ...] = ()
    kind: str = "folder"

    @property
    def entries(self) -> int:
        """The number of files, without those ignored."""
        return len(self.files)

    @property
    def sizes(self) -> dict[str, int]:
        """The size of each file in bytes, by name."""
        return {name: found.size for name, found in self.files.items()}

    def packed(self, name: str) -> int:
        """Return the size of the file in bytes."""
        return self.files[name].size

    def read(self, name: str) -> Iterator[bytes]:
        """Yield the file's bytes in chunks.

        Raises `Fault` if the size of the file has changed since the check.
        """
        found = self.files[name]
        left = found.size
        with _open_itself(found.path) as stream:
            while chunk := stream.read(CHUNK):
                left -= len(chunk)
                if left < 0:
                    break
                yield chunk
        if left:
            raise Fault(
                f"{shown(name)} changed while it was read.",
                help="Wait until no program writes to the folder, then try again.",
            )


def _open_itself(path: Path) -> BufferedReader:
    return os.fdopen(os.open(path, os.O_RDONLY | ITSELF), "rb")


def opened_folder(
    source: Path, limits: ArchiveLimits, name_key: NameKey = same_on_some_system
) -> FolderContents:
    """Check the hand-in below `source`; no two of its files may have the same `name_key`.

    Raises `Fault` for links, pipes and devices, unsafe names and sizes beyond the lab's limits;
    `OSError` if a folder cannot be read.
    """
    found, ignored = _scan(source, limits.entries)
    if len(found) > limits.entries:
        raise Fault(
            f"{shown(source.name)} contains more than {limits.entries:,} files, the limit of the "
            "lab.",
            help="`grader pack` makes a zip of only the files the lab asks for.",
        )
    files = {checked(each.name): each for each in found}
    for name, each in files.items():
        if not stat.S_ISREG(each.mode):
            what = "a symbolic link" if stat.S_ISLNK(each.mode) else "a pipe, socket or device"
            raise Fault(
                f"{shown(name)} is {what}, not a file.",
                help="Put the file itself there, under that name, or remove the entry.",
            )
    check_distinct((each.name for each in found), name_key)
    size = sum(each.size for each in found)
    if size > limits.unpacked_bytes:
        raise Fault(
            f"{shown(source.name)} is too large.",
            help="`grader pack` makes a zip of only the files the lab asks for.",
            expected=f"at most {limits.unpacked_bytes:,} bytes",
            actual=f"{size:,} bytes",
        )
    return FolderContents(files=files, ignored=ignored)


def _scan(source: Path, most: int) -> tuple[tuple[FolderEntry, ...], tuple[str, ...]]:
    """Return the entries below `source` by name, at most `most` + 1, and the names ignored."""
    found: list[FolderEntry] = []
    ignored: list[str] = []
    pending = [(source, "")]
    while pending and len(found) <= most:
        folder, prefix = pending.pop()
        if prefix and any((folder / file).is_file() for file in ENVIRONMENT_FILES):
            ignored.append(prefix.removesuffix("/"))
            continue
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
                        FolderEntry(name=name, path=path, mode=about.st_mode, size=about.st_size)
                    )
    return tuple(sorted(found, key=lambda each: each.name)), tuple(sorted(ignored))


def folder_sha256(source: Path, limits: ArchiveLimits) -> str:
    """Return the SHA-256 over the folder's sorted names, sizes and files' hashes.

    What `opened_folder` refuses without reading is not read here either: a link counts by its
    target, and a file beyond the lab's limits by its name and size.
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
