"""Split a download of an LMS into one archive for each student."""

import hashlib
import json
import shutil
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from grader.errors import Fault, GraderError
from grader.files import zip_entry
from grader.labs.spec import LabSpec
from grader.lms.listing import FileList, Reader, StudentFiles, label
from grader.lms.naming import ids_of
from grader.lms.opening import OpenDownload, left_behind, opened, resembles_hand_in
from grader.lms.roster import Roster
from grader.text import several, shown
from grader.types import Arrival

RECORDS = "hand_ins.json"
LARGEST_METADATA = 256 << 20
SPARE_BYTES = 64 << 20
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


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpackFolders:
    """The folder for the hand-ins, and a scratch folder on the same disk."""

    kept: Path
    work: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpacked:
    """The hand-ins of a download, each an archive named by its student's id, and notes."""

    hand_ins: tuple[tuple[Path, Arrival], ...]
    notes: tuple[str, ...]


def recognised(source: Path, lab: LabSpec, readers: Mapping[str, Reader]) -> Download | None:
    """Recognise a download by the names of its files; return None if `source` is not one.

    It is one if the LMS has named every file, or at least two files with certainty. Raises
    `GraderError` if another file in it could be a hand-in, since its student is unknown.
    """
    try:
        with opened(source, lab) as download:
            names = tuple(name for name in download.sizes if not left_behind(name))
            no_files = download.no_files
    except (Fault, OSError):
        return None  # intake reports the fault
    readings = [
        _sorted_out(source, names, prefix, named)
        for prefix in _around(names)
        for named in readers.items()
    ]
    whole = [each for each in readings if each.members and not each.others]
    several = [each for each in readings if _several(each)]
    found = next(iter((*whole, *several)), None)
    if found is not None:
        _check_others(found, no_files)
    return found


def _sorted_out(
    source: Path, names: Sequence[str], prefix: str, named: tuple[str, Reader]
) -> Download:
    lms, reader = named
    inside = {name: name.removeprefix(prefix) for name in names if name.startswith(prefix)}
    known = {
        name: member
        for name, member in inside.items()
        if member == reader.metadata or reader.owner(member) is not None
    }
    is_class = reader.is_class is None or reader.is_class(tuple(inside.values()))
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


def _several(download: Download) -> bool:
    """True if it is a download although it has other files.

    If the LMS's names are not certain, archives, checkpoints or notebooks of two students are
    needed: a picture can have any name.
    """
    if download.reader.certain:
        return len(download.members) > 1
    found = filter(resembles_hand_in, download.members)
    return len({download.reader.owner(member) for member in found}) > 1


def _check_others(download: Download, no_files: Sequence[str]) -> None:
    lms = label(download.lms)
    stray = [name for name in download.others if resembles_hand_in(name)]
    if stray:
        raise GraderError(
            f"{download.source} is a download from {lms}, but {lms} has not named "
            f"{_listed(stray)}: the student is unknown.",
            help="Remove it from the download and grade it alone.",
        )
    if no_files:
        raise GraderError(
            f"{download.source} is a download from {lms}, but {_listed(no_files)} in it is a "
            "link or device, not a file.",
            help="Put the file itself there, or remove the entry.",
        )


def unpack(
    download: Download, lab: LabSpec, folders: UnpackFolders, roster: Roster | None = None
) -> Unpacked:
    """Write one archive for each student below `folders.kept`, unless it exists already.

    An archive that was handed in is copied unchanged; loose files are put into a new archive.
    Raises `GraderError` if the download is damaged or the disk is too small. A fault in one
    hand-in is reported later by the checks of that hand-in.
    """
    try:
        with opened(download.source, lab) as found:
            reading = download.reader.read(_file_list(found, download, roster))
            students = reading.students
            ids, notes = ids_of(students, lab, roster)
            out = _Out(found=found, prefix=download.prefix, work=folders.work)
            folder = folders.kept / _key(download, out, ids, students)
            if not folder.is_dir():
                _check_room(found, folders.kept)
                _write_all(out, students, ids, folder)
            odd = (*_not_graded(download), *_nothing_else(found, download))
    except Fault as fault:
        raise GraderError(
            f"{download.source} cannot be unpacked: {fault.reason}",
            help="Download it again, or unpack it with another program and give the folder.",
        ) from fault
    except OSError as error:
        raise GraderError(
            f"{download.source} cannot be unpacked: {error.strerror or error}.",
            help="Check the free disk space and the folder permissions.",
        ) from error
    hand_ins = tuple(
        (folder / f"{id}.zip", student.who) for id, student in zip(ids, students, strict=True)
    )
    each_ones = (note for student in students for note in _notes_on(student))
    return Unpacked(hand_ins=hand_ins, notes=(*odd, *reading.notes, *notes, *each_ones))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Out:
    """An open download, and a scratch folder to unpack it to."""

    found: OpenDownload
    prefix: str
    work: Path

    def chunks(self, member: str) -> Iterator[bytes]:
        return self.found.contents.read(self.prefix + member)

    def size(self, member: str) -> int:
        return self.found.sizes[self.prefix + member]


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


