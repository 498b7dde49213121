"""Split a download of an LMS into one archive for each student."""

import hashlib
import json
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from grader.errors import Fault, GraderError
from grader.files import zip_entry
from grader.intake.advice import is_archive
from grader.labs.hand_in_files import HandInFiles
from grader.labs.spec import LabSpec
from grader.lms.listing import FileList, StudentFiles, label, without_superseded
from grader.lms.naming import ids_of
from grader.lms.opening import OpenDownload, left_behind, opened
from grader.lms.recognised import Download, listed
from grader.lms.roster import Roster
from grader.text import shown
from grader.types import Arrival

RECORDS = "hand_ins.json"
LARGEST_METADATA = 256 << 20
SPARE_BYTES = 64 << 20


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


def unpack(
    download: Download, lab: LabSpec, folders: UnpackFolders, roster: Roster | None = None
) -> Unpacked:
    """Write one archive for each student below `folders.kept`, unless it exists already.

    An archive that was handed in is copied unchanged; loose files are put into a new archive.
    Raises `GraderError` if the download is damaged or the disk is too small. A fault in one
    hand-in is reported later by the checks of that hand-in.
    """
    asked = lab.hand_in_files
    try:
        with opened(download.source, lab) as found:
            reading = download.reader.read(_file_list(found, download, asked, roster))
            students = tuple(without_superseded(each, asked) for each in reading.students)
            ids, notes = ids_of(students, lab, roster)
            out = _Out(found=found, prefix=download.prefix, work=folders.work, asked=asked)
            folder = folders.kept / _key(download, out, ids, students)
            if not folder.is_dir():
                _check_room(found, folders.kept)
                _write_all(out, students, ids, folder)
            odd = (*_not_graded(download), *_nothing_else(found, download, asked))
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
        (folder / _file_name(id, student, asked), student.who)
        for id, student in zip(ids, students, strict=True)
    )
    each_ones = (note for student in students for note in _notes_on(student, asked))
    return Unpacked(hand_ins=hand_ins, notes=(*odd, *reading.notes, *notes, *each_ones))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Out:
    """An open download, a scratch folder to unpack it to, and what hand-ins look like."""

    found: OpenDownload
    prefix: str
    work: Path
    asked: HandInFiles

    def chunks(self, member: str) -> Iterator[bytes]:
        return self.found.contents.read(self.prefix + member)

    def size(self, member: str) -> int:
        return self.found.sizes[self.prefix + member]


def _file_list(
    found: OpenDownload, download: Download, asked: HandInFiles, roster: Roster | None
) -> FileList:
    def read(name: str) -> bytes:
        size = found.sizes[download.prefix + name]
        if size > LARGEST_METADATA:
            raise GraderError(f"{name} has {size:,} bytes, too many for metadata of an LMS.")
        return b"".join(found.contents.read(download.prefix + name))

    people = roster.people if roster is not None else ()
    return FileList(names=download.members, read=read, people=people, asked=asked)


def _not_graded(download: Download) -> Iterator[str]:
    if download.others:
        lms = label(download.lms)
        yield f"Not graded, since {lms} has not named it: {listed(download.others)}."


def _nothing_else(found: OpenDownload, download: Download, asked: HandInFiles) -> Iterator[str]:
    """Yield a note for each student whose only files are ignored ones."""
    owner = download.reader.owner
    graded = {owner(member) for member in download.members}
    for name in found.sizes:
        student = owner(name.removeprefix(download.prefix))
        if left_behind(name, asked) and student is not None and student not in graded:
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
            _write(out, student, whole / _file_name(id, student, out.asked))
        records = {id: asdict(student.who) for id, student in zip(ids, students, strict=True)}
        text = json.dumps(records, ensure_ascii=False, indent=2) + "\n"
        (whole / RECORDS).write_bytes(text.encode("utf-8", "backslashreplace"))
        whole.rename(folder)


def _write(out: _Out, student: StudentFiles, target: Path) -> None:
    whole = student.whole(out.asked)
    if whole is not None:
        with target.open("xb") as copy:
            copy.writelines(out.chunks(whole.member))
        return
    with zipfile.ZipFile(target, "x", zipfile.ZIP_STORED) as packed:
        for file in sorted(student.files, key=lambda each: each.name):
            name, size = _inside(student, file.name), out.size(file.member)
            entry = zip_entry(name, method=zipfile.ZIP_STORED, size=size)
            with packed.open(entry, "w") as member:
                for part in out.chunks(file.member):
                    member.write(part)


def _file_name(id: str, student: StudentFiles, asked: HandInFiles) -> str:
    """Return the name of the hand-in's file; only a file that is no archive keeps its suffix."""
    whole = student.whole(asked)
    loose = whole is not None and not is_archive(whole.name)
    suffix = whole.name.rpartition(".")[2].lower() if whole and loose else "zip"
    return f"{id}.{suffix}"


def _inside(student: StudentFiles, name: str) -> str:
    """Return the name of a loose file before the LMS numbered it."""
    return student.base(name) if student.numbered else name


def _notes_on(student: StudentFiles, asked: HandInFiles) -> Iterator[str]:
    """Yield notes on the files of one student that are not graded."""
    who = student.who
    called = f"{who.name or who.lms} ({who.lms_id})"
    if who.review:
        yield who.review
    if who.superseded:
        earlier = ", ".join(map(shown, who.superseded))
        yield f"{called} handed in again: the latest is graded, not {earlier}."
    whole = student.whole(asked)
    beside = [each.name for each in student.files if each != whole] if whole else []
    if whole and beside:
        yield f"{called}: only {shown(whole.name)} is graded, not {listed(beside)}."
