"""A class as any other LMS, or a person, sorts it: a folder for each student.

    {student}/[…/]{archive}          of a lab of networks: an archive in each, and nothing else
    {student}/[…/]{any file}         of a lab of write-ups: in most of them one write-up

Two students are needed: otherwise it is one hand-in.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from grader.labs.hand_in_files import HandInFiles
from grader.lms.listing import DownloadedFile, FileList, Gathered, Reader, Reading, by_student
from grader.lms.people import Index, Person
from grader.text import shown
from grader.types import Arrival

NAME = "folders"


def owner(name: str) -> str | None:
    """Return the top folder of the file; None if it is in none."""
    folder, slash, _ = name.partition("/")
    return folder if slash else None


def read(file_list: FileList) -> Reading:
    """Return the files of each folder; where an archive is all of a hand-in, only the archive.

    The folder's name is the student's id if the roster has it, or if it says more than the files'
    names: those of archives are ids unless several students have the same. It is the student's name
    if the roster has that.
    """
    asked = file_list.asked
    index = Index.of(file_list.people)
    students: dict[str, Gathered] = {}
    counting = [
        member for member in file_list.names if asked.is_alone(member) or not asked.archive_is_all
    ]
    often = Counter(PurePosixPath(member).stem for member in counting)
    for member in counting:
        folder, _, inside = member.partition("/")
        name = PurePosixPath(inside).name if asked.archive_is_all else inside
        shared = not asked.archive_is_all or often[PurePosixPath(member).stem] > 1
        mine = students.setdefault(folder, _student(folder, index, shared=shared))
        mine.files.append(DownloadedFile(member=member, name=name))
        if asked.archive_is_all or asked.names_student(name):
            mine.who = replace(mine.who, review=mine.who.review or _doubt(member, index))
    return by_student(students.values())


def _student(folder: str, index: Index, *, shared: bool) -> Gathered:
    """Return the student of a folder; if `shared`, files' names do not tell students apart."""
    rows = [index.find(each).row for each in (Person(id=folder), Person(name=folder))]
    is_id, is_name = (row is not None for row in rows)
    name = folder if is_name and not is_id else None
    student = Gathered(who=Arrival(lms=NAME, lms_id=folder, name=name, place=f"{folder}/"))
    if is_id or (shared and not is_name):
        student.student_id = folder
    return student


def _doubt(member: str, index: Index) -> str | None:
    """Return the reason why a person must look whose folder it is; None if that is certain.

    A student chooses the file's name, so that it decides nothing where the roster has names.
    """
    folder, file = owner(member) or "", PurePosixPath(member).stem
    found = [index.find(each).row for each in (Person(id=folder), Person(name=folder))]
    rows = dict.fromkeys(row for row in found if row is not None)
    if len(rows) > 1:
        people = " or ".join(str(index.people[row]) for row in rows)
        return f"The folder {shown(folder)} can be of {people}: check whose it is."
    named = index.find(Person(id=file)).row
    if rows or named is None or not any(each.name for each in index.people):
        return None
    return (
        f"The folder {shown(folder)} is of nobody on the roster, but its file has the name of "
        f"{index.people[named]}: check whose it is."
    )


def is_class(names: Sequence[str], asked: HandInFiles) -> bool:
    """True if two folders or more are those of students, and nothing beside them is a hand-in.

    In a lab of networks each has exactly one archive. In a lab of write-ups at least half of them
    have exactly one write-up or archive: the folders of one hand-in, and those of course sections,
    have none or many.
    """
    alone = Counter(owner(name) for name in names if asked.is_alone(name))
    others = {owner(name) for name in names if asked.resembles(name) and not asked.is_alone(name)}
    if len(alone) < 2 or None in alone:
        return False
    if not asked.archive_is_all:
        return 2 * sum(many == 1 for many in alone.values()) >= len(alone)
    strays = {None, asked.folder} & (alone.keys() | others)
    return set(alone.values()) == {1} and not (others or strays)


READER = Reader(owner=owner, read=read, certain=False, is_class=is_class)
