"""Recognise a download of an LMS by the names of its files."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.errors import Fault, GraderError
from grader.labs.hand_in_files import HandInFiles
from grader.labs.spec import LabSpec
from grader.lms.listing import Reader, label
from grader.lms.opening import left_behind, opened
from grader.text import several, shown

DEEPEST = 4  # folders around a download: the course, the assignment, "Submissions"
LISTED = 8  # names in one sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A zip or folder from an LMS; `prefix` is the folder around its files, or empty.

    `members` are the names that the LMS has given, without `prefix`; `others` are the full names
    of all other files.
    """

    source: Path
    lms: str
    reader: Reader
    prefix: str
    members: tuple[str, ...]
    others: tuple[str, ...]


def recognised(source: Path, lab: LabSpec, readers: Mapping[str, Reader]) -> Download | None:
    """Recognise a download by the names of its files; return None if `source` is not one.

    It is one if the LMS has named every file, or at least two files with certainty. Raises
    `GraderError` if another file in it could be a hand-in, since its student is unknown.
    """
    asked = lab.hand_in_files
    try:
        with opened(source, lab) as download:
            names = tuple(name for name in download.sizes if not left_behind(name, asked))
            no_files = download.no_files
    except (Fault, OSError):
        return None  # intake reports the fault
    readings = [
        _sorted_out(source, names, prefix, named, asked)
        for prefix in _around(names)
        for named in readers.items()
    ]
    whole = [each for each in readings if each.members and not each.others]
    several = [each for each in readings if _several(each, asked)]
    found = next(iter((*whole, *several)), None)
    if found is not None:
        _check_others(found, no_files, asked)
    return found


def _sorted_out(
    source: Path,
    names: Sequence[str],
    prefix: str,
    named: tuple[str, Reader],
    asked: HandInFiles,
) -> Download:
    lms, reader = named
    inside = {name: name.removeprefix(prefix) for name in names if name.startswith(prefix)}
    known = {
        name: member
        for name, member in inside.items()
        if member == reader.metadata or reader.owner(member) is not None
    }
    is_class = reader.is_class is None or reader.is_class(tuple(inside.values()), asked)
    if not is_class or (reader.metadata is not None and reader.metadata not in known.values()):
        known = {}
    added = {name for name, member in inside.items() if member in reader.extras and known}
    return Download(
        source=source,
        lms=lms,
        reader=reader,
        prefix=prefix,
        members=tuple(sorted(known.values())),
        others=tuple(sorted(set(names) - known.keys() - added)),
    )


def _several(download: Download, asked: HandInFiles) -> bool:
    """True if it is a download although it has other files.

    If the LMS's names are not certain, files of two students that resemble hand-ins are needed: a
    picture can have any name.
    """
    if download.reader.certain:
        return len(download.members) > 1
    found = filter(asked.resembles, download.members)
    return len({download.reader.owner(member) for member in found}) > 1


def _check_others(download: Download, no_files: Sequence[str], asked: HandInFiles) -> None:
    lms = label(download.lms)
    stray = [name for name in download.others if asked.resembles(name)]
    if stray:
        raise GraderError(
            f"{download.source} is a download from {lms}, but {lms} has not named "
            f"{listed(stray)}: the student is unknown.",
            help="Remove it from the download and grade it alone.",
        )
    if no_files:
        raise GraderError(
            f"{download.source} is a download from {lms}, but {listed(no_files)} in it is a "
            "link or device, not a file.",
            help="Put the file itself there, or remove the entry.",
        )


def _around(names: Sequence[str]) -> Iterator[str]:
    """Yield the folders that can be around a download, each with a `/`: the top is empty."""
    prefix = ""
    for _ in range(DEEPEST):
        yield prefix
        inside = (name.removeprefix(prefix) for name in names if name.startswith(prefix))
        tops = Counter(name.split("/")[0] + "/" for name in inside if "/" in name)
        if not tops:
            return
        prefix += tops.most_common(1)[0][0]


def listed(names: Sequence[str]) -> str:
    """Return the first names and the number of the others, as a sentence says them."""
    return several(map(shown, names), LISTED)
