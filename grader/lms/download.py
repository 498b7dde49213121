"""A download of an LMS → one archive for each student, unpacked by the rules of every archive."""

import hashlib
import json
import shutil
import tempfile
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Protocol

from grader.errors import Fault, GraderError
from grader.intake import safe_name
from grader.intake.archive import opened_zip
from grader.intake.folder import folder_sha256, opened_folder
from grader.intake.names import is_ignored, same_on_some_system, shown, visible
from grader.lab import LabSpec, Limits
from grader.lms.listing import Listing, Parcel, Reader
from grader.lms.roster import Roster
from grader.types import HandedIn

RECORDS = "hand_ins.json"
LARGEST_CLASS = 2_000  # hand-ins, each of the lab's own limits
LARGEST_METADATA = 256 << 20
NEVER_A_BOMB = 1_100.0  # Deflate's own limit is 1,032: a student's bomb is that student's verdict
SPARE_BYTES = 64 << 20
EPOCH = (1980, 1, 1, 0, 0, 0)  # a zip's earliest time: equal files give equal bytes


class Contents(Protocol):
    """What an open archive and a folder have in common."""

    @property
    def sizes(self) -> dict[str, int]:
        """The files' names and bytes."""

    def read(self, name: str) -> Iterator[bytes]:
        """A file in pieces."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A zip or folder of an LMS; `prefix` is the folder around everything, or empty."""

    source: Path
    lms: str
    reader: Reader
    prefix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where hand-ins are kept, and a scratch folder on that disk that is emptied after a kill."""

    kept: Path
    work: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Unpacked:
    """The hand-ins of a download, each an archive named after its student, and what was odd."""

    hand_ins: tuple[tuple[Path, HandedIn], ...]
    notes: tuple[str, ...]


def recognised(source: Path, lab: LabSpec, readers: Mapping[str, Reader]) -> Download | None:
    """The download that `source` is, by its files' names; None for anything else."""
    try:
        with _opened(source, lab) as contents:
            names = tuple(name for name in contents.sizes if not is_ignored(name))
    except (Fault, OSError):
        return None  # intake gives the verdict
    for prefix in ("", _around(names)):
        inside = [name.removeprefix(prefix) for name in names]
        for lms, reader in readers.items():
            if reader.recognises(inside):
                return Download(source=source, lms=lms, reader=reader, prefix=prefix)
    return None


def unpack(
    download: Download, lab: LabSpec, places: Places, roster: Roster | None = None
) -> Unpacked:
    """Write one archive for each student below `places.kept`, unless they are there already.

    An archive that was handed in is copied as it is; files handed in beside each other are put
    into one. Raises `GraderError` where the download is damaged or there is no room for it; what
    is wrong with one hand-in is left for that hand-in's verdict.
    """
    try:
        with _opened(download.source, lab) as contents:
            listing = _listing(contents, download.prefix)
            reading = download.reader.read(listing)
            parcels = reading.parcels
            ids, notes = _ids(parcels, lab, roster)
            place = places.kept / _key(download, lab, ids, parcels)
            if not place.is_dir():
                _check_room(contents, places.kept)
                out = _Out(
                    contents=contents,
                    sizes=contents.sizes,
                    prefix=download.prefix,
                    work=places.work,
                )
                _write_all(out, parcels, ids, place)
    except Fault as fault:
        raise GraderError(
            f"{download.source} cannot be unpacked: {fault.reason}",
            help="Download it again, or unpack it yourself and give the folder.",
        ) from fault
    except OSError as error:
        raise GraderError(
            f"{download.source} cannot be unpacked: {error.strerror or error}.",
            help="Check the disk's space and the folders' rights.",
        ) from error
    hand_ins = tuple(
        (place / f"{id}.zip", parcel.who) for id, parcel in zip(ids, parcels, strict=True)
    )
    again = (note for parcel in parcels for note in _superseded(parcel))
    return Unpacked(hand_ins=hand_ins, notes=(*reading.notes, *notes, *again))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Out:
    """Where a download's files are read from, and a scratch folder for what becomes of them."""

    contents: Contents
    sizes: Mapping[str, int]
    prefix: str
    work: Path

    def pieces(self, member: str) -> Iterator[bytes]:
        return self.contents.read(self.prefix + member)

    def size(self, member: str) -> int:
        return self.sizes[self.prefix + member]


@contextmanager
def _opened(source: Path, lab: LabSpec) -> Iterator[Contents]:
    # Names that differ in case only are one student's fault: nothing is written under them here.
    limits = _limits(lab.limits)
    if source.is_dir():
        yield opened_folder(source, limits, same=str)
        return
    with opened_zip(source, limits, same=str) as contents:
        yield contents


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


def _around(names: Sequence[str]) -> str:
    tops = {name.split("/")[0] + "/" if "/" in name else "" for name in names}
    return tops.pop() if len(tops) == 1 else ""


def _listing(contents: Contents, prefix: str) -> Listing:
    sizes = {
        name.removeprefix(prefix): size
        for name, size in contents.sizes.items()
        if not is_ignored(name)
    }

    def read(name: str) -> bytes:
        if sizes[name] > LARGEST_METADATA:
            raise GraderError(f"{name} has {sizes[name]:,} bytes: this is no LMS's metadata.")
        return b"".join(contents.read(prefix + name))

    return Listing(names=tuple(sorted(sizes)), read=read)


