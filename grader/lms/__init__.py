"""Exchange with the LMS: read its downloads, write its sheets and feedback files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.errors import GraderError
from grader.intake import find_sources, student_id
from grader.intake.write_up_contents import candidates
from grader.labs.spec import LabSpec
from grader.lms.download import UnpackFolders, unpack
from grader.lms.listing import label
from grader.lms.recognised import Download, recognised
from grader.lms.registry import READERS
from grader.lms.roster import Roster
from grader.lms.times import Times, read_times
from grader.types import Arrival

DOWNLOADS = "downloads"  # in a results folder

__all__ = [
    "ClassifiedPaths",
    "Imported",
    "Times",
    "arrival",
    "classify_paths",
    "import_downloads",
    "read_times",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassifiedPaths:
    """The paths of the command line: downloads of an LMS, or hand-ins."""

    downloads: tuple[Download, ...]
    sources: tuple[Path, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """The hand-ins to grade, the arrival of each from an LMS, and notes for the user."""

    sources: tuple[Path, ...]
    handed_in: Mapping[Path, Arrival]
    notes: tuple[str, ...]


def classify_paths(paths: Sequence[Path], lab: LabSpec) -> ClassifiedPaths:
    """Separate downloads from hand-ins, without writing anything.

    Only a path of the command line can be a download, since a student's zip can be made to look
    like one. Raises `GraderError` for a download beside other hand-ins, and as `find_sources`
    does.
    """
    downloads = {path: recognised(path, lab, READERS) for path in paths}
    others = [path for path, download in downloads.items() if download is None]
    known = tuple(download for download in downloads.values() if download is not None)
    if known and others:
        raise GraderError(
            f"{known[0].source} looks like a download of a class from "
            f"{label(known[0].lms)}, {others[0]} does not.",
            help="Grade the download alone. If it is a hand-in, put it into a folder and give the "
            "folder.",
        )
    return ClassifiedPaths(downloads=known, sources=find_sources(others, lab.hand_in_files))


def import_downloads(
    given: ClassifiedPaths, lab: LabSpec, out: Path, work: Path, roster: Roster | None = None
) -> Imported:
    """Unpack the downloads below the results folder `out`; `work` is its scratch folder.

    An archive with several write-ups becomes several hand-ins of its student: a person chooses the
    one that counts. Raises `GraderError` as `unpack` does.
    """
    sources = [each for source in given.sources for each in candidates(source, work, lab)]
    handed_in: dict[Path, Arrival] = {}
    notes: list[str] = []
    for download in given.downloads:
        unpacked = unpack(download, lab, UnpackFolders(kept=out / DOWNLOADS, work=work), roster)
        many = len(unpacked.hand_ins)
        notes.append(f"{download.source}: download from {label(download.lms)}; hand-ins: {many}.")
        for source, who in unpacked.hand_ins:
            found = candidates(source, work, lab)
            sources += found
            handed_in |= {each.absolute(): who for each in found}
        notes += unpacked.notes
    return Imported(sources=tuple(sources), handed_in=handed_in, notes=tuple(notes))


def arrival(source: Path, taken: Imported, times: Times | None) -> Arrival | None:
    """Return how and when the hand-in at `source` reached the LMS, or None if unknown."""
    known = taken.handed_in.get(source.absolute())
    return known if times is None else times.of(student_id(source), known)
