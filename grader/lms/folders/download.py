"""A class as any other LMS, or a person, sorts it: a folder for each student, an archive in each.

    {student}/[…/]{archive}

Nothing else may be in it, and two students are needed: otherwise it is one hand-in.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath

from grader.intake.advice import is_archive
from grader.lms.listing import DownloadedFile, FileList, Gathered, Reader, Reading, by_student
from grader.lms.opening import resembles_hand_in
from grader.lms.people import Index, Person
from grader.text import shown
from grader.types import Arrival

NAME = "folders"
MODEL_FOLDER = "model"  # in the layout of every lab: its folders are not those of students


def owner(name: str) -> str | None:
    """Return the top folder of the file; None if it is in none."""
    folder, slash, _ = name.partition("/")
    return folder if slash else None


def read(file_list: FileList) -> Reading:
    """Return the archive of each folder.

    The folder's name is the student's id if the roster has it, or if the archives of several
    students have one name; it is the student's name if the roster has that.
    """
    archives = [member for member in file_list.names if is_archive(member)]
    often = Counter(PurePosixPath(member).stem for member in archives)
    index = Index.of(file_list.people)
    students = []
    for member in archives:
        folder = owner(member)
        assert folder is not None
        rows = [index.find(each).row for each in (Person(id=folder), Person(name=folder))]
        is_id, is_name = (row is not None for row in rows)
        student = Gathered(
            who=Arrival(
                lms=NAME,
                lms_id=folder,
                name=folder if is_name and not is_id else None,
                place=f"{folder}/",
                review=_doubt(member, index),
            ),
            files=[DownloadedFile(member=member, name=PurePosixPath(member).name)],
        )
        if is_id or (often[PurePosixPath(member).stem] > 1 and not is_name):
            student.student_id = folder
        students.append(student)
    return by_student(students)


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


def is_class(names: Sequence[str]) -> bool:
    """True if two folders or more have exactly one archive each, and nothing else is a hand-in."""
    archives = Counter(owner(name) for name in names if is_archive(name))
    others = {owner(name) for name in names if resembles_hand_in(name) and not is_archive(name)}
    strays = {None, MODEL_FOLDER} & (archives.keys() | others)
    return len(archives) > 1 and set(archives.values()) == {1} and not (others or strays)


READER = Reader(owner=owner, read=read, certain=False, is_class=is_class)
