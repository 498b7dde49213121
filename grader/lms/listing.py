"""What a download holds, as names, and whose each file is: what a reader of one LMS hands on."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from grader.intake.advice import ARCHIVE_SUFFIXES
from grader.types import Arrival

# What a browser adds to a name that is there already, and what Canvas adds to a file handed in
# again under the same name.
COPY = re.compile(r"(?P<base>.+?)(?: ?\((?P<copy>\d{1,2})\)|-(?P<again>\d{1,2}))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class FileList:
    """The names of a download's files, and a way to read a small one: `read(name)`."""

    names: tuple[str, ...]
    read: Callable[[str], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadedFile:
    """One file: its name in the download, and as handed in; of two, the higher `order` is newer."""

    member: str
    name: str
    order: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentFiles:
    """What one student handed in: `student` is the id that the LMS knows, if it knows any.

    `numbered` says that the LMS itself numbers files handed in again: `B1-2.zip` is `B1.zip`.
    """

    who: Arrival
    files: tuple[DownloadedFile, ...]
    student_id: str | None = None
    numbered: bool = False

    @property
    def archive(self) -> DownloadedFile | None:
        """The archive that is the hand-in, where it is one and nothing has to be guessed."""
        archives = _archives(self.files)
        return archives[0] if len(archives) == 1 else None

    def base(self, name: str) -> str:
        """`name` without what marks it as handed in or downloaded again."""
        path = PurePosixPath(name)
        stem, copies = _copies(path.stem, self.numbered)
        return str(path.with_name(f"{stem}{path.suffix}")) if copies else name


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Everybody's student, and what a person should know of the download."""

    students: tuple[StudentFiles, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """How the downloads of one LMS are known, and read.

    `owner` says by a file's name whose it is (the LMS's number), None where the LMS has not named
    it. `metadata` is a file without which nothing is that LMS's, and which is nobody's. `certain`
    says that nobody else would name two files so.
    """

    owner: Callable[[str], str | None]
    read: Callable[[FileList], Reading]
    metadata: str | None = None
    certain: bool = True


@dataclass(slots=True)
class Gathered:
    """Files and remarks about one student, while a reader goes through the names."""

    who: Arrival
    files: list[DownloadedFile] = field(default_factory=list)
    beside: list[DownloadedFile] = field(
        default_factory=list
    )  # typed into the LMS, not handed in as a file


def without_superseded(student: StudentFiles) -> StudentFiles:
    """Only the latest of what was handed in again; the others are named in `who.superseded`.

    An archive takes the place of one whose name differs by its copy's number only: two of other
    names may be one attempt. Any other file does only where the LMS itself numbers them.
    """
    archives = _archives(student.files)
    rivals: dict[str, list[DownloadedFile]] = {}
    for file in student.files:
        copies = student.numbered or file in archives
        key = student.base(file.name) if copies else file.name
        rivals.setdefault(key, []).append(file)
    latest, older = [], []
    for mine in rivals.values():
        *before, last = sorted(mine, key=lambda each: (each.order, _number(each, student)))
        latest.append(last)
        older += [each.name for each in before]
    who = replace(student.who, superseded=(*student.who.superseded, *older))
    return replace(student, who=who, files=tuple(latest))


def by_student(gathered: Iterable[Gathered], *, numbered: bool = False) -> Reading:
    """A student for each student, by name and number in the LMS."""
    students, notes = [], []
    for each in gathered:
        files = tuple(each.files or each.beside)  # text alone gets a verdict too
        student = StudentFiles(who=each.who, files=files, numbered=numbered)
        students.append(without_superseded(student))
        if each.files and each.beside:
            typed = ", ".join(file.name for file in each.beside)
            notes.append(
                f"{each.who.name or each.who.lms} ({each.who.lms_id}): {typed} is not graded."
            )
    students.sort(key=lambda each: (each.who.name or "", each.who.lms_id or ""))
    return Reading(students=tuple(students), notes=tuple(notes))


def _archives(files: Iterable[DownloadedFile]) -> list[DownloadedFile]:
    return [
        each
        for each in files
        if "/" not in each.name and each.name.lower().endswith(ARCHIVE_SUFFIXES)
    ]


def _number(file: DownloadedFile, student: StudentFiles) -> int:
    return _copies(PurePosixPath(file.name).stem, student.numbered)[1]


def _copies(stem: str, numbered: bool) -> tuple[str, int]:
    found = COPY.fullmatch(stem)
    if found is None or (found["again"] and not numbered):
        return stem, 0
    return found["base"], int(found["copy"] or found["again"] or 0)
