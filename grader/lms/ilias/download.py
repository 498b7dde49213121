"""ILIAS's download of an exercise: a folder for each student, those of a team in the team's folder.

    [{title}/{Submissions}/][Team {n}/]{Last}_{First}_{login}_{user}/[Late Submission - ]{file}

A login can have `_` in it, and so can a name, and a name can be empty: the name is known only if
there are three parts with something in them. The number is always the last part. Many folders are
named like that, so that two students with an archive are needed. Source:
`downloadAllAssignmentFiles` in Modules/Exercise/classes/class.ilExSubmission.php.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from grader.labs.hand_in_files import HandInFiles
from grader.lms.listing import DownloadedFile, FileList, Gathered, Reader, Reading, by_student
from grader.types import Arrival

NAME = "ilias"
MEMBER = re.compile(
    r"(?P<place>(?:[^/_]+ \d+/)?(?P<who>[^/_]*(?:_[^/_]*){2,})_(?P<user>\d+)/)"
    r"(?P<late>(?:Late Submission|Verspätete Abgabe|Verspaetete Abgabe) - )?(?P<file>.+)",
    re.DOTALL,
)
NAMES_AND_LOGIN = 3


def owner(name: str) -> str | None:
    """Return the number of the file's user; None if ILIAS has not named the file."""
    found = MEMBER.fullmatch(name)
    return found and found["user"]


def read(file_list: FileList) -> Reading:
    """Return the files of each user; `late` is ILIAS's own mark, if it is in a known language."""
    gathered: dict[str, Gathered] = {}
    for member in file_list.names:
        found = MEMBER.fullmatch(member)
        assert found is not None
        parts = found["who"].split("_")
        plain = len(parts) == NAMES_AND_LOGIN and all(parts)
        name = f"{parts[1]} {parts[0]}" if plain else None
        who = Arrival(lms=NAME, lms_id=found["user"], name=name, place=found["place"], late=False)
        mine = gathered.setdefault(found["user"], Gathered(who=who))
        if found["late"]:
            mine.who = replace(mine.who, late=True)
        mine.files.append(DownloadedFile(member=member, name=found["file"]))
    return by_student(gathered.values())


def is_class(names: Sequence[str], asked: HandInFiles) -> bool:
    """True if two students have handed in a file that resembles a hand-in."""
    return len({owner(name) for name in names if asked.resembles(name)} - {None}) > 1


READER = Reader(owner=owner, read=read, certain=False, is_class=is_class)