def _ids(
    parcels: Sequence[Parcel], lab: LabSpec, roster: Roster | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """An id for each student, no two alike, and which two would have been."""
    wanted = [_id(parcel, lab, roster) for parcel in parcels]
    often = Counter(map(same_on_some_system, wanted))
    ids, notes = [], []
    for parcel, id in zip(parcels, wanted, strict=True):
        if often[same_on_some_system(id)] == 1:
            ids.append(id)
            continue
        apart = f"{id}-{parcel.who.lms_id}"
        ids.append(apart)
        notes.append(
            f"{often[same_on_some_system(id)]} students would be {shown(id)}: "
            f"{parcel.who.name or 'one of them'} is graded as {shown(apart)}."
        )
    return tuple(ids), tuple(notes)


def _id(parcel: Parcel, lab: LabSpec, roster: Roster | None) -> str:
    """The roster's id, else the LMS's, else what the student has called the hand-in."""
    named = _named(parcel, lab)
    known = roster.student_id(parcel.student or named, parcel.who) if roster else None
    if known and named and same_on_some_system(known) == same_on_some_system(named):
        known = named  # as the student spells it, the notebook is called too
    fallback = f"{parcel.who.lms}-{parcel.who.lms_id}"
    id = visible((known or parcel.student or named or fallback).strip())
    plain = all(char.isalnum() or char in " ._-+=@()~" for char in id)
    return id if plain and id.strip(". ") and len(id.encode()) <= 100 else safe_name(id)


def _named(parcel: Parcel, lab: LabSpec) -> str | None:
    archive = parcel.archive
    if archive is not None:
        return PurePosixPath(parcel.base(archive.name)).stem
    notebooks = [each.name for each in parcel.pieces if each.name.lower().endswith(".ipynb")]
    if len(notebooks) != 1 or PurePosixPath(notebooks[0]).name == lab.layout.template_notebook:
        return None
    return PurePosixPath(parcel.base(notebooks[0])).stem


def _key(download: Download, lab: LabSpec, ids: Sequence[str], parcels: Sequence[Parcel]) -> str:
    """Equal for the same bytes, unpacked under the same names."""
    total = hashlib.sha256()
    if download.source.is_dir():
        total.update(folder_sha256(download.source, _limits(lab.limits)).encode())
    else:
        with download.source.open("rb") as stream:
            total.update(hashlib.file_digest(stream, "sha256").digest())
    for id, parcel in zip(ids, parcels, strict=True):
        total.update(f"{id}\0{parcel.pieces}\n".encode(errors="backslashreplace"))
    return total.hexdigest()[:16]


def _check_room(contents: Contents, into: Path) -> None:
    into.mkdir(parents=True, exist_ok=True)
    needed, free = sum(contents.sizes.values()) + SPARE_BYTES, shutil.disk_usage(into).free
    if needed > free:
        raise GraderError(
            f"The download unpacks to {needed / 1e9:.1f} GB; {into} has room for {free / 1e9:.1f}.",
            help="Free some, or choose another folder with --out.",
        )


def _write_all(out: _Out, parcels: Sequence[Parcel], ids: Sequence[str], place: Path) -> None:
    """All of them or none: the folder gets its name last."""
    with tempfile.TemporaryDirectory(prefix="unpacking-", dir=out.work) as scratch:
        whole = Path(scratch) / "whole"
        whole.mkdir()  # by the user's own mask, which a temporary folder does not heed
        for id, parcel in zip(ids, parcels, strict=True):
            _write(out, parcel, whole / f"{id}.zip")
        records = {id: asdict(parcel.who) for id, parcel in zip(ids, parcels, strict=True)}
        text = json.dumps(records, ensure_ascii=False, indent=2) + "\n"
        (whole / RECORDS).write_bytes(text.encode("utf-8", "backslashreplace"))
        whole.rename(place)


def _write(out: _Out, parcel: Parcel, target: Path) -> None:
    archive = parcel.archive
    if archive is not None:
        with target.open("xb") as copy:
            copy.writelines(out.pieces(archive.member))
        return
    with zipfile.ZipFile(target, "x", zipfile.ZIP_STORED) as packed:
        for piece in sorted(parcel.pieces, key=lambda each: each.name):
            entry = zipfile.ZipInfo(_inside(parcel, piece.name), EPOCH)
            entry.create_system = 3  # Unix, whatever this runs on
            entry.external_attr = 0o644 << 16
            entry.file_size = out.size(piece.member)
            with packed.open(entry, "w") as member:
                for part in out.pieces(piece.member):
                    member.write(part)


def _inside(parcel: Parcel, name: str) -> str:
    """As it was called before the LMS numbered it, in a hand-in of loose files."""
    return parcel.base(name) if parcel.numbered else name


def _superseded(parcel: Parcel) -> Iterator[str]:
    who = parcel.who
    if who.superseded:
        earlier = ", ".join(map(shown, who.superseded))
        yield f"{who.name or who.lms_id} handed in again: the latest counts, not {earlier}."