def _file_list(found: OpenDownload, download: Download, roster: Roster | None) -> FileList:
    def read(name: str) -> bytes:
        size = found.sizes[download.prefix + name]
        if size > LARGEST_METADATA:
            raise GraderError(f"{name} has {size:,} bytes, too many for metadata of an LMS.")
        return b"".join(found.contents.read(download.prefix + name))

    people = roster.people if roster is not None else ()
    return FileList(names=download.members, read=read, people=people)


def _not_graded(download: Download) -> Iterator[str]:
    if download.others:
        lms = label(download.lms)
        yield f"Not graded, since {lms} has not named it: {_listed(download.others)}."


def _nothing_else(found: OpenDownload, download: Download) -> Iterator[str]:
    """Yield a note for each student whose only files are ignored ones."""
    owner = download.reader.owner
    graded = {owner(member) for member in download.members}
    for name in found.sizes:
        student = owner(name.removeprefix(download.prefix))
        if left_behind(name) and student is not None and student not in graded:
            yield f"{shown(name)} is not a hand-in, and {download.lms} {student} has no other file."


def _key(
    download: Download, out: _Out, ids: Sequence[str], students: Sequence[StudentFiles]
) -> str:
    """Return a key that is equal for equal bytes unpacked under equal names."""
    total = hashlib.sha256()
    if download.source.is_dir():
        for member in download.members:
            content = hashlib.sha256()
            for chunk in out.chunks(member):
                content.update(chunk)
            total.update(f"{member}\0{content.hexdigest()}\n".encode(errors="backslashreplace"))
    else:
        with download.source.open("rb") as stream:
            total.update(hashlib.file_digest(stream, "sha256").digest())
    for id, student in zip(ids, students, strict=True):
        files = [(file.member, file.name, file.order) for file in student.files]
        total.update(f"{id}\0{files}\n".encode(errors="backslashreplace"))
    return total.hexdigest()[:16]


def _check_room(found: OpenDownload, into: Path) -> None:
    into.mkdir(parents=True, exist_ok=True)
    needed, free = sum(found.sizes.values()) + SPARE_BYTES, shutil.disk_usage(into).free
    if needed > free:
        raise GraderError(
            f"The download needs {needed / 1e9:.1f} GB; {into} has {free / 1e9:.1f} GB free.",
            help="Free some space, or choose another folder with --out.",
        )


def _write_all(
    out: _Out, students: Sequence[StudentFiles], ids: Sequence[str], folder: Path
) -> None:
    """Write all archives or none: the folder gets its name last."""
    with tempfile.TemporaryDirectory(prefix="unpacking-", dir=out.work) as scratch:
        whole = Path(scratch) / "whole"
        whole.mkdir()  # with the user's umask, which a temporary folder ignores
        for id, student in zip(ids, students, strict=True):
            _write(out, student, whole / f"{id}.zip")
        records = {id: asdict(student.who) for id, student in zip(ids, students, strict=True)}
        text = json.dumps(records, ensure_ascii=False, indent=2) + "\n"
        (whole / RECORDS).write_bytes(text.encode("utf-8", "backslashreplace"))
        whole.rename(folder)


def _write(out: _Out, student: StudentFiles, target: Path) -> None:
    archive = student.archive
    if archive is not None:
        with target.open("xb") as copy:
            copy.writelines(out.chunks(archive.member))
        return
    with zipfile.ZipFile(target, "x", zipfile.ZIP_STORED) as packed:
        for file in sorted(student.files, key=lambda each: each.name):
            name, size = _inside(student, file.name), out.size(file.member)
            entry = zip_entry(name, method=zipfile.ZIP_STORED, size=size)
            with packed.open(entry, "w") as member:
                for part in out.chunks(file.member):
                    member.write(part)


def _inside(student: StudentFiles, name: str) -> str:
    """Return the name of a loose file before the LMS numbered it."""
    return student.base(name) if student.numbered else name


def _notes_on(student: StudentFiles) -> Iterator[str]:
    """Yield notes on the files of one student that are not graded."""
    who = student.who
    called = f"{who.name or who.lms} ({who.lms_id})"
    if who.review:
        yield who.review
    if who.superseded:
        earlier = ", ".join(map(shown, who.superseded))
        yield f"{called} handed in again: the latest is graded, not {earlier}."
    archive = student.archive
    beside = [each.name for each in student.files if each != archive] if archive else []
    if archive and beside:
        yield f"{called}: only {shown(archive.name)} is graded, not {_listed(beside)}."


def _listed(names: Sequence[str]) -> str:
    return several(map(shown, names), LISTED)
