"""A zip in a hand-in that is nothing else: opened once, within the limits of one hand-in."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from grader.errors import Fault
from grader.intake.archive import SMALLEST_BOMB, ZipContents, zip_contents
from grader.intake.folder import FolderContents
from grader.intake.layout import Arrangement
from grader.intake.names import is_ignored
from grader.labs.hand_in_limits import ArchiveLimits
from grader.text import shown

OuterContents = ZipContents | FolderContents


@dataclass(frozen=True, slots=True, kw_only=True)
class NestedContents:
    """The files of a hand-in, and those of the zip in it as if the zip were a folder.

    `inside` is the name of that zip.
    """

    outer: OuterContents
    inner: ZipContents
    inside: str

    @property
    def kind(self) -> str:
        """`zip` or `folder`, as the hand-in itself is."""
        return self.outer.kind

    @property
    def entries(self) -> int:
        """The number of entries of both."""
        return self.outer.entries + self.inner.entries

    @property
    def sizes(self) -> dict[str, int]:
        """The unpacked size of each file in bytes, by name; the zip itself is not in it."""
        outer = {name: size for name, size in self.outer.sizes.items() if name != self.inside}
        return outer | {self._within(name): size for name, size in self.inner.sizes.items()}

    @property
    def links(self) -> tuple[str, ...]:
        """The links in ignored places of both."""
        return (*self.outer.links, *map(self._within, self.inner.links))

    @property
    def ignored(self) -> tuple[str, ...]:
        """The files that were not looked at."""
        return self.outer.ignored

    def read(self, name: str) -> Iterator[bytes]:
        """Yield the file's bytes in chunks. Raises `Fault` if they are not as declared."""
        if name.startswith(self._within("")):
            return self.inner.read(name.removeprefix(self._within("")))
        return self.outer.read(name)

    def _within(self, name: str) -> str:
        return f"{self.inside}/{name}"


def zip_inside(arrangement: Arrangement, names: Sequence[str]) -> str | None:
    """Return the only zip among `names` if no file of the lab is beside it, else None."""
    found = any(file.name is not None for file in arrangement.expected_files)
    if found or not arrangement.missing:
        return None
    zips = [name for name in names if name.lower().endswith(".zip") and not is_ignored(name)]
    return zips[0] if len(zips) == 1 else None


@contextmanager
def opened_inside(
    outer: OuterContents, inside: str, work: Path, limits: ArchiveLimits
) -> Iterator[NestedContents]:
    """Open the zip `inside` of `outer` with what `outer` has left of the limits.

    Its bytes are in a file without a name on the disk of `work` meanwhile. Raises `Fault` as
    `opened_zip` does, and if both together unpack to too much.
    """
    label = f"{shown(inside)} in the hand-in"
    left = limits.model_copy(
        update={
            "unpacked_bytes": limits.unpacked_bytes - sum(outer.sizes.values()),
            "entries": limits.entries - outer.entries,
        }
    )
    if outer.sizes[inside] > limits.archive_bytes:
        raise Fault(
            f"{label} is too large.",
            help="Hand in only the files the lab asks for; `grader pack` selects them.",
            expected=f"at most {limits.archive_bytes:,} bytes",
            actual=f"{outer.sizes[inside]:,} bytes",
        )
    work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=work) as copy:
        copy.writelines(outer.read(inside))
        inner = _checked(copy, label, left, outer.packed(inside))
        yield NestedContents(outer=outer, inner=inner, inside=inside)


def _checked(copy: BinaryIO, label: str, left: ArchiveLimits, packed: int) -> ZipContents:
    """Check the zip in `copy`, which takes `packed` bytes in the archive around it."""
    try:
        inner = zip_contents(copy, label, left)
    except Fault as fault:
        if label in fault.reason:
            raise
        raise Fault(
            f"{label}: {fault.reason}",
            help=fault.help,
            expected=fault.expected,
            actual=fault.actual,
        ) from fault
    size = sum(inner.sizes.values())
    if size > SMALLEST_BOMB and size > left.ratio * packed:
        raise Fault(
            f"{label} looks like an archive bomb: it unpacks to {size:,} bytes from {packed:,}.",
            help="No file that the lab asks for compresses that much. Remove all other files "
            "and make the zip again.",
            expected=f"at most {left.ratio:g} times its compressed size",
            actual=f"{size / max(packed, 1):.0f} times",
        )
    return inner
