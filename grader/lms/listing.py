"""The files of a download and the student of each: the interface of an LMS's reader."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from grader.labs.hand_in_files import NETWORK_FILES, HandInFiles
from grader.lms.people import Person
from grader.types import Arrival

# The suffix of a browser for a second download, `B1 (2)`, and of Canvas for a file that was handed
# in again under the same name, `B1-2`.
COPY = re.compile(r"(?P<base>.+?)(?: ?\((?P<copy>\d{1,2})\)|-(?P<again>\d{1,2}))?")


LABELS = {"ilias": "ILIAS", "folders": "another LMS"}  # the others are in title case


def label(lms: str) -> str:
    """Return the name of an LMS as it is written in a message."""
    return LABELS.get(lms, lms.capitalize())


@dataclass(frozen=True, slots=True, kw_only=True)
class FileList:
    """The names of a download's files; `read(name)` returns the bytes of a small one.

    `people` are those of the roster; none without one. `asked` is what hand-ins of the lab look
    like.
    """

    names: tuple[str, ...]
    read: Callable[[str], bytes]
    people: tuple[Person, ...] = ()
    asked: HandInFiles = NETWORK_FILES


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadedFile:
    """One file: its name in the download and as handed in. A higher `order` is newer."""

    member: str
    name: str
    order: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentFiles:
    """The files that one student handed in; `student_id` is the id that the LMS has, or None.

    `numbered` is True if the LMS numbers files that are handed in again: `B1-2.zip` is `B1.zip`.
    """

    who: Arrival
    files: tuple[DownloadedFile, ...]
    student_id: str | None = None
    numbered: bool = False

    def whole(self, asked: HandInFiles) -> DownloadedFile | None:
        """Return the file that is the hand-in; None if several files are.

        It is the only archive, or the only file, by what hand-ins of the lab look like.
        """
        if asked.archive_is_all:
            found = [each for each in self.files if asked.is_alone(each.name)]
        else:
            found = [each for each in self.files if asked.takes(each.name)]
            if len(self.files) > 1:
                return None
        top = [each for each in found if "/" not in each.name]
        return top[0] if len(top) == 1 else None

    def base(self, name: str) -> str:
        """Return `name` without the suffix of a repeated download or hand-in."""
        path = PurePosixPath(name)
        stem, copies = _copies(path.stem, self.numbered)
        return str(path.with_name(f"{stem}{path.suffix}")) if copies else name


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The files of every student in a download, and notes for the user."""

    students: tuple[StudentFiles, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """How to recognise and read the downloads of one LMS.

    `owner` returns the LMS's number of a file's student, or None if the LMS has not named the
    file. `metadata` is the name of a file that every download of that LMS has, if any, `extras`
    are files that the LMS adds and that nobody handed in. `certain` is True if no other program
    names two files like that LMS. `is_class` decides by the names of all files and by what hand-ins
    of the lab look like, None by `owner`.
    """

    owner: Callable[[str], str | None]
    read: Callable[[FileList], Reading]
    metadata: str | None = None
    extras: frozenset[str] = frozenset()
    certain: bool = True
    is_class: Callable[[Sequence[str], HandInFiles], bool] | None = None


@dataclass(slots=True)
class Gathered:
    """The files of one student, collected while a reader goes through the names."""

    who: Arrival
    files: list[DownloadedFile] = field(default_factory=list)
    typed: list[DownloadedFile] = field(default_factory=list)  # typed into the LMS, not uploaded
    student_id: str | None = None


def without_superseded(student: StudentFiles, asked: HandInFiles) -> StudentFiles:
    """Keep only the latest version of each file; `who.superseded` has the names of the others.

    A file that can be a hand-in by itself, such as an archive, replaces one whose name differs only
    in the number of the copy: two with other names may belong together. Any other file does so
    only if the LMS numbers files.
    """
    rivals: dict[str, list[DownloadedFile]] = {}
    for file in student.files:
        copies = student.numbered or ("/" not in file.name and asked.is_alone(file.name))
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
    """Return the files of each student, sorted by name and number in the LMS."""
    students, notes = [], []
    for each in gathered:
        files = tuple(each.files or each.typed)  # text alone is checked, too
        student = StudentFiles(
            who=each.who, files=files, student_id=each.student_id, numbered=numbered
        )
        students.append(student)
        if each.files and each.typed:
            typed = ", ".join(file.name for file in each.typed)
            notes.append(
                f"{each.who.name or each.who.lms} ({each.who.lms_id}): {typed} is not graded."
            )
    students.sort(key=lambda each: (each.who.name or "", each.who.lms_id or ""))
    return Reading(students=tuple(students), notes=tuple(notes))


def one_name_each(gathered: Iterable[Gathered], lms: str) -> Iterator[Gathered]:
    """Yield the same; where one number has two names, a person looks whose hand-in it is."""
    several = list(gathered)
    often = Counter(each.who.lms_id for each in several)
    for each in several:
        if often[each.who.lms_id] > 1 and not each.who.review:
            why = f"The {lms} number {each.who.lms_id} has {often[each.who.lms_id]} names"
            each.who = replace(each.who, review=f"{why}: check whose hand-in it is.")
        yield each


def _number(file: DownloadedFile, student: StudentFiles) -> int:
    return _copies(PurePosixPath(file.name).stem, student.numbered)[1]


def _copies(stem: str, numbered: bool) -> tuple[str, int]:
    found = COPY.fullmatch(stem)
    if found is None or (found["again"] and not numbered):
        return stem, 0
    return found["base"], int(found["copy"] or found["again"] or 0)
