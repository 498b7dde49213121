"""Open a download of an LMS without checking the names that students chose.

No file is written under these names. A name with a backslash, or one too long for a disk, later
fails only the hand-in of its own student, not the download.
"""

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from grader.errors import Fault
from grader.intake.archive import opened_zip
from grader.intake.folder import FolderContents, FolderEntry
from grader.intake.names import checked, decode_path, is_ignored
from grader.labs.hand_in_files import HandInFiles
from grader.labs.hand_in_limits import ArchiveLimits
from grader.labs.spec import LabSpec
from grader.text import shown

LARGEST_CLASS = 2_000  # hand-ins, each within the lab's limits
NEVER_A_BOMB = 1_100.0  # above Deflate's limit of 1,032: a bomb fails only its own hand-in


class Contents(Protocol):
    """The interface of an open archive and of a folder."""

    @property
    def sizes(self) -> dict[str, int]:
        """The size of each file in bytes, by name."""

    def read(self, name: str) -> Iterator[bytes]:
        """Yield the bytes of a file in chunks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDownload:
    """An open download; `no_files` are the links, pipes and devices in it."""

    contents: Contents
    no_files: tuple[str, ...] = ()

    @property
    def sizes(self) -> Mapping[str, int]:
        """The size of each file in bytes, by name."""
        return self.contents.sizes


@contextmanager
def opened(source: Path, lab: LabSpec) -> Iterator[OpenDownload]:
    """Open the zip or folder at `source`. Raises `Fault` and `OSError` as `opened_zip` does."""
    limits = _limits(lab.limits)
    if source.is_dir():
        yield _folder(source, limits, lab.hand_in_files)
        return
    with opened_zip(source, limits, name_key=str, check_name=_as_it_is) as contents:
        yield OpenDownload(contents=contents)


def left_behind(name: str, files: HandInFiles) -> bool:
    """True for a file that a system or editor created; a hidden archive is a hand-in."""
    folder, slash, file = name.rpartition("/")
    if files.resembles(file) and not file.startswith("._"):  # a file with `._` is macOS metadata
        return is_ignored(folder + slash + (file.lstrip(".") or "_"))
    return is_ignored(name)


def _limits(one: ArchiveLimits) -> ArchiveLimits:
    """Return the limits of a class: each hand-in may reach the lab's own limits."""
    return one.model_copy(
        update={
            "archive_bytes": one.archive_bytes * LARGEST_CLASS,
            "unpacked_bytes": one.unpacked_bytes * LARGEST_CLASS,
            "entries": one.entries * LARGEST_CLASS,
            "ratio": NEVER_A_BOMB,
        }
    )


def _as_it_is(name: str) -> str:
    try:
        return checked(name)
    except Fault:
        return name


def _folder(source: Path, limits: ArchiveLimits, asked: HandInFiles) -> OpenDownload:
    files: dict[str, FolderEntry] = {}
    no_files: list[str] = []
    pending = [(source, "")]
    while pending:
        folder, prefix = pending.pop()
        with os.scandir(folder) as entries:
            for entry in entries:
                name = prefix + decode_path(entry.name)
                about = entry.stat(follow_symlinks=False)
                if stat.S_ISDIR(about.st_mode):
                    pending.append((Path(entry.path), f"{name}/"))
                elif stat.S_ISREG(about.st_mode):
                    files[name] = FolderEntry(
                        name=name, path=Path(entry.path), mode=about.st_mode, size=about.st_size
                    )
                elif not left_behind(name, asked):
                    no_files.append(name)
                if len(files) > limits.entries:
                    raise Fault(
                        f"{shown(source.name)} contains more than {limits.entries:,} files.",
                        help="Give only the folder of the download.",
                    )
    contents = FolderContents(files=dict(sorted(files.items())), ignored=())
    return OpenDownload(contents=contents, no_files=tuple(sorted(no_files)))
