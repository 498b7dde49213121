"""A download, opened: names that students chose are not judged here, each is its student's verdict.

Nothing is ever written under these names, so that one with a backslash, or too long for a disk,
stops neither the download nor the others.
"""

import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from grader.errors import Fault
from grader.intake.advice import ARCHIVE_SUFFIXES, CHECKPOINT_SUFFIXES
from grader.intake.archive import opened_zip
from grader.intake.folder import FolderContents, FolderEntry
from grader.intake.names import checked, decode_path, is_ignored, shown
from grader.labs.spec import LabSpec, Limits

LARGEST_CLASS = 2_000  # hand-ins, each of the lab's own limits
NEVER_A_BOMB = 1_100.0  # Deflate's own limit is 1,032: a student's bomb is that student's verdict
HAND_INS = (*ARCHIVE_SUFFIXES, *CHECKPOINT_SUFFIXES, ".ipynb")


class Contents(Protocol):
    """What an open archive and a folder have in common."""

    @property
    def sizes(self) -> dict[str, int]:
        """The files' names and bytes."""

    def read(self, name: str) -> Iterator[bytes]:
        """A file in pieces."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDownload:
    """An open download; `no_files` are the links, pipes and devices in it, which no LMS writes."""

    contents: Contents
    no_files: tuple[str, ...] = ()

    @property
    def sizes(self) -> Mapping[str, int]:
        """The files' names and bytes."""
        return self.contents.sizes


@contextmanager
def opened(source: Path, lab: LabSpec) -> Iterator[OpenDownload]:
    """The zip or folder at `source`. Raises `Fault` and `OSError` as `opened_zip` does."""
    limits = _limits(lab.limits)
    if source.is_dir():
        yield _folder(source, limits)
        return
    with opened_zip(source, limits, name_key=str, check_name=_as_it_is) as contents:
        yield OpenDownload(contents=contents)


def left_behind(name: str) -> bool:
    """Whether a system or an editor left the file there: a hidden archive is somebody's hand-in."""
    folder, slash, file = name.rpartition("/")
    if resembles_hand_in(file) and not file.startswith("._"):  # AppleDouble's, beside the file
        return is_ignored(folder + slash + (file.lstrip(".") or "_"))
    return is_ignored(name)


def resembles_hand_in(name: str) -> bool:
    """Whether it is called like what is graded: an archive, a checkpoint or a notebook."""
    return name.lower().endswith(HAND_INS)


def _limits(one: Limits) -> Limits:
    """A class's: each hand-in may be as large as the lab lets it be."""
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


def _folder(source: Path, limits: Limits) -> OpenDownload:
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
                elif not left_behind(name):
                    no_files.append(name)
                if len(files) > limits.entries:
                    raise Fault(
                        f"{shown(source.name)} holds more than {limits.entries:,} files.",
                        help="Give the folder of the download alone.",
                    )
    contents = FolderContents(files=dict(sorted(files.items())), ignored=())
    return OpenDownload(contents=contents, no_files=tuple(sorted(no_files)))
