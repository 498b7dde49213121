"""From the LMS and back to it: downloads in, sheets and feedback out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.errors import GraderError
from grader.intake import find_sources, student_id
from grader.labs.spec import LabSpec
from grader.lms.canvas import download as canvas
from grader.lms.download import Download, UnpackFolders, recognised, unpack
from grader.lms.gradescope import download as gradescope
from grader.lms.listing import Reader
from grader.lms.moodle import download as moodle
from grader.lms.roster import Roster
from grader.lms.times import Times, read_times
from grader.results.folder import DOWNLOADS
from grader.types import Arrival

__all__ = [
    "READERS",
    "ClassifiedPaths",
    "Imported",
    "Times",
    "arrival",
    "classify_paths",
    "import_downloads",
    "read_times",
]

READERS: Mapping[str, Reader] = {
    moodle.NAME: moodle.READER,
    canvas.NAME: canvas.READER,
    gradescope.NAME: gradescope.READER,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassifiedPaths:
    """What the paths on the command line are: downloads of LMSs, or hand-ins."""

    downloads: tuple[Download, ...]
    sources: tuple[Path, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """The hand-ins to grade, how those from an LMS reached it, and what a person should know."""

    sources: tuple[Path, ...]
    handed_in: Mapping[Path, Arrival]
    notes: tuple[str, ...]


def classify_paths(paths: Sequence[Path], lab: LabSpec) -> ClassifiedPaths:
    """Tell downloads from hand-ins, without writing anything.

    Only what is named outright can be a download, and not beside what is none: a student's zip can
    be made to look like one. Raises `GraderError` then, and as `find_sources` does.
    """
    downloads = {path: recognised(path, lab, READERS) for path in paths}
    others = [path for path, download in downloads.items() if download is None]
    known = tuple(download for download in downloads.values() if download is not None)
    if known and others:
        raise GraderError(
            f"{known[0].source} looks like {known[0].lms.capitalize()}'s download of a class, "
            f"{others[0]} does not.",
            help="Grade the download alone; a hand-in that only looks like one, in a folder.",
        )
    return ClassifiedPaths(downloads=known, sources=find_sources(others))


def import_downloads(
    given: ClassifiedPaths, lab: LabSpec, out: Path, work: Path, roster: Roster | None = None
) -> Imported:
    """Unpack what was downloaded below the results folder `out`, by way of its scratch `work`.

    Raises `GraderError` as `unpack` does.
    """
    sources = list(given.sources)
    handed_in: dict[Path, Arrival] = {}
    notes: list[str] = []
    for download in given.downloads:
        unpacked = unpack(download, lab, UnpackFolders(kept=out / DOWNLOADS, work=work), roster)
        many = len(unpacked.hand_ins)
        notes.append(f"{download.source}: {download.lms.capitalize()}'s download of {many}.")
        sources += [source for source, _ in unpacked.hand_ins]
        handed_in |= {source.absolute(): who for source, who in unpacked.hand_ins}
        notes += unpacked.notes
    return Imported(sources=tuple(sources), handed_in=handed_in, notes=tuple(notes))


def arrival(source: Path, taken: Imported, times: Times | None) -> Arrival | None:
    """How and when the hand-in at `source` reached the LMS, as far as anybody says."""
    known = taken.handed_in.get(source.absolute())
    return known if times is None else times.of(student_id(source), known)
